import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { describeKeys, descriptionOf } from './describe.ts';
import { flags } from './flags.ts';
import { ConfigError, loadConfig } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
const file = join(folder, 'config.yaml');
after(() => rmSync(folder, { recursive: true }));

/** The faults of a file, without the folder in front. */
function faults(yaml: string, given: Record<string, string> = {}): string[] {
  writeFileSync(file, yaml);
  try {
    loadConfig(file, given);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(file, 'config.yaml').split('\n');
  }
  return [];
}

test('a URL is all that is needed', () => {
  const config = loadConfig(undefined, { '--loki-url': 'http://loki:3100' });
  assert.equal(config.loki.url, 'http://loki:3100');
  assert.equal(config.job, 'kube-events');
  assert.equal(config.cluster, undefined);
  assert.equal(config.loki.batch.maxPushesPerSecond, 20);
});

test('flags win over the file', () => {
  writeFileSync(file, 'cluster: a\nlisten: ":1"\nloki:\n  url: http://a:3100\n  tenant: t\n');
  const config = loadConfig(file, { '--cluster': 'b', '--loki-url': 'http://b:3100' });
  assert.deepEqual(
    [config.cluster, config.listen, config.loki.url, config.loki.tenant],
    ['b', ':1', 'http://b:3100', 't'],
  );
});

test('every fault is told at once, with its place and what is accepted', () => {
  const yaml = [
    'cluster: 7',
    'loki:',
    '  url: loki:3100',
    '  batch:',
    '    maxBytes: lots',
    '    maxSize: 5',
    'log: {level: loud}',
    'listen: here',
  ].join('\n');
  assert.deepEqual(faults(yaml).sort(), [
    'config.yaml:1:1: cluster: Invalid input: expected string, received number',
    'config.yaml:3:3: loki.url: expected an http:// or https:// URL',
    'config.yaml:5:5: loki.batch.maxBytes: Invalid input: expected number, received string',
    'config.yaml:6:5: loki.batch.maxSize: unknown key; the keys here are maxBytes, maxEntries, maxPushesPerSecond',
    'config.yaml:7:7: log.level: Invalid option: expected one of "trace"|"debug"|"info"|"warn"|"error"|"fatal"|"silent"',
    'config.yaml:8:1: listen: expected HOST:PORT, as in 0.0.0.0:9402 or :9402, with a port up to 65535',
  ]);
});

test('a missing key names the flag that gives it', () => {
  const advice = 'loki.url: missing; give --loki-url URL, or the key in the --config file';
  assert.deepEqual(faults(''), [`config.yaml:1:1: ${advice}`]);
  assert.deepEqual(faults('job: x\nloki: {tenant: a}\n'), [`config.yaml:2:1: ${advice}`]);
  assert.throws(() => loadConfig(undefined, {}), { message: advice });
});

test('a bad flag is named as it was given', () => {
  assert.throws(() => loadConfig(undefined, { '--loki-url': 'loki', '--log-level': 'info' }), {
    message: '--loki-url loki: expected an http:// or https:// URL',
  });
});

test('what is no YAML, no map, or no file is told with its place', () => {
  assert.deepEqual(faults('loki: {url: http\n'), [
    'config.yaml:2:1: Flow map in block collection must be sufficiently indented and end with a }',
  ]);
  assert.deepEqual(faults('a: 1\na: 2\n'), ['config.yaml:2:1: Map keys must be unique']);
  assert.match(faults('- a\n')[0] ?? '', /^config\.yaml:1:1: expected keys and values/);
  assert.throws(() => loadConfig(join(folder, 'none.yaml'), {}), /none\.yaml: ENOENT/);
});

test('what only YAML has is told with its place', () => {
  const cases: [yaml: string, fault: RegExp][] = [
    ['cluster: a\njob: *b\n', /^config\.yaml:2:6: Unresolved alias .*: b$/],
    ['cluster: !secret a\n', /^config\.yaml:1:10: Unresolved tag: !secret$/],
    ['loki: !!set {url}\n', /^config\.yaml:1:7: Unresolved tag/],
    ['loki:\n  ? [url]\n  : a\n', /^config\.yaml:2:5: a key has to be a text$/],
    ['"a\\nb\\u2028": 1\nloki: {url: "http://a"}\n', /^config\.yaml:1:1: a\\u000ab\\u2028: unknown key/],
    [
      `job: &a [${'x, '.repeat(20)}]\nlease: &b [${'*a, '.repeat(20)}]\nsince: [${'*b, '.repeat(20)}]`,
      /alias count/,
    ],
  ];
  for (const [yaml, fault] of cases) {
    const [first = '', ...others] = faults(yaml);
    assert.match(first, fault);
    assert.deepEqual(others, [], yaml);
  }
});

test('an expression of an own pattern is refused where it stands', () => {
  const yaml = [
    'loki: {url: "http://a"}',
    'redact:',
    '  patterns:',
    '    - name: a',
    '      regex: "("',
    '    - {name: A, regex: "x*", flags: i}',
  ].join('\n');
  assert.deepEqual(
    faults(yaml).map(fault => fault.split(': ', 2).join(': ')),
    [
      'config.yaml:5:7: redact.patterns.0.regex',
      'config.yaml:6:8: redact.patterns.1.name',
      'config.yaml:6:17: redact.patterns.1.regex',
      'config.yaml:6:30: redact.patterns.1.flags',
    ],
  );
});

test('of faults without end the first hundred are told, and a file that is no configuration is not read', () => {
  const keys = Array.from({ length: 5000 }, (_, index) => `key${index}: 1\n`).join('');
  const found = faults(keys);
  assert.equal(found.length, 101);
  assert.equal(found.at(-1), 'and more like these');
  assert.deepEqual(faults('#'.repeat(300_000)), [
    'config.yaml: longer than 262144 characters, which no configuration is: give another file with --config',
  ]);
});

test('a section that is no section is refused where it stands, with flags on top too', () => {
  assert.deepEqual(faults('loki: http://loki:3100\n', { '--tenant': 'a' }), [
    'config.yaml:1:1: loki: Invalid input: expected object, received string',
  ]);
});

test('every key has a description, and every flag a key', () => {
  for (const key of describeKeys()) assert.ok(key.description.length > 10, key.name);
  for (const { key } of flags) assert.ok(descriptionOf(key).length > 10);
});

test('a password in a URL is refused, and where it may be is said', () => {
  assert.deepEqual(faults('loki: {url: "http://me:secret@loki:3100"}'), [
    'config.yaml:1:8: loki.url: no password in a URL: give basicAuth.username, and basicAuth.passwordFile or passwordEnv',
  ]);
  assert.deepEqual(faults('', { '--loki-url': 'http://me:secret@loki:3100' }), [
    '--loki-url http://…@loki:3100: no password in a URL: give basicAuth.username, and basicAuth.passwordFile or passwordEnv',
  ]);
});
