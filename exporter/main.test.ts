import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FakeApiServer } from '../test/fakes/api-server.ts';
import { LokiReceiver } from '../test/fakes/loki.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let api: FakeApiServer;
let loki: LokiReceiver;
let children: ChildProcessWithoutNullStreams[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  api = await new FakeApiServer().start();
  loki = await new LokiReceiver().start();
  children = [];
  await api.writeKubeconfig(join(folder, 'kubeconfig'));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await api.stop();
  await loki.stop();
  rmSync(folder, { recursive: true });
});

function cli(...args: string[]): ChildProcessWithoutNullStreams {
  // Not the configuration that a developer may have in their home.
  const env = { ...process.env, HOME: folder, KUBECONFIG: '' };
  const child = spawn(process.execPath, [main, ...args], { env });
  children.push(child);
  return child;
}

/** Starts `run` and waits for the address it serves on. */
async function running(...extra: string[]) {
  const child = cli(
    'run',
    ...['--kubeconfig', join(folder, 'kubeconfig'), '--loki-url', loki.url, '--listen', '127.0.0.1:0'],
    ...['--checkpoint-file', join(folder, 'checkpoint.json'), ...extra],
  );
  const log: Record<string, unknown>[] = [];
  let rest = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`ended with ${code}: ${JSON.stringify(log)} ${rest}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) log.push(JSON.parse(line));
      const serving = log.find(({ port }) => typeof port === 'number');
      if (serving) resolve(`http://127.0.0.1:${serving['port']}`);
    });
  });
  return { child, log, address, get: (path: string) => fetch(address + path) };
}

function append(name: string, revision: number, message = '', object = 'web'): void {
  api.append({
    type: 'ADDED',
    object: {
      metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(revision) },
      involvedObject: { kind: 'Pod', name: object },
      message,
      reason: 'Started',
      type: 'Normal',
      lastTimestamp: '2026-05-01T10:00:00Z',
    },
  } as Parameters<FakeApiServer['append']>[0]);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10));
}

/** Values by series, as `/metrics` has them. */
async function metrics(get: (path: string) => Promise<Response>): Promise<Map<string, number>> {
  const lines = (await (await get('/metrics')).text())
    .split('\n')
    .filter(line => line && !line.startsWith('#'));
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('SIGTERM drains what is queued, keeps the position, and exits 0', async () => {
  append('a', 5);
  const { child, get } = await running();
  await until(async () => (await get('/readyz')).ok);
  await until(() => loki.size === 1);
  loki.delayMs = 300;
  append('b', 6);
  await until(() => api.caughtUp);
  await until(async () => (await metrics(get)).get('kube_events_in_flight_revisions') === 1);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal(loki.size, 2);
  const { version, sources } = JSON.parse(readFileSync(join(folder, 'checkpoint.json'), 'utf8'));
  const { from, at, witness } = sources['core/v1/events'];
  assert.deepEqual([version, from, at, witness.uid], [1, '6', '6', 'uid-b']);
});

test('without Loki, entries go to stdout as lines of JSON, and nothing else does', async () => {
  append('a', 5);
  const { child, get } = await running('--output', 'stdout');
  let lines = '';
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk;
  });
  await until(async () => (await get('/readyz')).ok);
  await until(() => lines.includes('\n'));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const { time, namespace, name, reason, event_uid: uid } = JSON.parse(lines);
  assert.deepEqual(
    [time, namespace, name, reason, uid],
    ['2026-05-01T10:00:00.000000000Z', 'shop', 'web', 'Started', 'uid-a'],
  );
  assert.equal(loki.size, 0);
});

test('a dry run shows what would be pushed to whom, pushes nothing, and leaves nothing behind', async () => {
  const routes = '{name: shop, match: {namespace: shop}, tenant: team-shop, labels: {team: shop}}';
  writeFileSync(join(folder, 'config.yaml'), `routes: [${routes}]\nstate: {dir: ${join(folder, 'state')}}\n`);
  append('a', 5, 'password=hunter2hunter2');
  const { child, log, get } = await running('--config', join(folder, 'config.yaml'), '--dry-run');
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk;
  });
  await until(async () => (await get('/readyz')).ok);
  await until(() => shown.includes('\n'));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.match(
    shown,
    /^team-shop 2026-05-01T10:00:00\.000000000Z \{job="kube-events", kind="Pod", namespace="shop", reason="Started", type="Normal", team="shop"\} Pod\/web: password=\[redacted:[a-z-]+\] name="web" workload="web" event_uid="uid-a" /,
  );
  assert.equal(loki.size, 0);
  assert.deepEqual(readdirSync(folder).sort(), ['config.yaml', 'kubeconfig']);
  assert.equal(log.find(({ msg }) => String(msg).includes('nothing was pushed'))?.['streams'], 1);
});

test('a new configuration is used from where the old one ended; a bad one is told and not used', async () => {
  const config = join(folder, 'config.yaml');
  const tenant = (id: string) => writeFileSync(config, `loki: {tenant: ${id}}\ncheckpoint: {}\n`);
  tenant('one');
  append('a', 5);
  const child = cli(
    'run',
    ...['--config', config, '--kubeconfig', join(folder, 'kubeconfig')],
    ...['--loki-url', loki.url, '--listen', '127.0.0.1:0'],
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk;
  });
  await until(() => loki.size === 1);
  tenant('{}');
  child.kill('SIGHUP');
  await until(() => log.includes('is not used'));
  assert.match(log, /config\.yaml:1:8: loki\.tenant: Invalid input: expected string/);
  append('b', 6);
  await until(() => loki.size === 2);
  tenant('two');
  child.kill('SIGHUP');
  await until(() => log.includes('the new configuration is used'));
  append('c', 7);
  await until(() => loki.size === 3);
  // Without a file the position is kept in memory: nothing is shipped again.
  assert.equal(loki.repeated, 0);
  const pushed = loki.pushes.flatMap(({ tenant, streams }) =>
    streams.flatMap(({ entries }) => entries.map(() => tenant)),
  );
  assert.deepEqual(pushed, ['one', 'one', 'two']);
  // Nobody has to send a signal.
  tenant('three');
  await until(() => log.split('the new configuration is used').length === 3);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('what is not wanted is counted and not shipped, and secrets are not shipped', async () => {
  writeFileSync(
    join(folder, 'config.yaml'),
    'filters: {exclude: [{name: "b*", reason: Started}]}\neventsApi: core/v1\n',
  );
  append('a', 5, 'pulling https://me:hunter2-xyz@registry.example/app');
  append('b', 6, '', 'backup');
  const { child, get } = await running('--config', join(folder, 'config.yaml'));
  await until(async () => (await metrics(get)).get('kube_events_delivered_revisions_total') === 1);
  const counts = await metrics(get);
  assert.equal(counts.get('kube_events_received_revisions_total'), 2);
  assert.equal(counts.get('kube_events_filtered_revisions_total'), 1);
  assert.equal(counts.get('kube_events_redactions_total{pattern="url-password"}'), 1);
  const lines = [...loki.streams.values()].flatMap(({ entries }) => entries.map(({ line }) => line));
  assert.deepEqual(lines, ['Pod/web: pulling https://me:[redacted:url-password]@registry.example/app']);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const checkpoint = readFileSync(join(folder, 'checkpoint.json'), 'utf8');
  // The position is past what was not wanted.
  assert.match(checkpoint, /"from":"6","at":"6"/);
});

test('fields stand in the line where the configuration says so, and no metadata is sent', async () => {
  writeFileSync(join(folder, 'config.yaml'), 'loki: {line: logfmt}\n');
  append('a', 5, 'pulling "app"');
  const { child } = await running('--config', join(folder, 'config.yaml'));
  await until(() => loki.size === 1);
  const [entry] = [...loki.streams.values()].flatMap(({ entries }) => entries);
  assert.equal(
    entry?.line,
    'kind=Pod reason=Started type=Normal name=web workload=web event_uid=uid-a resource_version=5 count=1 ' +
      'occurrences=1 level=info msg="pulling \\"app\\""',
  );
  assert.deepEqual(entry?.metadata, {});
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('explain tells what a reason means, and fails for one that is not known', async () => {
  const known = cli('explain', 'failedscheduling');
  assert.match(await text(known.stdout), /^FailedScheduling\n {2}Meaning: /);
  const unknown = cli('explain', 'FailedSchedulling');
  const [said, [exitCode]] = await Promise.all([text(unknown.stdout), once(unknown, 'exit')]);
  assert.match(said, /Did you mean FailedScheduling\?/);
  assert.equal(exitCode, 1);
});

test('dashboards writes one to stdout, and names what it takes where it is called wrongly', async () => {
  const wrong = cli('dashboards', '--profile', 'x');
  const [said, [exitCode]] = await Promise.all([text(wrong.stderr), once(wrong, 'exit')]);
  assert.match(said, /it can be default, logfmt/);
  assert.equal(exitCode, 2);
  const right = cli('dashboards', '--dashboard', 'overview');
  assert.equal(JSON.parse(await text(right.stdout)).uid, 'kube-events-overview');
});

test('a restart goes on where the last run ended', async () => {
  append('a', 5);
  const first = await running();
  await until(() => loki.size === 1);
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');
  append('b', 6);
  const second = await running();
  await until(() => loki.size === 2);
  assert.equal((await metrics(second.get)).get('kube_events_received_revisions_total'), 1);
  assert.equal(loki.repeated, 0);
});

test('a second signal ends it at once', async () => {
  append('a', 5);
  loki.answerNext(1000, { status: 503 });
  const { child, log } = await running();
  await until(() => log.some(({ cause }) => cause === 'server_error'));
  child.kill('SIGTERM');
  await until(() => log.some(({ signal }) => signal === 'SIGTERM'));
  assert.equal(child.exitCode, null);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [143, null]);
});

test('it is ready once the first list is in and Loki has answered', async () => {
  api.answerNext(1, { status: 403 }, 'list');
  loki.answerNext(1, { status: 401 });
  const { get } = await running();
  await until(async () => (await (await get('/readyz')).text()).includes('grant the verbs list and watch'));
  const reasons = await (await get('/readyz')).text();
  assert.equal((await get('/readyz')).status, 503);
  assert.match(reasons, /loki: 401: .*; check the credentials and the tenant/);
  assert.equal((await get('/healthz')).status, 200);
  await until(async () => (await get('/readyz')).ok);
});

test('received = delivered + filtered + dropped + in flight', async () => {
  for (let index = 0; index < 500; index += 1) append(`e${index}`, 10 + index);
  loki.answerNext(1, { status: 400 });
  loki.delayMs = 50;
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'loki: {batch: {maxEntries: 50}}\n');
  const { get } = await running('--config', config);
  const scrapes: number[][] = [];
  await until(async () => {
    const values = await metrics(get);
    const of = (name: string) => values.get(`kube_events_${name}`) ?? Number.NaN;
    const row = [
      of('received_revisions_total'),
      of('delivered_revisions_total'),
      of('filtered_revisions_total'),
      of('dropped_revisions_total{cause="refused"}'),
      of('in_flight_revisions'),
    ];
    scrapes.push(row);
    return row[0] === 500 && row[4] === 0;
  });
  for (const [received = 0, ...parts] of scrapes) {
    assert.equal(
      parts.reduce((sum, part) => sum + part),
      received,
      JSON.stringify(scrapes),
    );
  }
});

test('a wrong call and a wrong configuration exit 2 and say what to do', async () => {
  const cases: [args: string[], expected: RegExp][] = [
    [['run'], /^loki\.url: missing; give --loki-url URL/],
    [['run', '--loki-url', 'loki:3100'], /--loki-url loki:3100: expected an http:\/\/ or https:\/\/ URL/],
    [
      ['run', '--loki-url', loki.url, '--kubeconfig', join(folder, 'none')],
      /none.*give one with --kubeconfig FILE/,
    ],
    [['run', '--loki-url', loki.url], /kubeconfig: none found: .*give one with --kubeconfig FILE/],
    [['run', '--lokiurl', 'x'], /unknown option '--lokiurl'/],
    [['frobnicate'], /unknown command 'frobnicate'/],
  ];
  for (const [args, expected] of cases) {
    const child = cli(...args);
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.equal(code, 2, message);
    assert.match(message, expected);
  }
});

test('an address in use is told with the flag to change', async () => {
  const { address } = await running();
  const child = cli(
    'run',
    '--kubeconfig',
    join(folder, 'kubeconfig'),
    '--loki-url',
    loki.url,
    '--listen',
    address.slice(7),
  );
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(code, 2);
  assert.match(message, /EADDRINUSE.*choose another with --listen/);
});
