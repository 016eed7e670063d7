import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { LokiReceiver } from '../../test/fakes/loki.ts';
import { LokiClient } from '../loki/client.ts';
import { encodeEntry } from '../loki/encode.ts';
import { Delivery } from './delivery.ts';
import { Progress } from './progress.ts';
import { Queue } from './queue.ts';

let loki: LokiReceiver;
let client: LokiClient;
let queue: Queue;
let progress: Progress;
let reached: bigint;
let told: string[];
/** Milliseconds before each new try. */
let waits: number[];
let delivery: Delivery;
const never = new AbortController().signal;

beforeEach(async () => {
  loki = await new LokiReceiver().start();
  client = new LokiClient({ url: loki.url, tenant: 'team-a', timeoutMs: 5000 });
  queue = new Queue(1 << 20);
  reached = 0n;
  told = [];
  waits = [];
  progress = new Progress(position => {
    reached = position.at;
  });
  delivery = new Delivery({
    queue,
    client,
    progress,
    options: { maxBytes: 1 << 20, maxEntries: 1000, maxPushesPerSecond: 1000 },
    observer: {
      delivered: entries => told.push(`delivered ${entries}`),
      dropped: (cause, entries) => told.push(`dropped ${cause} ${entries}`),
      retrying(cause, _message, inMs) {
        told.push(`retrying ${cause}`);
        waits.push(inMs);
      },
      pushed() {},
    },
  });
});

afterEach(async () => {
  await client.close();
  await loki.stop();
});

async function put(revision: number): Promise<void> {
  const position = { from: BigInt(revision), at: BigInt(revision) };
  const encoded = encodeEntry({
    labels: { job: 'kube-events' },
    timestamp: BigInt(revision),
    line: `line ${revision}`,
    metadata: { resource_version: String(revision) },
  });
  await queue.put({ ...encoded, ticket: progress.begin(position) }, never);
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
  assert.equal(progress.inFlight, 1);
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
