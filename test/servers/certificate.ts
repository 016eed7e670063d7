import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  explicit,
  integer,
  octetString,
  oid,
  pem,
  sequence,
  set,
  text,
  time,
} from './der.ts';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority for client certificates, as an API server's `--client-ca-file` takes it. */
export interface ClientAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** Signs a client certificate that a Kubernetes API server reads as this user, in these groups. */
  issue(user: string, groups: readonly string[]): KeyPair;
}

const COMMON_NAME = oid('2.5.4.3');
const ORGANIZATION = oid('2.5.4.10');
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const BASIC_CONSTRAINTS = oid('2.5.29.19');
const KEY_USAGE = oid('2.5.29.15');
const EXTENDED_KEY_USAGE = oid('2.5.29.37');
const CLIENT_AUTH = oid('1.3.6.1.5.5.7.3.2');

// Bits of KeyUsage, the first one being the highest: digitalSignature; keyCertSign and cRLSign.
const DIGITAL_SIGNATURE = bitString(Buffer.from([0b1000_0000]), 7);
const CERTIFICATE_SIGN = bitString(Buffer.from([0b0000_0110]), 1);

const DAY_MS = 24 * 3_600_000;

/** Makes a {@link ClientAuthority} with a key of its own. Node reads certificates but can't make them. */
export function clientAuthority(): ClientAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName('kube-events-test-client-ca', []);
  const sealed = (subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string =>
    seal({ subject, publicKey, extensions, issuer: name, issuerKey: keys.privateKey });
  return {
    certificate: sealed(name, keys.publicKey, [
      extension(BASIC_CONSTRAINTS, sequence(boolean(true))),
      extension(KEY_USAGE, CERTIFICATE_SIGN),
    ]),
    issue(user, groups) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const certificate = sealed(distinguishedName(user, groups), own.publicKey, [
        extension(BASIC_CONSTRAINTS, sequence()),
        extension(KEY_USAGE, DIGITAL_SIGNATURE),
        extension(EXTENDED_KEY_USAGE, sequence(CLIENT_AUTH)),
      ]);
      return { certificate, key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

/** Kubernetes reads the user from CN and its groups from O. */
function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  return sequence(
    ...organizations.map(organization => set(sequence(ORGANIZATION, text(organization)))),
    set(sequence(COMMON_NAME, text(commonName))),
  );
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, boolean(true), octetString(value));
}

/** An X.509 v3 certificate (RFC 5280, section 4.1), PEM. */
function seal(parts: {
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly issuer: Buffer;
  readonly issuerKey: KeyObject;
}): string {
  // Begun a minute ago for clocks that differ; longer than any test.
  const validity = sequence(time(new Date(Date.now() - 60_000)), time(new Date(Date.now() + 7 * DAY_MS)));
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    parts.issuer,
    validity,
    parts.subject,
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...parts.extensions)),
  );
  return pem(
    'CERTIFICATE',
    sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, parts.issuerKey), 0)),
  );
}
