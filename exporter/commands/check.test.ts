import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RoutedRequest, RoutedServer, type Routes } from '../../test/fakes/routed-server.ts';
import type { Finding } from '../check/finding.ts';
import { ConfigError } from '../config/load.ts';
import { type CheckOptions, check } from './check.ts';

const token = 'an-api-token-0123456789';
const hour = 3_600_000;

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
});

after(() => {
  rmSync(folder, { recursive: true });
});

async function run(options: CheckOptions, flags: Record<string, string> = { '--loki-url': 'http://a' }) {
  let text = '';
  const exitCode = await check(undefined, flags, options, {
    write(part) {
      text += part;
    },
  });
  return { exitCode, text };
}

/** An API server that lets everybody do everything, but for what the routes say. */
const allowing: Routes = {
  '/version': { body: { major: '1', minor: '29+', gitVersion: 'v1.29.4-eks' } },
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': {
    status: 201,
    body: { status: { userInfo: { username: 'ann' } } },
  },
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': {
    status: 201,
    body: { status: { allowed: true } },
  },
};

const pushPath = '/loki/api/v1/push';

/** A Loki that takes everything, behind a gateway that shows nothing else. */
const taking: Routes = {
  [pushPath]: { status: 204 },
  '/loki/api/v1/status/buildinfo': { body: { version: '3.4.2' } },
};

/** Runs `check` against fakes, and tells the findings by check. */
async function runWith(
  { api = {}, loki = {}, keys = {} }: { api?: Routes; loki?: Routes; keys?: object },
  options: CheckOptions = {},
) {
  await using apiServer = await RoutedServer.start({ ...allowing, ...api });
  await using lokiServer = await RoutedServer.start({ ...taking, ...loki });
  const kubeconfig = join(folder, 'kubeconfig');
  const name = 'fake';
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name, cluster: { server: apiServer.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
  );
  const file = join(folder, 'config.yaml');
  const { loki: lokiKeys, ...rest } = keys as { loki?: object };
  const config = {
    checkpoint: { file: join(folder, 'c') },
    ...rest,
    loki: { url: lokiServer.url, ...lokiKeys },
  };
  writeFileSync(file, JSON.stringify(config));
  let text = '';
  const exitCode = await check(
    file,
    { '--kubeconfig': kubeconfig },
    { ...options, format: 'json' },
    {
      write(part) {
        text += part;
      },
    },
  );
  const { findings } = JSON.parse(text) as { findings: readonly Finding[] };
  const of = (name: string) => findings.find(finding => finding.check === name);
  return { exitCode, text, findings, of, requests: [...apiServer.requests, ...lokiServer.requests] };
}

function late(milliseconds: number): { date: string } {
  return { date: new Date(Date.now() + milliseconds).toUTCString() };
}

test("offline: the budget of one cluster fits under Loki's own limit", async () => {
  const { exitCode, text } = await run({ offline: true });
  assert.equal(exitCode, 0);
  assert.match(text, /^ok +configuration +sound$/m);
  assert.match(
    text,
    /^ok +cardinality-budget +4,000 streams × 1 cluster = 4,000, under a limit of 5,000 \(.*\): fits$/m,
  );
});

test('offline: budgets that are too large together fail, and what to set is said', async () => {
  const { exitCode, text } = await run({ offline: true, clusters: '3' });
  assert.equal(exitCode, 1);
  assert.match(text, /= 12,000, under a limit of 5,000 \(.*\): exceeds; Up to 12,000 active streams .* Set /);
  assert.equal((await run({ offline: true, clusters: '3', streamLimit: '0' })).exitCode, 0);
  assert.match((await run({ offline: true, streamLimit: '4500' })).text, /^warning .*: tight; /m);
});

test('a configuration with faults has them told, and options that are no good are refused', async () => {
  await assert.rejects(run({}, {}), ConfigError);
  const { exitCode, text } = await run({ format: 'json' }, {});
  assert.equal(exitCode, 2);
  assert.partialDeepStrictEqual(JSON.parse(text), {
    result: 'fault',
    findings: [{ check: 'configuration', status: 'fault' }],
  });
  for (const options of [{ clusters: '0' }, { clusters: 'x' }, { streamLimit: '-1' }]) {
    const refused = await run(options);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.text, /--clusters takes a number from 1/);
  }
  assert.match((await run({ format: 'xml' })).text, /--format xml is not known; it can be text, json/);
  assert.equal((await run({ offline: true, canary: true })).exitCode, 2);
});

test('a sound set-up passes; what Loki does not tell is said, and nothing is written', async () => {
  const { exitCode, findings, requests } = await runWith({});
  assert.equal(exitCode, 0);
  assert.deepEqual(
    findings.flatMap(({ check, status, advice }) => (status === 'ok' ? [] : [[check, status, advice]])),
    [
      ['structured-metadata', 'not checked', 'run check with --canary'],
      ['limits', 'not checked', 'run check with --canary, or ask Loki itself in place of its gateway'],
    ],
  );
  assert.equal(requests.filter(request => request.endsWith(pushPath)).length, 1);
});

test('old versions of Kubernetes and Loki are faults', async () => {
  const loki = { '/loki/api/v1/status/buildinfo': { body: { version: '2.9.10' } } };
  const api = { '/version': { body: { major: '1', minor: '24', gitVersion: 'v1.24.1' } } };
  const { exitCode, of } = await runWith({ api, loki });
  assert.equal(exitCode, 1);
  assert.deepEqual([of('api-version')?.status, of('loki-version')?.status], ['fault', 'fault']);
  const inLine = await runWith({ loki, keys: { loki: { line: 'logfmt' } } });
  assert.deepEqual([inLine.exitCode, inLine.of('loki-version')?.status], [0, 'ok']);
});

test('clocks that are off are told: of the API server, of Loki, and of both against each other', async () => {
  const apiVersion = allowing['/version'] as { body: object };
  const api = { '/version': { ...apiVersion, headers: late(-hour) } };
  const behind = await runWith({ api });
  assert.deepEqual([behind.exitCode, behind.of('api-clock')?.status], [1, 'fault']);
  assert.match(behind.of('api-clock')?.found ?? '', /^3\d\d\d s behind this machine$/);
  assert.match(behind.of('loki-clock')?.found ?? '', /^3\d\d\d s ahead of the API server$/);
  const buildInfo = { ...(taking['/loki/api/v1/status/buildinfo'] as { body: object }), headers: late(hour) };
  const ahead = await runWith({ loki: { '/loki/api/v1/status/buildinfo': buildInfo } });
  assert.equal(ahead.of('api-clock')?.status, 'ok');
  assert.match(
    ahead.of('loki-clock')?.found ?? '',
    /^3\d\d\d s ahead of this machine, 3\d\d\d s ahead of the API/,
  );
});

test('secrets are not printed, whatever servers repeat', async () => {
  // JSON writes it another way.
  const password = 'a"pass\\word';
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  const echo = ({ headers }: RoutedRequest) => {
    const { authorization = '' } = headers;
    const decoded = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
    return { status: 401, body: `who is ${authorization}, that is ${decoded}?` };
  };
  const api = {
    '/apis/authentication.k8s.io/v1/selfsubjectreviews': ({ headers }: RoutedRequest) => {
      return { status: 401, body: { reason: 'Unauthorized', message: `${headers.authorization}` } };
    },
  };
  const keys = { loki: { basicAuth: { username: 'me', passwordFile } } };
  const { exitCode, text, of } = await runWith({ api, loki: { [pushPath]: echo }, keys });
  assert.equal(exitCode, 1);
  assert.deepEqual([of('credentials')?.status, of('push')?.status], ['fault', 'fault']);
  assert.match(of('push')?.found ?? '', /who is Basic …, that is me:…\?/);
  assert.match(of('credentials')?.found ?? '', /Bearer …/);
  for (const secret of [token, password, JSON.stringify(password).slice(1, -1)]) {
    assert.equal(text.includes(secret), false);
  }
});

test('a kubeconfig that can not be read is told without what stands in it, and Loki is looked at all the same', async () => {
  const kubeconfig = join(folder, 'broken');
  const breaks = ['users:\n- name: a\n  user: {token: s3cr3t-token\n  x: y', '{"a": "s3cr3t-token" "b"}', ''];
  for (const content of breaks) {
    writeFileSync(kubeconfig, content);
    const flags = { '--kubeconfig': kubeconfig, '--loki-url': 'http://127.0.0.1:1' };
    const { exitCode, text } = await run({}, flags);
    assert.equal(exitCode, 1);
    assert.match(text, /^fault +api-server +kubeconfig .*; give one with --kubeconfig FILE$/m);
    assert.match(text, /^not checked +events-right +there is no kubeconfig$/m);
    assert.match(text, /^fault +loki +/m);
    assert.doesNotMatch(text, /s3cr3t/);
  }
});

test('each tenant of a route is asked, and the one that is refused is named', async () => {
  const push = ({ headers }: RoutedRequest) => {
    return headers['x-scope-orgid'] === 'team-b' ? { status: 403, body: 'no such tenant' } : { status: 204 };
  };
  const keys = {
    loki: { tenant: 'platform' },
    routes: [
      { name: 'a', match: { namespace: 'a' }, tenant: 'team-a' },
      { name: 'b', match: { namespace: 'b' }, tenant: 'team-b' },
    ],
  };
  const { exitCode, findings } = await runWith({ loki: { [pushPath]: push }, keys });
  assert.equal(exitCode, 1);
  assert.deepEqual(
    findings.filter(({ check }) => check === 'push').map(({ of, status }) => [of, status]),
    [
      ['platform', 'ok'],
      ['team-a', 'ok'],
      ['team-b', 'fault'],
    ],
  );
});

test('what is no API server, and what is no Loki, is told', async () => {
  const api = { '/version': { status: 200, body: '<html>login</html>' } };
  const loki = { [pushPath]: { status: 302, headers: { location: '/login' } } };
  const { of } = await runWith({ api, loki });
  assert.match(of('api-server')?.found ?? '', /not as an API server does/);
  assert.equal(of('events-right')?.found, 'the API server is not reached');
  assert.match(of('push')?.found ?? '', /no push endpoint of Loki/);
});

test('a Loki that leaves out whether structured metadata is allowed does not allow it', async () => {
  const loki = { '/config': { body: { limits_config: { max_line_size: '256KB' } } } };
  assert.equal((await runWith({ loki })).of('structured-metadata')?.status, 'fault');
});

test('limits that would bite are named; those of a tenant are certain, defaults may be overridden', async () => {
  const limits = {
    max_label_names_per_series: 4,
    max_line_size: '1KB',
    max_structured_metadata_entries_count: 5,
    max_structured_metadata_size: '1KB',
    ingestion_burst_size_mb: 0.5,
    reject_old_samples_max_age: '30m',
    max_label_value_length: 64,
    allow_structured_metadata: false,
    max_global_streams_per_user: 100,
  };
  const names = (findings: readonly Finding[], status: string) =>
    findings
      .filter(finding => finding.check === 'limits' && finding.status === status)
      .map(({ found }) => found.split(' ')[0]);
  const published = await runWith({ loki: { '/loki/api/v1/drilldown-limits': { body: { limits } } } });
  assert.deepEqual(names(published.findings, 'fault'), ['max_label_names_per_series']);
  assert.deepEqual(names(published.findings, 'warning').toSorted(), [
    'ingestion_burst_size_mb',
    'max_label_value_length',
    'max_line_size',
    'max_structured_metadata_entries_count',
    'max_structured_metadata_size',
    'reject_old_samples_max_age',
  ]);
  assert.deepEqual(
    ['structured-metadata', 'cardinality-budget'].map(name => published.of(name)?.status),
    ['fault', 'fault'],
  );
  const config = { limits_config: limits, runtime_config: { file: '/overrides.yaml' } };
  const defaults = await runWith({ loki: { '/config': { body: config } } });
  assert.deepEqual(names(defaults.findings, 'fault'), []);
  assert.match(defaults.of('limits')?.found ?? '', /by default; the tenant may have another$/);
  assert.deepEqual(
    ['structured-metadata', 'cardinality-budget'].map(name => defaults.of(name)?.status),
    ['warning', 'warning'],
  );
});

test('a canary that is refused, and one that is not found again, are told as such', async () => {
  const entries = ({ body }: RoutedRequest) =>
    body.length > 5 ? { status: 500, body: 'full' } : { status: 204 };
  const refused = await runWith({ loki: { [pushPath]: entries } }, { canary: true });
  assert.deepEqual([refused.exitCode, refused.of('canary')?.status], [1, 'fault']);
  assert.match(refused.of('canary')?.found ?? '', /^refused: 500: full$/);
  assert.equal(refused.of('structured-metadata')?.advice, 'see what the canary found first');
  const unread = await runWith({}, { canary: true });
  assert.deepEqual([unread.exitCode, unread.of('canary')?.status], [0, 'warning']);
  assert.match(unread.of('canary')?.found ?? '', /^stored, and not found again at .*: 404/);
});

test('answers that make no sense are findings, not failures', async () => {
  const odd: Routes[string][] = [
    { body: 'null' },
    { body: '[]' },
    { body: '{"status": 5, "version": {}, "limits": [1], "limits_config": "x", "gitVersion": "v"}' },
    { body: '\u0000<>' },
    { status: 500, body: '{"message": {"a": 1}}' },
    { status: 418 },
  ];
  for (const answer of odd) {
    const api = Object.fromEntries(Object.keys(allowing).map(path => [path, answer]));
    const paths = [
      ...Object.keys(taking),
      '/config',
      '/loki/api/v1/drilldown-limits',
      '/loki/api/v1/query_range',
    ];
    const loki = Object.fromEntries(paths.map(path => [path, answer]));
    const keys = { lease: 'default/leader', checkpoint: {} };
    const { exitCode } = await runWith({ api, loki: { ...loki, [pushPath]: { status: 204 } }, keys });
    assert.equal(exitCode, 1);
    assert.equal(
      (await runWith({ api: { ...api, '/version': allowing['/version'] ?? {} }, loki, keys })).exitCode,
      1,
    );
  }
});
