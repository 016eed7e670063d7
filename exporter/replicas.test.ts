import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { FakeApiServer } from '../test/fakes/api-server.ts';
import { LokiReceiver } from '../test/fakes/loki.ts';
import { configSchema } from './config/schema.ts';
import { CheckpointMemory } from './delivery/checkpoint-store.ts';
import { Exporter } from './exporter.ts';
import { loadKubeConfig } from './kubernetes/credentials.ts';
import { Health } from './telemetry/health.ts';
import { createLog } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';

let folder: string;
let api: FakeApiServer;
let loki: LokiReceiver;
let ended: Promise<void>[];
let replicas: Exporter[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replicas-'));
  api = await new FakeApiServer().start();
  loki = await new LokiReceiver().start();
  await api.writeKubeconfig(join(folder, 'kubeconfig'));
  ended = [];
  replicas = [];
});

afterEach(async () => {
  for (const replica of replicas) replica.stop();
  await Promise.all(ended);
  await api.stop();
  await loki.stop();
  rmSync(folder, { recursive: true });
});

function replica() {
  const kubeconfig = join(folder, 'kubeconfig');
  const config = configSchema.parse({ loki: { url: loki.url }, lease: 'monitoring/events', kubeconfig });
  const health = new Health();
  const metrics = createMetrics();
  const memory = new CheckpointMemory();
  const kubeConfig = loadKubeConfig(kubeconfig);
  const parts = { kubeConfig, health, metrics, memory, log: createLog('silent') };
  const exporter = new Exporter(config, parts);
  replicas.push(exporter);
  const run = exporter.run();
  ended.push(run);
  const leads = async () => (await metrics.render()).includes('\nkube_events_leader 1\n');
  return { exporter, health, leads, ended: run };
}

function append(name: string, revision: number): void {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(revision) };
  api.append({ type: 'ADDED', object: { metadata, reason: 'Started', type: 'Normal' } } as Parameters<
    FakeApiServer['append']
  >[0]);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10));
}

test('one replica leads, the other is ready, and goes on from the checkpoint when the first stops', async () => {
  append('a', 5);
  const first = replica();
  await until(() => loki.size === 1);
  const second = replica();
  await until(() => second.health.reasons().length === 0);
  assert.deepEqual([await first.leads(), await second.leads()], [true, false]);
  first.exporter.stop();
  await first.ended;
  append('b', 6);
  await until(() => loki.size === 2);
  assert.equal(await second.leads(), true);
  assert.equal(loki.repeated, 0);
});

test('a standby is ready again once the API server is', async () => {
  const first = replica();
  await until(() => first.leads());
  const second = replica();
  await until(() => second.health.reasons().length === 0);
  await api.stop();
  await until(() => second.health.reasons().some(reason => reason.startsWith('lease')));
  await api.start();
  await until(() => second.health.reasons().length === 0);
});
