import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { FakeApiServer } from '../test/fakes/api-server.ts';
import { LokiReceiver } from '../test/fakes/loki.ts';
import { LoopbackServer } from '../test/fakes/loopback-server.ts';
import { configSchema } from './config/schema.ts';
import { CheckpointMemory } from './delivery/checkpoint-store.ts';
import { Exporter } from './exporter.ts';
import { loadKubeConfig } from './kubernetes/credentials.ts';
import { Health } from './telemetry/health.ts';
import { createLog } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

const heartbeats = '{job="kube-events-heartbeat"}';

let folder: string;
let api: FakeApiServer;
let lokis: LokiReceiver[];
/** Stops the exporters that still run. */
let stops: Set<() => Promise<void>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heartbeat-'));
  api = await new FakeApiServer().start();
  lokis = [await new LokiReceiver().start(), await new LokiReceiver().start()];
  await api.writeKubeconfig(join(folder, 'kubeconfig'));
  stops = new Set();
});

afterEach(async () => {
  await Promise.all(Array.from(stops, stop => stop()));
  await api.stop();
  for (const loki of lokis) await loki.stop();
  rmSync(folder, { recursive: true });
});

function loki(index: number): LokiReceiver {
  const found = lokis[index];
  assert.ok(found);
  return found;
}

function start(target: LokiReceiver, given: object = {}) {
  const kubeconfig = join(folder, 'kubeconfig');
  const config = configSchema.parse({ loki: { url: target.url }, heartbeat: '1s', kubeconfig, ...given });
  const metrics = createMetrics();
  const exporter = new Exporter(config, {
    kubeConfig: loadKubeConfig(kubeconfig),
    health: new Health(),
    metrics,
    memory: new CheckpointMemory(),
    log: createLog('silent'),
  });
  const ended = exporter.run();
  const stop = async () => {
    stops.delete(stop);
    exporter.stop();
    await ended;
  };
  stops.add(stop);
  return { stop, values: async () => valuesOf(await metrics.render()) };
}

/** By series, as Prometheus reads it. */
function valuesOf(text: string): (series: string) => number {
  const lines = text.split('\n').map(line => line.split(' '));
  const values = new Map(lines.map(([series = '', value]) => [series, Number(value)]));
  return series => values.get(`kube_events_${series}`) ?? Number.NaN;
}

function append(name: string, revision: number): void {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(revision) };
  api.append({ type: 'ADDED', object: { metadata, reason: 'Started', type: 'Normal' } } as Parameters<
    FakeApiServer['append']
  >[0]);
}

function beatsOf({ streams }: LokiReceiver): number {
  return streams.get(heartbeats)?.entries.length ?? 0;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10));
}

test('heartbeats are no events: no counter, no stream of the budget, no delivery', async () => {
  append('a', 5);
  const { values } = start(loki(0));
  await until(() => beatsOf(loki(0)) >= 3);
  const value = await values();
  assert.deepEqual(
    ['received_revisions_total', 'delivered_revisions_total', 'in_flight_revisions', 'active_streams'].map(
      value,
    ),
    [1, 1, 0, 1],
  );
  assert.equal(loki(0).size, beatsOf(loki(0)) + 1);
  const last = loki(0).streams.get(heartbeats)?.entries.at(-1)?.metadata ?? {};
  assert.equal(last['in_flight'], '0');
  assert.ok(Number(last['last_frame_age_seconds']) >= 0);
});

test('without the setting there are none', async () => {
  append('a', 5);
  start(loki(0), { heartbeat: undefined });
  start(loki(1));
  await until(() => beatsOf(loki(1)) >= 2 && loki(0).size > 0);
  assert.deepEqual(
    [...loki(0).streams.keys()],
    ['{job="kube-events", namespace="shop", reason="Started", type="Normal"}'],
  );
});

test('the leader has one, and not who stands by', async () => {
  const lease = 'monitoring/events';
  const first = start(loki(0), { lease });
  await until(() => beatsOf(loki(0)) >= 1);
  start(loki(1), { lease });
  await until(() => beatsOf(loki(0)) >= 3);
  assert.equal(beatsOf(loki(1)), 0);
  await first.stop();
  const left = beatsOf(loki(0));
  await until(() => beatsOf(loki(1)) >= 2);
  assert.equal(beatsOf(loki(0)), left);
});

test('what Loki does not take is not sent again, and events go on', async () => {
  const refused = new Set<bigint>();
  loki(0).refuse = ({ timestamp }, labels) => {
    if (labels !== heartbeats || refused.size >= 2) return undefined;
    refused.add(timestamp);
    return { status: 429, body: 'Maximum active stream limit exceeded' };
  };
  const { values } = start(loki(0));
  await until(() => refused.size === 2);
  append('a', 5);
  await until(() => beatsOf(loki(0)) >= 2);
  const kept = loki(0).streams.get(heartbeats)?.entries ?? [];
  assert.ok(kept.every(({ timestamp }) => !refused.has(timestamp)));
  const value = await values();
  assert.deepEqual([value('received_revisions_total'), value('delivered_revisions_total')], [1, 1]);
  assert.equal(value('push_retries_total{cause="stream_limit"}'), 0);
});

test('one that is never answered does not hold up the end', { timeout: 60_000 }, async () => {
  let asked = 0;
  const server = new LoopbackServer(() => {
    asked += 1;
  });
  await server.start();
  const silent = { url: server.url, timeoutSeconds: 600 };
  const { stop } = start(loki(0), { loki: silent, heartbeat: '5m' });
  // The question whether Loki is there, and the heartbeat.
  await until(() => asked === 2);
  await stop();
  await server.stop();
});
