import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combinationFaults } from './combinations.ts';

const url = 'https://loki:3100';
const here = import.meta.filename;

const cases: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing wrong', { loki: { url, basicAuth: { username: 'me', passwordFile: here } } }, []],
  ['no URL', {}, ['loki.url: missing; give --loki-url URL, or the key in the --config file']],
  ['no URL for stdout', { output: 'stdout' }, []],
  [
    'two ways to keep the position',
    { loki: { url }, lease: 'a', checkpoint: { file: 'b' } },
    ['checkpoint.file: not together with lease: give one of lease, checkpoint.file'],
  ],
  [
    'two who it is',
    { loki: { url, basicAuth: { username: 'me' }, bearerTokenFile: here } },
    [
      'loki.bearerTokenFile: not together with loki.basicAuth: give one of loki.basicAuth, loki.bearerTokenFile, loki.bearerTokenEnv',
      'loki.basicAuth: needs passwordFile or passwordEnv too',
    ],
  ],
  [
    'half a client certificate, and no TLS',
    { loki: { url: 'http://loki:3100', tls: { certFile: here } } },
    [
      'loki.tls.certFile: needs loki.tls.keyFile too',
      'loki.tls.certFile: has no meaning for an http:// URL: give loki.url with https://',
    ],
  ],
  [
    'secrets that are not there',
    { loki: { url, bearerTokenFile: '/nowhere/token' } },
    ["loki.bearerTokenFile: can't be read: ENOENT: no such file or directory, access '/nowhere/token'"],
  ],
  [
    'a variable that is not set',
    { loki: { url, bearerTokenEnv: 'KUBE_EVENTS_NOT_SET' } },
    ['loki.bearerTokenEnv: the environment variable KUBE_EVENTS_NOT_SET is not set'],
  ],
  [
    'a spool without a disk',
    { loki: { url }, state: { spool: { whenFull: 'pause' } } },
    ['state.spool: needs state.dir too'],
  ],
  ['sections that are none', { loki: 5, state: 'x' }, []],
];

for (const [name, input, expected] of cases) {
  test(name, () => {
    const found = combinationFaults(input).map(({ path, message }) => `${path.join('.')}: ${message}`);
    assert.deepEqual(found, expected);
  });
}
