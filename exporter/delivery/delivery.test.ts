import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { foldable, source } from '../../test/fakes/checkpoints.ts';
import { LokiReceiver } from '../../test/fakes/loki.ts';
import { LokiClient } from '../loki/client.ts';
import { encodeEntry } from '../loki/encode.ts';
import { Delivery } from './delivery.ts';
import { Queue } from './queue.ts';

let loki: LokiReceiver;
let client: LokiClient;
let queue: Queue;
let reached: bigint;
let told: string[];
/** Milliseconds before each new try. */
let waits: number[];
let delivery: Delivery;
let leads: boolean;
const never = new AbortController().signal;

beforeEach(async () => {
  loki = await new LokiReceiver().start();
  client = new LokiClient({ url: loki.url, tenant: 'team-a', timeoutMs: 5000 });
  reached = 0n;
  told = [];
  waits = [];
  leads = true;
  queue = new Queue({
    maxBytes: 1 << 20,
    advanced(positions) {
      reached = positions.get(source)?.at ?? reached;
    },
  });
  delivery = new Delivery({
    queue,
    sink: client,
    options: { maxBytes: 1 << 20, maxEntries: 1000, maxPushesPerSecond: 1000 },
    mayPush: () => leads,
    observer: {
      delivered: entries => told.push(`delivered ${entries}`),
      dropped: (cause, { revision }) => told.push(`dropped ${cause} ${revision}`),
      restamped: (cause, entries) => told.push(`restamped ${cause} ${entries}`),
      retrying(cause, _message, inMs) {
        told.push(`retrying ${cause}`);
        waits.push(inMs);
      },
      parked: streams => told.push(`parked ${streams}`),
      pushed() {},
    },
  });
});

afterEach(async () => {
  await client.close();
  await loki.stop();
});

async function put(
  revision: number,
  fields: { timestamp?: bigint; reason?: string; line?: string } = {},
): Promise<void> {
  const encoded = encodeEntry({
    labels: { job: 'kube-events', reason: fields.reason ?? 'Started' },
    timestamp: fields.timestamp ?? BigInt(revision),
    line: fields.line ?? `line ${revision}`,
    metadata: { resource_version: String(revision) },
  });
  const position = { from: BigInt(revision), at: BigInt(revision) };
  await queue.put(
    {
      ...encoded,
      source,
      key: `uid-${revision}`,
      revision: BigInt(revision),
      count: 1,
      position,
      foldable,
    },
    never,
  );
}

function lines(): string[] {
  return [...loki.streams.values()].flatMap(stream => stream.entries.map(entry => entry.line));
}

test('entries arrive in order, with the tenant, and move the position once acknowledged', async () => {
  for (const revision of [1, 2, 3]) await put(revision);
  queue.close();
  await delivery.run(never);
  assert.deepEqual(lines(), ['line 1', 'line 2', 'line 3']);
  assert.equal(loki.pushes[0]?.tenant, 'team-a');
  assert.equal(reached, 3n);
  assert.deepEqual(told, ['delivered 3']);
});

test('what may pass is tried again until it does', async () => {
  loki.answerNext(1, { status: 500 });
  loki.answerNext(1, { status: 429 });
  loki.answerNext(1, { status: 401 });
  await put(1);
  queue.close();
  await delivery.run(never);
  assert.deepEqual(told, [
    'retrying server_error',
    'retrying rate_limited',
    'retrying denied',
    'delivered 1',
  ]);
  assert.deepEqual(lines(), ['line 1']);
});

test('Retry-After is waited for', async () => {
  loki.answerNext(1, { status: 429, retryAfterSeconds: 1 });
  await put(1);
  queue.close();
  await delivery.run(never);
  assert.ok(waits[0] !== undefined && waits[0] >= 1000, `${waits}`);
  assert.deepEqual(told, ['retrying rate_limited', 'delivered 1']);
});

test('a push that will never be taken is counted, and the next one goes on', async () => {
  loki.answerNext(1, { status: 400, body: 'entry too far behind' });
  await put(1);
  queue.close();
  await delivery.run(never);
  assert.deepEqual(told, ['dropped refused 1']);
  assert.equal(reached, 1n);
});

test('an abort leaves what Loki has not taken unsettled', async () => {
  loki.answerNext(1000, { status: 503 });
  await put(1);
  const controller = new AbortController();
  const running = delivery.run(controller.signal);
  while (told.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
  controller.abort();
  await running;
  assert.equal(queue.unsettled, 1);
  assert.equal(reached, 0n);
});

test('a Loki that is away is waited for', async () => {
  const { url } = loki;
  await loki.stop();
  await put(1);
  queue.close();
  const running = delivery.run(never);
  while (told.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
  await loki.start();
  await running;
  assert.equal(loki.url, url);
  assert.equal(told[0], 'retrying connection');
  assert.equal(told.at(-1), 'delivered 1');
});

test('what Loki refuses of a push is taken apart from what it stores', async () => {
  for (let revision = 1; revision <= 20; revision += 1) {
    await put(revision, {
      reason: revision % 3 === 0 ? 'A' : 'B',
      line: revision === 9 ? 'poison' : `line ${revision}`,
    });
  }
  loki.refuse = ({ line }) =>
    line === 'poison'
      ? { status: 400, body: "max entry size '262144' bytes exceeded for stream" }
      : undefined;
  queue.close();
  await delivery.run(never);
  assert.deepEqual(
    told.filter(line => line.startsWith('dropped')),
    ['dropped line_too_long 9'],
  );
  assert.equal(sum('delivered'), 19);
  assert.equal(reached, 20n);
});

test('a time that Loki refuses is moved to the nearest that it takes, and kept in metadata', async () => {
  const now = BigInt(Date.now()) * 1_000_000n;
  const future = now + 1_800_000_000_000n;
  for (let revision = 1; revision <= 50; revision += 1)
    await put(revision, { timestamp: future + BigInt(revision) });
  await put(51, { timestamp: now });
  loki.refuse = ({ timestamp }) => {
    if (timestamp <= now + 600_000_000_000n) return undefined;
    const text = new Date(Number(timestamp / 1_000_000_000n) * 1000).toISOString().replace('.000', '');
    return { status: 400, body: `entry for stream '{}' has timestamp too new: ${text}` };
  };
  queue.close();
  await delivery.run(never);
  assert.equal(sum('delivered'), 51);
  assert.equal(sum('restamped too_new'), 50);
  const [stream] = loki.streams.values();
  const times = stream?.entries.filter(({ metadata }) => metadata['event_time'] !== undefined) ?? [];
  assert.equal(times.length, 50);
  const first = times.find(({ metadata }) => metadata['resource_version'] === '1');
  const whole = new Date(Number(future / 1_000_000n)).toISOString().slice(0, 19);
  assert.ok(first?.metadata['event_time']?.startsWith(whole), first?.metadata['event_time']);
});

test('an entry that is too far behind goes with the oldest time that is taken', async () => {
  await put(1, { timestamp: 1_000_000_000n });
  loki.refuse = ({ timestamp }) => {
    if (timestamp >= 7_200_500_000_000n) return undefined;
    const body =
      'entry too far behind, entry timestamp is: 1970-01-01T00:00:01Z, oldest acceptable timestamp is: 1970-01-01T02:00:00Z';
    return { status: 400, body };
  };
  queue.close();
  await delivery.run(never);
  assert.deepEqual(told, ['restamped too_far_behind 1', 'delivered 1']);
  const [stream] = loki.streams.values();
  assert.equal(stream?.entries[0]?.timestamp, 7_210_000_000_000n);
  assert.equal(stream?.entries[0]?.metadata['event_time'], '1970-01-01T00:00:01.000000000Z');
});

test('where Loki has no room for new streams the others go on, and the rest waits apart in order', async () => {
  loki.refuse = (_, labels) =>
    labels.includes('New')
      ? { status: 429, body: 'maximum active stream limit exceeded when trying to create stream' }
      : undefined;
  for (let revision = 1; revision <= 8; revision += 1)
    await put(revision, { reason: revision % 4 === 0 ? 'New' : 'Old' });
  const running = delivery.run(never);
  while (sum('delivered') < 6) await new Promise(resolve => setTimeout(resolve, 5));
  await put(9, { reason: 'New' });
  await put(10, { reason: 'Old' });
  while (sum('delivered') < 7) await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal(queue.unsettled, 3);
  assert.equal(reached, 3n);
  assert.ok(told.includes('parked 1'));
  queue.close();
  await running;
  assert.equal(queue.unsettled, 3);
});

test('a replica that does not lead pushes nothing', async () => {
  leads = false;
  await put(1);
  queue.close();
  const running = delivery.run(never);
  await new Promise(resolve => setTimeout(resolve, 300));
  assert.equal(loki.pushes.length, 0);
  leads = true;
  await running;
  assert.deepEqual(told, ['delivered 1']);
});

test('a rate limit below the size of a batch is met with smaller pushes', async () => {
  for (let revision = 1; revision <= 64; revision += 1) await put(revision, { line: 'x'.repeat(1000) });
  loki.maxPushBytes = 10_000;
  queue.close();
  await delivery.run(never);
  assert.equal(sum('delivered'), 64);
  assert.ok(told.includes('retrying rate_limited'));
  assert.equal(loki.repeated, 0);
});

test('a stream that Loki may refuse unseen is the last of its push, and the only one', async () => {
  for (let revision = 1; revision <= 30; revision += 1) await put(revision, { reason: `R${revision % 7}` });
  const running = delivery.run(never);
  while (sum('delivered') < 30) await new Promise(resolve => setTimeout(resolve, 5));
  for (let revision = 31; revision <= 90; revision += 1) await put(revision, { reason: `R${revision % 11}` });
  queue.close();
  await running;
  assert.equal(sum('delivered'), 90);
  const known = new Set<string>();
  for (const { streams } of loki.pushes) {
    const labels = streams.map(stream => stream.labels);
    assert.ok(
      labels.slice(0, -1).every(label => known.has(label)),
      labels.join(),
    );
    for (const label of labels) known.add(label);
  }
  assert.equal(known.size, 11);
});

/** The numbers of all lines that begin so, added up. */
function sum(what: string): number {
  return told
    .filter(line => line.startsWith(what))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
