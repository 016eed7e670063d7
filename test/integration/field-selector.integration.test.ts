import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';
import { ConfiguredExporter } from './configured-exporter.ts';
import { EventWriter, idOf, idsOf, newestOf, type WrittenRevision } from './event-writer.ts';

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

describe('a filter that the API server can apply', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  const apis = ['core/v1', 'events.k8s.io/v1'] as const;
  let writer: EventWriter;
  let exporters: ConfiguredExporter[];
  const each = async (work: (exporter: ConfiguredExporter) => Promise<void>) => {
    await Promise.all(exporters.map(work));
  };
  const start = (filters: object) =>
    each(exporter => exporter.start({ filters, eventsApi: exporter.cluster.replace('-', '/') }));

  const narrow = {
    include: [{ type: 'Warning', kind: 'Job' }],
    exclude: [{ namespace: 'kube-system' }, { reason: ['Noise', 'More, noise=\\2'] }],
  };
  const isNarrow = ({ namespace, kind, reason, type }: WrittenRevision) =>
    type === 'Warning' && kind === 'Job' && namespace !== 'kube-system' && !/noise/i.test(reason);
  const wide = { include: [{ kind: 'Job', component: 'test' }], exclude: [{ clusterScoped: true }] };
  const isWide = ({ kind, clusterScoped }: WrittenRevision) => kind === 'Job' && !clusterScoped;
  /** What each filter in turn wants of what is written while it holds. */
  const wanted: string[] = [];

  before(async () => {
    [loki, controlPlane] = await Promise.all([startLoki(), startControlPlane({ controllers: false })]);
    await controlPlane.api.create('/api/v1/namespaces', { metadata: { name: 'jobs' } });
    writer = new EventWriter(controlPlane.api);
    const options = { within: controlPlane.folder, kubeconfig: controlPlane.kubeconfig, lokiUrl: loki.url };
    exporters = apis.map(api => {
      return new ConfiguredExporter({ ...options, cluster: api.replace('/', '-'), keepers: ['file'] });
    });
  });

  after(async () => {
    if (exporters) await each(exporter => exporter.stop());
    await controlPlane?.stop();
    await loki?.stop();
  });

  /** One of each. */
  async function writeSome(): Promise<void> {
    for (const type of ['Normal', 'Warning'] as const) {
      for (const reason of ['Noise', 'More, noise=\\2', 'Failed']) {
        await writer.write('kube-system', { kind: 'Job', type, reason });
        await writer.write('default', { kind: 'Job', type, reason, clusterScoped: true });
        await writer.write('jobs', { kind: 'Pod', type, reason });
        await writer.write('jobs', { kind: 'Job', type, reason });
      }
    }
  }

  /** Ends with what the filter of now wants, so that the position is past all, and the next one doesn't. */
  async function writeLast(isWanted: typeof isWide): Promise<void> {
    const fields = { kind: 'Job', reason: 'Failed' };
    if (isWanted === isNarrow)
      await writer.write('default', { ...fields, type: 'Warning', clusterScoped: true });
    else await writer.write('jobs', { ...fields, type: 'Normal' });
    assert.ok(writer.revisions.slice(-1).every(isWanted));
  }

  /** Every entry is there, and the API server has sent nothing else since the last start. */
  async function assertSelected(sinceStart: readonly string[]): Promise<void> {
    await each(async exporter => {
      await exporter.delivered(wanted, 30);
      await exporter.idle();
      const { cluster } = exporter;
      assert.deepEqual(idsOf(await exporter.entries()), wanted.toSorted(), cluster);
      const metrics = await exporter.process.metrics();
      assert.equal(metrics.sum('kube_events_received_revisions_total'), sinceStart.length, cluster);
      assert.equal(metrics.sum('kube_events_filtered_revisions_total'), 0, cluster);
      assert.equal(metrics.sum('kube_events_gap_seconds_total'), 0, cluster);
      const foreign = (await exporter.log()).filter(line => line['class'] === 'foreign');
      assert.deepEqual(foreign, [], cluster);
    });
  }

  test('what it drops is not even received, by either API', async () => {
    await writeSome();
    await start(narrow);
    for (const revision of newestOf(writer.revisions)) await writer.repeat(revision);
    await writeSome();
    await writeLast(isNarrow);
    wanted.push(...writer.ids(isNarrow));
    await assertSelected(wanted);
  });

  test('another filter goes on where the one before has ended', async () => {
    for (const [filters, isWanted] of [
      [wide, isWide],
      [narrow, isNarrow],
    ] as const) {
      await each(exporter => exporter.stop());
      const before = writer.revisions.length;
      await writeSome();
      await start(filters);
      // Also what the filter before hid, of which this one wants only what is new.
      for (const revision of newestOf(writer.revisions).slice(0, before)) await writer.repeat(revision);
      await writeSome();
      await writeLast(isWanted);
      const sinceStart = writer.revisions.slice(before).filter(isWanted);
      wanted.push(...sinceStart.map(({ id }) => id));
      await assertSelected(sinceStart.map(({ id }) => id));
      await assertOccurrences(sinceStart);
    }
  });

  /** Each revision is one occurrence more. */
  async function assertOccurrences(revisions: readonly WrittenRevision[]): Promise<void> {
    const ids = new Set(revisions.map(({ id }) => id));
    for (const exporter of exporters) {
      const entries = (await exporter.entries()).filter(entry => ids.has(idOf(entry)));
      const others = entries.filter(({ metadata }) => metadata['occurrences'] !== '1');
      assert.deepEqual(others, [], exporter.cluster);
    }
  }
});
