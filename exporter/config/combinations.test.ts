import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combinationFaults } from './combinations.ts';
import { parseConfig } from './load.ts';

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
  [
    'tenants of what has none',
    { output: 'stdout', routes: [{ tenant: 'a' }, { name: 'b' }, { tenant: 'c' }] },
    ['routes.0.tenant', 'routes.2.tenant'].map(
      name => `${name}: has no meaning for output stdout, which has no tenants: remove it, or the output`,
    ),
  ],
  ['tenants in a dry run', { output: 'dry-run', loki: { url }, routes: [{ tenant: 'a' }] }, []],
  ['tenants of Loki', { loki: { url }, routes: [{ tenant: 'a' }] }, []],
  [
    'a heartbeat without Loki',
    { output: 'stdout', heartbeat: '1m' },
    ['heartbeat: has no meaning for output stdout, only for loki: remove it, or the output'],
  ],
  // What is no text is refused as such; it may be an object whose own toString is none.
  ['an output that is no text', { output: { toString: 1 }, heartbeat: '1m', routes: [{ tenant: 'a' }] }, []],
  ['a URL that is no text', { loki: { url: { toString: 1 }, tls: { serverName: 'a' } } }, []],
  ['a heartbeat in a dry run', { output: 'dry-run', heartbeat: '1m' }, []],
  ['a heartbeat in Loki', { loki: { url }, heartbeat: '1m' }, []],
  ['routes that are none', { output: 'stdout', routes: { tenant: 'a' } }, []],
  ['sections that are none', { loki: 5, state: 'x' }, []],
];

for (const [name, input, expected] of cases) {
  test(name, () => {
    const found = combinationFaults(input).map(({ path, message }) => `${path.join('.')}: ${message}`);
    assert.deepEqual(found, expected);
  });
}

test('a fault in a list is told with line and column', () => {
  const yaml = [
    'output: /var/log/events.jsonl',
    'routes:',
    '  - {name: a, match: {kind: Pod}}',
    '  - name: b',
    '    match: {kind: Node}',
    '    tenant: team-b',
  ].join('\n');
  assert.throws(
    () => parseConfig('config.yaml', yaml, {}),
    /^ConfigError: config\.yaml:6:5: routes\.1\.tenant: has no meaning for output/,
  );
});
