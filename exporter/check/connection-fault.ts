/** Whose connection it is: what a person calls it, and the settings that decide about it. */
export interface Peer {
  readonly name: string;
  /** The key of its URL. */
  readonly url: string;
  /** The key of the certificates that it is verified with. */
  readonly authority: string;
  /** The key of the client's own certificate. */
  readonly certificate: string;
}

/** What is wrong with a connection, and what to do about it. */
export interface ConnectionFault {
  readonly what: string;
  readonly advice: string;
}

type Diagnosis = readonly [pattern: RegExp, what: string, advice: (peer: Peer) => string];

/** By the codes of Node, OpenSSL and undici; the first that fits. */
const diagnoses: readonly Diagnosis[] = [
  [
    /\b(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NODATA|EAI_NONAME)\b/,
    'no such host',
    ({ url }) => `check the name in ${url}, and whether it resolves where this runs`,
  ],
  [
    /HTTP protocol is not allowed/,
    'plain http:// is not sent to',
    ({ url }) => `give https:// in ${url}, or insecure-skip-tls-verify: true beside it`,
  ],
  [
    /\bECONNREFUSED\b/,
    'connection refused',
    ({ name, url }) => `check host and port in ${url}, and that ${name} runs`,
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'the certificate is for another name',
    ({ url }) => `give ${url} a name that the certificate has, or the name in it as the TLS server name`,
  ],
  [
    /\bCERT_HAS_EXPIRED\b|certificate has expired/,
    'the certificate has expired',
    ({ name }) => `renew the certificate of ${name}, and see that this machine's clock is right`,
  ],
  [
    /\bCERT_NOT_YET_VALID\b/,
    'the certificate is not valid yet',
    () => "see that this machine's clock is right",
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET|DECODE)|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA|signature failure/,
    'the certificate is not signed by an authority that is known here',
    ({ name, authority }) => `give the authority of ${name} as ${authority}`,
  ],
  [
    /certificate required|bad certificate|unknown ca|alert handshake failure|HANDSHAKE_FAILURE/i,
    'it refuses the client certificate',
    ({ certificate }) => `give one that it knows as ${certificate}`,
  ],
  [
    /WRONG_VERSION_NUMBER|packet length too long|\bHPE_|HTTPParserError|EPROTO|ERR_SSL/,
    'it does not speak TLS there, or not HTTP',
    ({ url }) => `check http:// or https://, and the port, in ${url}`,
  ],
  [
    /ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|EHOSTUNREACH|ENETUNREACH|no answer in/,
    'no answer',
    ({ name }) => `see whether a firewall, a NetworkPolicy or a proxy is between here and ${name}`,
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|other side closed/,
    'the connection was closed',
    ({ url }) => `check http:// or https:// in ${url}, and the log of what is there`,
  ],
  [
    /\b(?:ENOENT|EACCES|EISDIR)\b|environment variable/,
    'the credentials can not be read',
    () => 'see that the file is there, is mounted, and may be read by this user',
  ],
];

/** @param message of the error, with its code */
export function diagnoseConnection(message: string, peer: Peer): ConnectionFault {
  for (const [pattern, what, advice] of diagnoses) {
    if (pattern.test(message)) return { what, advice: advice(peer) };
  }
  return { what: 'not reached', advice: `check ${peer.url}, and that ${peer.name} runs` };
}

/** An error in words, with its code, which Node and undici keep beside the message. */
export function messageOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  return typeof code === 'string' && !message.includes(code) ? `${code}: ${message}` : message;
}
