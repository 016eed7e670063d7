import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnoseConnection } from './connection-fault.ts';

const peer = {
  name: 'Loki',
  url: 'loki.url',
  authority: 'loki.tls.caFile',
  certificate: 'loki.tls.certFile',
};

const cases: readonly (readonly [message: string, what: RegExp, advice: RegExp])[] = [
  ['getaddrinfo ENOTFOUND loki', /no such host/, /name in loki\.url/],
  ['getaddrinfo EAI_AGAIN loki', /no such host/, /resolves/],
  ['connect ECONNREFUSED 127.0.0.1:1', /refused/, /Loki runs/],
  ['HTTP protocol is not allowed when skipTLSVerify is not set', /plain http/, /insecure-skip-tls-verify/],
  ['UND_ERR_CONNECT_TIMEOUT: Connect Timeout Error', /no answer/, /NetworkPolicy/],
  ['no answer in 10 s', /no answer/, /firewall/],
  ['GET /version: no answer in 10000 ms', /no answer/, /firewall/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate', /not signed/, /loki\.tls\.caFile/],
  ['SELF_SIGNED_CERT_IN_CHAIN: self-signed certificate', /not signed/, /loki\.tls\.caFile/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify', /not signed/, /loki\.tls\.caFile/],
  ["ERR_TLS_CERT_ALTNAME_INVALID: Host: a. is not in the cert's altnames", /another name/, /TLS server name/],
  ['CERT_HAS_EXPIRED: certificate has expired', /expired/, /renew/],
  ['CERT_NOT_YET_VALID: certificate is not yet valid', /not valid yet/, /clock/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: tlsv13 alert certificate required', /client cert/, /certFile/],
  ['ERR_SSL_WRONG_VERSION_NUMBER: wrong version number', /does not speak TLS/, /http:\/\/ or https/],
  ['ECONNRESET: socket hang up', /closed/, /http:\/\/ or https/],
  ["ENOENT: no such file or directory, open '/token'", /can not be read/, /mounted/],
  ['something else', /not reached/, /loki\.url/],
];

for (const [message, what, advice] of cases) {
  test(`${message} is told with what to do`, () => {
    const fault = diagnoseConnection(message, peer);
    assert.match(fault.what, what);
    assert.match(fault.advice, advice);
  });
}
