import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventSchemas } from '../../exporter/event/normalise.ts';
import { RandomEvents } from '../conformance/random-events.ts';
import { ApiError } from '../servers/api.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { Exposition } from '../servers/exposition.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, type StoredEntry } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { hostileTexts } from './hostile-frames.ts';

/** What is read of an event as the API server lists it, in its own words. */
interface ListedEvent {
  readonly metadata: { readonly uid: string; readonly name: string; readonly resourceVersion: string };
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
}

const clusters = { 'core/v1': 'core', 'events.k8s.io/v1': 'events' } as const;
const maxLineBytes = 256 * 1024;
const hour = 3_600_000_000_000n;

/** Set it to repeat a run that failed. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

describe('what a real API server lets through, and a real Loki', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  const exporters: ExporterProcess[] = [];
  /** Events that the API server took, and those that it refused. */
  let accepted = 0;
  let refused = 0;

  before(async () => {
    [loki, controlPlane] = await Promise.all([
      startLoki({ own: true, limits: { ingestion_rate_mb: 100, ingestion_burst_size_mb: 100 } }),
      startControlPlane({ controllers: false }),
    ]);
    for (const schema of eventSchemas) {
      const folder = join(controlPlane.folder, clusters[schema]);
      await mkdir(folder);
      const config = {
        eventsApi: schema,
        loki: { batch: { maxPushesPerSecond: 1000 } },
        // Room for every label, because what is folded can't be compared.
        cardinality: { namespaces: 100, kinds: 500, reasons: 900 },
      };
      // JSON is YAML.
      await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
      const exporter = await ExporterProcess.create({
        kubeconfig: controlPlane.kubeconfig,
        lokiUrl: loki.url,
        cluster: clusters[schema],
        folder,
        flags: { '--config': join(folder, 'config.yaml'), '--state-dir': join(folder, 'state') },
      });
      exporters.push(exporter);
      await exporter.start();
    }
  });

  after(async () => {
    for (const exporter of exporters) await exporter.stop();
    await controlPlane?.stop();
    await loki?.stop();
  });

  test(`hostile events of either API arrive whole, and the same by both (FUZZ_SEED=${seed})`, async t => {
    const now = new Date().toISOString();
    for (const { json } of hostileTexts) {
      // Bytes that are no UTF-8 stand for themselves here as U+FFFD, which the API server makes of them too.
      const text = JSON.parse(`"${json}"`) as string;
      const object = { kind: text, name: text, namespace: 'default', uid: text, fieldPath: text };
      await createCore({ involvedObject: object, reason: text, message: text, type: text, action: text });
      await createCore({
        involvedObject: object,
        source: { component: text, host: text },
        lastTimestamp: now,
      });
      await createNew({ regarding: object, reason: text.slice(0, 100) || 'Empty', note: text.slice(0, 300) });
      await createNew({
        regarding: object,
        reason: 'Series',
        series: { count: 7, lastObservedTime: micro() },
      });
    }
    for (const unit of ['m', 'é', '\u0000', '\ud800', '"']) {
      await createCore({ reason: 'Large', message: unit.repeat(1_400_000 / Buffer.byteLength(unit)) });
    }
    const long = 'é'.repeat(3000);
    await createCore({
      reason: long,
      type: long,
      involvedObject: { kind: long, name: long, namespace: 'default' },
    });
    for (const count of [0, -1, 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, '3']) await createCore({ count });
    const random = new RandomEvents(seed);
    for (let index = 0; index < 300; index += 1) {
      const event = JSON.parse(JSON.stringify(random.event()));
      const involvedObject = { ...event.involvedObject, namespace: 'default' };
      await createCore({ ...event, involvedObject, eventTime: null, series: null, lastTimestamp: now });
    }
    t.diagnostic(`${accepted} events, and ${refused} that the API server refused`);
    assert.ok(accepted > 150, `${accepted} accepted`);

    const [core, events] = await Promise.all(exporters.map(settled));
    const listed = await list();
    assert.ok(listed.length >= accepted);
    const stored = await Promise.all(Object.values(clusters).map(read));
    for (const event of listed) for (const entries of stored) compare(event, entries);
    assert.deepEqual(shown(stored[1]), shown(stored[0]));
    assert.equal(await refusedPushes(), 0);
    assert.deepEqual([core?.left, events?.left], [0, 0]);
  });

  test('times that Loki refuses are moved, and nothing is lost', async () => {
    const times = [
      '0001-01-01T00:00:00Z',
      '1677-01-01T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '2020-02-29T00:00:00Z',
    ];
    times.push(
      '2262-04-12T00:00:00Z',
      '9999-12-31T23:59:59Z',
      new Date(Date.now() + 7_200_000).toISOString(),
    );
    const uids: string[] = [];
    for (const time of times) {
      uids.push(await createCore({ reason: 'Untimely', firstTimestamp: time, lastTimestamp: time }));
    }
    const counts = await Promise.all(exporters.map(settled));
    assert.deepEqual(
      counts.map(({ left }) => left),
      [0, 0],
    );
    for (const cluster of Object.values(clusters)) {
      const entries = await read(cluster);
      for (const [index, uid] of uids.entries()) {
        const entry = entries.get(uid);
        assert.ok(entry, times[index]);
        // Go's zero time is no time at all.
        const stated = entry.metadata['event_time'];
        if (index > 0) assert.equal(stated?.slice(0, 19), times[index]?.slice(0, 19));
      }
    }
  });

  /** Returns the event's uid; empty where the API server refuses it. */
  function createCore(fields: object): Promise<string> {
    return create('/api/v1', {
      apiVersion: 'v1',
      involvedObject: { kind: 'Pod', name: 'web-0', namespace: 'default' },
      reason: 'Hostile',
      type: 'Normal',
      lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      ...fields,
    });
  }

  function createNew(fields: object): Promise<string> {
    return create('/apis/events.k8s.io/v1', {
      apiVersion: 'events.k8s.io/v1',
      eventTime: micro(),
      reportingController: 'example.com/hostile',
      reportingInstance: 'hostile-0',
      action: 'Testing',
      type: 'Warning',
      ...fields,
    });
  }

  async function create(api: string, event: object): Promise<string> {
    const metadata = { name: `hostile-${accepted + refused}`, namespace: 'default' };
    const body = { ...event, kind: 'Event', metadata };
    try {
      const created = await controlPlane.api.create(`${api}/namespaces/default/events`, body);
      accepted += 1;
      return created.metadata.uid ?? '';
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      refused += 1;
      return '';
    }
  }

  async function list(): Promise<ListedEvent[]> {
    const { items } = await controlPlane.api.list('/api/v1/events');
    return items as unknown as ListedEvent[];
  }

  /** The exporter's accounts, once they hold all that the API server has. @throws Error after a minute */
  async function settled(exporter: ExporterProcess) {
    const { length } = await list();
    for (let tries = 0; tries < 300; tries += 1) {
      const counts = await exporter.counts();
      if (counts.received >= length && counts.inFlight === 0) return counts;
      await sleep(200);
    }
    throw new Error(`not within a minute: ${length} events. ${await exporter.log()}`);
  }

  async function read(cluster: string): Promise<Map<string, StoredEntry>> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const selector = `{job="kube-events", cluster="${cluster}"}`;
    const entries = await queryEntries(loki.url, selector, now - 24n * 8n * hour, now + hour);
    const byUid = new Map(entries.map(entry => [entry.metadata['event_uid'] ?? '', entry]));
    assert.equal(byUid.size, entries.length, 'an entry came twice');
    return byUid;
  }

  async function refusedPushes(): Promise<number> {
    const metrics = new Exposition(await (await fetch(`${loki.url}/metrics`)).text());
    return metrics.sum('loki_request_duration_seconds_count', /route="loki_api_v1_push",status_code="400"/);
  }
});

function compare(event: ListedEvent, entries: ReadonlyMap<string, StoredEntry>): void {
  const { uid, name, resourceVersion } = event.metadata;
  const entry = entries.get(uid);
  assert.ok(entry, `${name} is not in Loki: ${JSON.stringify(event).slice(0, 1000)}`);
  const { kind = '', name: object = '' } = event.involvedObject;
  const line = `${kind}/${object}: ${event.message ?? ''}`;
  if (Buffer.byteLength(line) <= maxLineBytes) assert.equal(entry.line, line, name);
  else {
    const [, kept = '', missing] = /^(.+)… \[(\d+) bytes cut\]$/s.exec(entry.line) ?? [];
    assert.ok(line.startsWith(kept), name);
    assert.equal(Buffer.byteLength(kept) + Number(missing), Buffer.byteLength(line), name);
  }
  assert.equal(entry.metadata['resource_version'], resourceVersion, name);
  const { reason = '' } = event;
  if (entry.labels['reason'] === '__other__') {
    assert.ok(spaced(reason).startsWith((entry.metadata['event_reason'] ?? '').replace(/…$/, '')), name);
  } else assert.equal(entry.labels['reason'] ?? '', reason.replaceAll('\ufffd', '?'), name);
}

/** Loki puts a space in the place of U+FFFD in structured metadata. */
function spaced(text: string): string {
  return text.replaceAll('\ufffd', ' ');
}

/** Everything but which exporter it came by, in one order. */
function shown(entries: ReadonlyMap<string, StoredEntry> | undefined): string[] {
  return [...(entries?.values() ?? [])]
    .map(({ labels: { cluster: _, ...labels }, timestamp, ...entry }) => {
      return JSON.stringify({ labels, timestamp: String(timestamp), ...entry });
    })
    .sort();
}

/** Now, as a MicroTime has it. */
function micro(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
