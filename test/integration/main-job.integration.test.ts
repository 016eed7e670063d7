import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordOldStyle } from '../scenario/recorder.ts';
import { freeze, runScenario } from '../scenario/run.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Kwok, startKwok } from '../servers/kwok.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant, type StoredEntry } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { RevisionLog } from './revision-log.ts';

/** A core/v1 event as the API server lists it: its own words, apart from the exporter's types. */
interface ListedEvent {
  metadata: {
    uid: string;
    name: string;
    namespace: string;
    resourceVersion: string;
    creationTimestamp: string;
  };
  involvedObject: { kind: string; name: string; uid?: string; fieldPath?: string };
  reason: string;
  message: string;
  type: string;
  source: { component?: string; host?: string };
  reportingComponent: string;
  action?: string;
  count?: number;
  firstTimestamp: string | null;
  lastTimestamp: string | null;
  eventTime: string | null;
  series?: { count: number; lastObservedTime: string };
}

/** The ways to authenticate, and the other API; each an exporter of its own under its own `cluster`. */
const credentials = ['bearer-token', 'client-certificate', 'service-account', 'events-api'] as const;
type Credential = (typeof credentials)[number];

const skip = await skipWithout('etcd', 'kubernetes', 'kwok', 'loki');

describe('real Kubernetes events in a real Loki', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  let kwok: Kwok;
  let revisions: RevisionLog;
  /** The cluster's resourceVersion once every exporter and kubectl were watching. */
  let watchedFrom: bigint;
  const exporters = new Map<Credential, ExporterProcess>();
  const entries = new Map<Credential, StoredEntry[]>();
  let listed: ListedEvent[];
  let asked: bigint;

  before(async () => {
    loki = await startLoki({ limits: { max_entries_limit_per_query: 5000 } });
    controlPlane = await startControlPlane();
    kwok = await startKwok(controlPlane);
    const kubeconfigs: Record<Credential, string> = {
      'bearer-token': controlPlane.kubeconfig,
      'client-certificate': await controlPlane.clientCertKubeconfig(),
      'service-account': await controlPlane.serviceAccountKubeconfig('exporter'),
      'events-api': controlPlane.kubeconfig,
    };
    const otherApi = join(controlPlane.folder, 'events-api.yaml');
    await writeFile(otherApi, 'eventsApi: events.k8s.io/v1\n');
    for (const credential of credentials) {
      const folder = join(controlPlane.folder, credential);
      await mkdir(folder);
      const kubeconfig = kubeconfigs[credential];
      const exporter = await ExporterProcess.create({
        kubeconfig,
        lokiUrl: loki.url,
        cluster: credential,
        folder,
        ...(credential === 'events-api' && { flags: { '--config': otherApi } }),
      });
      exporters.set(credential, exporter);
      await exporter.start();
    }
    revisions = new RevisionLog(controlPlane);
    await until(() => revisions.seen.size > 0);
    watchedFrom = await currentRevision();

    await runScenario(controlPlane, kwok);
    await freeze(controlPlane, kwok);
    await everythingArrived();
    ({ items: listed } = JSON.parse(await controlPlane.kubectl(['get', 'events', '-A', '-o', 'json'])));
    asked = BigInt(Date.now() + 60_000) * 1_000_000n;
    for (const credential of credentials) {
      const start = asked - 7_200_000_000_000n;
      entries.set(credential, await queryEntries(loki.url, selector(credential), start, asked));
    }
  });

  after(async () => {
    for (const exporter of exporters.values()) await exporter.stop();
    await revisions?.[Symbol.asyncDispose]();
    await kwok?.stop();
    await controlPlane?.stop();
    await loki?.stop();
  });

  test('the scenario is worth the name', t => {
    const reasons = new Set(listed.map(({ reason }) => reason));
    t.diagnostic(`${listed.length} events of ${reasons.size} reasons, ${revisions.seen.size} revisions`);
    assert.ok(listed.length >= 300, `${listed.length} events`);
    assert.ok(reasons.size >= 15, [...reasons].join());
    for (const reason of [
      ...[
        'ScalingReplicaSet',
        'FailedCreate',
        'FailedScheduling',
        'FailedGetResourceMetric',
        'SuccessfulCreate',
      ],
      ...['NodeNotReady', 'TaintManagerEviction', 'Pulled', 'Created', 'Started', 'BackOff', 'Unhealthy'],
      ...['Killing', 'FailedMount', 'Evicted', 'OOMKilling', 'ConntrackFull'],
    ]) {
      assert.ok(reasons.has(reason), `no ${reason} in ${[...reasons].join()}`);
    }
    assert.ok(
      listed.some(event => event.series),
      'no event of the new style with a series',
    );
    assert.ok(
      listed.some(event => (event.count ?? 0) > 1),
      'no event of the old style with a count',
    );
  });

  test('either API gives the same entries', () => {
    const shown = (credential: Credential) =>
      (entries.get(credential) ?? [])
        .map(({ labels: { cluster: _, ...labels }, ...entry }) => ({ labels, ...entry }))
        .map(entry => JSON.stringify({ ...entry, timestamp: String(entry.timestamp) }))
        .sort();
    assert.ok(shown('events-api').length > 0);
    assert.deepEqual(shown('events-api'), shown('bearer-token'));
  });

  for (const credential of credentials) {
    describe(`by ${credential}`, () => {
      const own = () => entries.get(credential) ?? [];

      test("every revision that kubectl's watch saw is in Loki once, and no other", t => {
        const keys = own().map(({ metadata }) => `${metadata['event_uid']}/${metadata['resource_version']}`);
        assert.equal(new Set(keys).size, keys.length, 'a revision came twice');
        const isNew = (key: string) => BigInt(key.slice(key.indexOf('/') + 1)) > watchedFrom;
        assert.deepEqual(keys.filter(isNew).sort(), revisions.after(watchedFrom).sort());
        t.diagnostic(`${keys.length} entries`);
      });

      test("the API server's list and Loki agree on every event", () => {
        const byUid = Map.groupBy(own(), ({ metadata }) => metadata['event_uid'] ?? '');
        for (const event of listed) {
          const of = byUid.get(event.metadata.uid) ?? [];
          const newest = of.filter(
            ({ metadata }) => metadata['resource_version'] === event.metadata.resourceVersion,
          );
          assert.equal(newest.length, 1, `${event.metadata.name}: ${newest.length} entries`);
          const [entry] = newest;
          assert.ok(entry);
          assert.deepEqual(withoutLokis(entry.labels), labelsOf(event, credential));
          assert.equal(entry.timestamp, timestampOf(event), event.metadata.name);
          assert.equal(
            entry.line,
            `${event.involvedObject.kind}/${event.involvedObject.name}: ${event.message}`,
          );
          assert.equal(entry.metadata['name'], event.involvedObject.name);
          assert.equal(
            entry.metadata['component'],
            event.source.component || event.reportingComponent || undefined,
          );
          assert.equal(entry.metadata['object_uid'], event.involvedObject.uid || undefined);
          assert.equal(entry.metadata['count'], String(countOf(event)));
          assert.equal(entry.metadata['detected_level'], event.type === 'Warning' ? 'warn' : 'info');
          const sum = of.reduce((total, { metadata }) => total + Number(metadata['occurrences']), 0);
          assert.equal(
            sum,
            countOf(event),
            `${event.metadata.name}: occurrences ${sum}, count ${countOf(event)}`,
          );
        }
      });

      for (const label of ['type', 'reason'] as const) {
        test(`the breakdown by ${label} in LogQL is the one of the list`, async () => {
          const expected = new Map<string, number>();
          for (const event of listed) {
            expected.set(event[label], (expected.get(event[label]) ?? 0) + countOf(event));
          }
          const query = `sum by (${label}) (sum_over_time(${selector(credential)} | unwrap occurrences [2h]))`;
          const samples = await queryInstant(loki.url, query, asked);
          const found = new Map(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
          assert.deepEqual(sorted(found), sorted(expected));
        });
      }

      test('the accounts of the exporter add up', async () => {
        const exporter = exporters.get(credential);
        assert.ok(exporter);
        const counts = await exporter.counts();
        assert.equal(counts.received, own().length);
        assert.deepEqual(counts, { ...counts, delivered: counts.received, left: 0, inFlight: 0 });
      });
    });
  }

  async function currentRevision(): Promise<bigint> {
    const { metadata } = await controlPlane.api.get('/api/v1/events?limit=1');
    return BigInt(metadata?.resourceVersion ?? '0');
  }

  /** Writes one last event, and waits until kubectl and each exporter have brought it through. */
  async function everythingArrived(): Promise<void> {
    const last = await recordOldStyle(controlPlane.api, {
      type: 'Normal',
      reason: 'ScenarioEnded',
      message: 'the scenario has ended',
      component: 'kube-events-test',
      host: '',
      object: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
    });
    const { metadata } = await controlPlane.api.get(
      `/api/v1/namespaces/${last.namespace}/events/${last.name}`,
    );
    const uid = metadata?.uid ?? '';
    await until(() => [...revisions.seen].some(revision => revision.startsWith(`${uid}/`)));
    for (const credential of credentials) {
      await until(async () => {
        const found = await queryInstant(
          loki.url,
          `count_over_time(${selector(credential)} | event_uid="${uid}" [1h])`,
          BigInt(Date.now() + 5000) * 1_000_000n,
        );
        return found.length > 0;
      });
      await until(async () => (await exporters.get(credential)?.counts())?.inFlight === 0);
    }
  }
});

function selector(credential: Credential): string {
  return `{job="kube-events", cluster="${credential}"}`;
}

function labelsOf(event: ListedEvent, credential: Credential): Record<string, string> {
  return {
    cluster: credential,
    job: 'kube-events',
    kind: event.involvedObject.kind,
    namespace: event.metadata.namespace,
    reason: event.reason,
    type: event.type,
  };
}

/** Loki adds `service_name` by itself. */
function withoutLokis({
  service_name: _,
  ...labels
}: Readonly<Record<string, string>>): Record<string, string> {
  return labels;
}

/** As `kubectl get events` counts. */
function countOf(event: ListedEvent): number {
  return event.series?.count ?? (event.count || 1);
}

/** The last occurrence in nanoseconds, computed from the text without a date that would lose digits. */
function timestampOf(event: ListedEvent): bigint {
  const text =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp;
  const [whole = '', fraction = ''] = text.replace('Z', '').split('.');
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function sorted(values: Map<string, number>): [string, number][] {
  return [...values].sort(([a], [b]) => a.localeCompare(b));
}

/** @throws Error after a minute */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within a minute: ${condition}`);
    await sleep(200);
  }
}
