import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../chaos/until.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, querySeries, type StoredEntry } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';

const namespaces = 300;
const pods = 10_000;
const budget = 4000;
const knownReasons = [
  ...['Pulled', 'Created', 'Started', 'Killing', 'BackOff', 'Unhealthy', 'Scheduled', 'Failed', 'Pulling'],
  ...[
    'FailedScheduling',
    'FailedMount',
    'Evicted',
    'Preempted',
    'SandboxChanged',
    'NodeNotReady',
    'Rebooted',
  ],
];
const reasons = [...knownReasons, ...Array.from({ length: 16 }, (_, index) => `Reason${index}`)];
/** Shares of the events that are written, after each of which the exporter is killed. */
const kills = [0.4, 0.55, 0.7, 0.8, 0.9];
/** Writes under way at a time. */
const parallel = 16;

interface Written {
  readonly namespace: string;
  readonly reason: string;
  readonly uid: string;
}

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

describe('more labels than the cardinality budget has room for', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  let exporter: ExporterProcess;
  const written: Written[] = [];
  let series: readonly Record<string, string>[];
  let entries: StoredEntry[];

  before(async () => {
    // As Loki comes: it refuses what is above 5,000 streams.
    [loki, controlPlane] = await Promise.all([startLoki(), startControlPlane({ controllers: false })]);
    await inParallel(namespaces, async n => {
      await controlPlane.api.create('/api/v1/namespaces', { metadata: { name: nameOf(n) } });
    });
    exporter = await ExporterProcess.create({
      kubeconfig: controlPlane.kubeconfig,
      lokiUrl: loki.url,
      cluster: 'wide',
      folder: controlPlane.folder,
    });
    await exporter.start();
    const writing = inParallel(pods, write);
    for (const share of kills) {
      while (written.length < pods * share)
        await Promise.race([writing, until('more', 60, () => written.length >= pods * share)]);
      await exporter.kill();
      await exporter.start();
    }
    await writing;
    const uids = new Set(written.map(({ uid }) => uid));
    await until('all is delivered', 60, async () => {
      if ((await exporter.counts()).inFlight > 0) return false;
      // The API server has an event of its own.
      entries = (await readBack()).filter(({ metadata }) => uids.has(metadata['event_uid'] ?? ''));
      return new Set(entries.map(({ metadata }) => metadata['event_uid'])).size === pods;
    });
    series = await querySeries(loki.url, '{cluster="wide"}');
  });

  after(async () => {
    await exporter?.stop();
    await controlPlane?.stop();
    await loki?.stop();
  });

  /** An event of one Pod; each Pod has one. */
  async function write(n: number): Promise<void> {
    const namespace = nameOf(n % namespaces);
    const reason = reasons[(n + Math.floor(n / namespaces) * 5) % reasons.length] ?? '';
    const now = new Date().toISOString();
    const { metadata } = await controlPlane.api.create(`/api/v1/namespaces/${namespace}/events`, {
      metadata: { name: `pod-${n}.1`, namespace },
      involvedObject: { kind: 'Pod', namespace, name: `pod-${n}` },
      reason,
      type: n % 3 === 0 ? 'Warning' : 'Normal',
      message: `message ${n}`,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      source: { component: 'test' },
    });
    written.push({ namespace, reason, uid: metadata.uid ?? '' });
  }

  function readBack(): Promise<StoredEntry[]> {
    const end = BigInt(Date.now() + 60_000) * 1_000_000n;
    return queryEntries(loki.url, '{cluster="wide"}', end - 7_200_000_000_000n, end);
  }

  test('Loki has no more streams than the budget, and the exporter knows how many', async t => {
    const distinct = new Set(written.map(({ namespace, reason }) => `${namespace} ${reason}`)).size;
    const metrics = await exporter.metrics();
    const active = metrics.sum('kube_events_active_streams');
    t.diagnostic(`${series.length} streams of ${distinct} pairs of namespace and reason`);
    t.diagnostic(`folded since the last start: ${metrics.describe('kube_events_folded_revisions_total')}`);
    assert.ok(distinct > budget * 1.5, `${distinct}`);
    assert.ok(series.length <= budget && series.length > budget * 0.8, `${series.length}`);
    assert.equal(active, series.length);
    assert.equal(metrics.sum('kube_events_push_retries_total', /stream_limit/), 0);
    assert.equal(metrics.sum('kube_events_dropped_revisions_total'), 0);
  });

  test('killed again and again while the budget overflows, it folds each event as before', t => {
    const folded = entries.filter(({ labels }) => Object.values(labels).includes('__other__'));
    t.diagnostic(`${folded.length} of ${entries.length} entries are folded`);
    assert.ok(folded.length > pods / 20, `${folded.length}`);
    const copies = Map.groupBy(entries, ({ metadata }) => metadata['event_uid'] ?? '');
    const twice = [...copies.values()].filter(({ length }) => length > 1);
    assert.deepEqual(twice, []);
    assert.equal(copies.size, pods);
  });

  test('what is folded stands in metadata', () => {
    const byUid = new Map(entries.map(entry => [entry.metadata['event_uid'], entry]));
    for (const { uid, namespace, reason } of written) {
      const { labels, metadata } = byUid.get(uid) ?? assert.fail(`${uid} is not in Loki`);
      const real = (label: string) =>
        labels[label] === '__other__' ? metadata[`event_${label}`] : labels[label];
      assert.deepEqual([real('namespace'), real('kind'), real('reason')], [namespace, 'Pod', reason]);
    }
  });

  test('reasons that Kubernetes does not give itself fold first', () => {
    const shareOf = (isKnown: boolean) => {
      const some = entries.filter(({ labels, metadata }) => {
        const reason = metadata['event_reason'] ?? labels['reason'] ?? '';
        return knownReasons.includes(reason) === isKnown;
      });
      return some.filter(({ labels }) => labels['reason'] === '__other__').length / some.length;
    };
    assert.ok(shareOf(false) > shareOf(true), `${shareOf(false)} of unknown, ${shareOf(true)} of known`);
  });
});

function nameOf(n: number): string {
  return `team-${n}`;
}

async function inParallel(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let begun = 0;
  const worker = async () => {
    while (begun < count) {
      begun += 1;
      await work(begun - 1);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
