import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../chaos/until.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';
import { ConfiguredExporter } from './configured-exporter.ts';
import { EventWriter, idOf, idsOf, type WrittenRevision } from './event-writer.ts';

const routes = [
  {
    name: 'nodes',
    match: { clusterScoped: true },
    tenant: 'platform',
    labels: { scope: 'cluster', team: 'platform' },
  },
  { name: 'pay', match: { namespace: 'pay' }, tenant: 'payments', labels: { team: 'payments' } },
  { name: 'shops', match: { namespace: 'shop-*' }, tenant: 'shops', labels: { team: 'web' } },
  // Of the default tenant, with a label.
  { name: 'jobs', match: [{ namespace: 'batch', kind: 'Job' }], labels: { team: 'batch' } },
];

const config = { routes, loki: { tenant: 'rest' } };

/** By tenant: which revisions it gets, and the labels that their streams have beside the schema's. */
const tenants: Readonly<Record<string, (revision: WrittenRevision) => boolean>> = {
  platform: ({ clusterScoped }) => clusterScoped,
  payments: ({ namespace }) => namespace === 'pay',
  shops: ({ namespace }) => namespace.startsWith('shop-'),
  rest: ({ namespace, clusterScoped }) =>
    !clusterScoped && namespace !== 'pay' && !namespace.startsWith('shop-'),
};
const namespaces = ['pay', 'payments', 'shop-1', 'shop-2', 'shop', 'batch', 'default'];

/** Loki says no: one tenant has used up its streams, and the other its rate. */
const stuck = {
  payments: { max_global_streams_per_user: 3 },
  shops: { ingestion_rate_mb: 0.000_001, ingestion_burst_size_mb: 0.000_001 },
};

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

describe('routes to the tenants of one Loki', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  let overrides: string;
  let writer: EventWriter;
  let exporters: ConfiguredExporter[];
  const each = async (work: (exporter: ConfiguredExporter) => Promise<void>) => {
    await Promise.all(exporters.map(work));
  };

  before(async () => {
    controlPlane = await startControlPlane({ controllers: false });
    overrides = join(controlPlane.folder, 'overrides.yaml');
    await limit({});
    loki = await startLoki({
      own: true,
      limits: { ingestion_rate_strategy: 'local' },
      config: { auth_enabled: true, runtime_config: { file: overrides, period: '500ms' } },
    });
    for (const name of namespaces.filter(name => name !== 'default'))
      await controlPlane.api.create('/api/v1/namespaces', { metadata: { name } });
    writer = new EventWriter(controlPlane.api);
    const { kubeconfig, folder: within } = controlPlane;
    exporters = (['file', 'state'] as const).map(keeper => {
      const keepers = [keeper] as const;
      return new ConfiguredExporter({
        cluster: `by-${keeper}`,
        within,
        kubeconfig,
        lokiUrl: loki.url,
        keepers,
      });
    });
  });

  after(async () => {
    if (exporters) await each(exporter => exporter.stop());
    await loki?.stop();
    await controlPlane?.stop();
  });

  /** Has Loki hold tenants to limits, once it has read them. */
  async function limit(limits: Readonly<Record<string, object>>): Promise<void> {
    await writeFile(overrides, JSON.stringify({ overrides: limits }));
  }

  /** Events in every namespace and of a Node, of several reasons, and the last ones before once more. */
  async function writeSome(): Promise<void> {
    for (const revision of writer.revisions.slice(-namespaces.length)) await writer.repeat(revision);
    for (const reason of ['BackOff', 'Failed', 'Killing']) {
      for (const namespace of namespaces) {
        await writer.write(namespace, { reason, kind: reason === 'Failed' ? 'Job' : 'Pod' });
      }
      await writer.write('default', { reason, kind: 'Node', clusterScoped: true });
    }
  }

  /** Waits until tenants have all that is theirs. */
  async function delivered(
    exporter: ConfiguredExporter,
    names: readonly string[],
    seconds: number,
  ): Promise<void> {
    for (const name of names) await exporter.delivered(writer.ids(tenants[name]), seconds, name);
  }

  async function assertAll(): Promise<void> {
    for (const exporter of exporters) {
      for (const [name, isOf] of Object.entries(tenants)) {
        const ids = new Set(writer.ids());
        // The API server has events of its own.
        const entries = (await exporter.entries(name)).filter(entry => ids.has(idOf(entry)));
        assert.deepEqual(idsOf(entries), writer.ids(isOf), `${exporter.cluster}: ${name}`);
      }
    }
  }

  /** The occurrences of every event add up to its count. */
  async function assertOccurrences(): Promise<void> {
    const counts = new Map(writer.revisions.map(({ uid, count }) => [uid, count]));
    for (const exporter of exporters) {
      const sums = new Map<string, number>();
      for (const tenant of Object.keys(tenants)) {
        for (const { metadata } of await exporter.entries(tenant)) {
          const uid = metadata['event_uid'] ?? '';
          if (counts.has(uid)) sums.set(uid, (sums.get(uid) ?? 0) + Number(metadata['occurrences']));
        }
      }
      assert.deepEqual([...sums].sort(), [...counts].sort(), exporter.cluster);
    }
  }

  test('each tenant has its events, with the labels of their route', async () => {
    await each(exporter => exporter.start(config));
    await writeSome();
    await each(exporter => delivered(exporter, Object.keys(tenants), 30));
    await assertAll();
    const labels = async (tenant: string) => {
      const found = new Set<string>();
      for (const exporter of exporters)
        for (const { labels } of await exporter.entries(tenant)) {
          const { team = '', scope = '', namespace, kind } = labels;
          found.add([namespace, kind, team, scope].join(' ').trimEnd());
        }
      return [...found].filter(text => !text.startsWith('default') || text.includes('Node')).sort();
    };
    assert.deepEqual(await labels('platform'), ['default Node platform cluster']);
    assert.deepEqual(await labels('payments'), ['pay Job payments', 'pay Pod payments']);
    const shops = ['shop-1', 'shop-2'].flatMap(name => [`${name} Job web`, `${name} Pod web`]);
    assert.deepEqual(await labels('shops'), shops);
    const rest = ['payments Job', 'payments Pod', 'shop Job', 'shop Pod'];
    assert.deepEqual(await labels('rest'), ['batch Job batch', 'batch Pod', ...rest]);
  });

  test('tenants that Loki holds back leave the others to go on, also over a crash', async () => {
    await limit(stuck);
    await until('Loki refuses both tenants', 20, async () => {
      await writer.write('pay', { reason: `Reason${writer.revisions.length}` });
      await writer.write('shop-1');
      for (const exporter of exporters) {
        const metrics = await exporter.process.metrics();
        if (metrics.sum('kube_events_parked_streams', /tenant="payments"/) === 0) return false;
        if (metrics.sum('kube_events_push_retries_total', /rate_limited/) === 0) return false;
      }
      return true;
    });
    for (const crash of [false, true, false]) {
      if (crash) {
        await each(async exporter => {
          await exporter.process.kill();
          // It isn't ready while streams wait.
          await exporter.start(config, '/healthz');
        });
      }
      await writeSome();
      await each(exporter => delivered(exporter, ['platform', 'rest'], 20));
      for (const exporter of exporters) {
        const missing = writer.ids(tenants['shops']).length - (await exporter.entries('shops')).length;
        assert.ok(missing > 0, `${exporter.cluster}: Loki takes what it was to refuse`);
      }
    }
  });

  test('and what they missed comes when Loki has room, once', async () => {
    await limit({});
    await each(exporter => delivered(exporter, Object.keys(tenants), 60));
    await assertAll();
    await assertOccurrences();
    for (const exporter of exporters) {
      await exporter.idle();
      const metrics = await exporter.process.metrics();
      assert.equal(metrics.sum('kube_events_dropped_revisions_total'), 0);
      assert.equal(metrics.sum('kube_events_restamped_revisions_total'), 0);
    }
  });
});
