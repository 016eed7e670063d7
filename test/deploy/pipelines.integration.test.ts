import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ProfileName, profiles } from '../../dashboards/profile.ts';
import { Queries } from '../../dashboards/query.ts';
import { parseConfig } from '../../exporter/config/load.ts';
import { LineSink } from '../../exporter/delivery/line-sink.ts';
import { encodeEntry } from '../../exporter/loki/encode.ts';
import { encodeHeartbeat } from '../../exporter/loki/heartbeat.ts';
import type { Entry } from '../../exporter/loki/schema.ts';
import { heartbeatMetadata, streamLabels, structuredMetadata } from '../../exporter/loki/schema.ts';
import { seed } from '../dashboards/seed.ts';
import { shippers } from '../dashboards/shippers.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import {
  alloyKeptLabels,
  alloyMapping,
  fluentBitMapping,
  fluentdMapping,
  type Mapping,
  type PushedEntry,
  pipelineFile,
  transform,
} from './pipelines.ts';

const skip = await skipWithout('loki');

/** Each with the configuration of the exporter that goes with it, and the profile of the dashboards. */
const pipelines: readonly (readonly [
  name: string,
  mapping: Mapping,
  config: string,
  profile: ProfileName,
])[] = [
  ['fluent-bit', fluentBitMapping(), 'exporter.yaml', 'default'],
  ['alloy', alloyMapping(), 'exporter.yaml', 'default'],
  ['fluentd', fluentdMapping(), 'exporter-fluentd.yaml', 'json'],
];

const labels = Object.keys(streamLabels).sort();
const metadata = [...new Set([...Object.keys(structuredMetadata), ...Object.keys(heartbeatMetadata)])].sort();

test('the pipelines name every label of the schema, and those that can, all metadata', () => {
  for (const [name, mapping] of pipelines) {
    assert.deepEqual([...mapping.labels].sort(), labels, name);
    if (name !== 'fluentd') assert.deepEqual([...mapping.metadata].sort(), metadata, name);
  }
  assert.deepEqual(alloyKeptLabels().sort(), labels);
});

test('the exporter takes the configurations, with the lines that the profiles want', () => {
  for (const [, , file, profile] of pipelines) {
    const config = parseConfig(file, pipelineFile(file), {});
    assert.equal(config.output, 'stdout');
    assert.equal(config.loki.line, profile === 'json' ? 'json' : 'text');
  }
});

/** What the exporter writes to stdout of entries. */
function lines(entries: Parameters<LineSink['encode']>[0]): string[] {
  return Buffer.from(LineSink.stdout().encode(entries)).toString().trimEnd().split('\n');
}

test('a heartbeat comes through whole', () => {
  const beat = encodeHeartbeat(
    { lastFrameAgeSeconds: 1.5, inFlight: 3 },
    { job: 'kube-events', cluster: 'prod' },
    0,
  );
  const [line = ''] = lines([beat]);
  for (const mapping of [fluentBitMapping(), alloyMapping()]) {
    const { stream, values } = transform(line, mapping);
    assert.deepEqual(stream, { job: 'kube-events-heartbeat', cluster: 'prod' });
    assert.equal(values[0][2]['last_frame_age_seconds'], '1.5');
    assert.equal(values[0][2]['in_flight'], '3');
  }
});

test('what no pipeline knows is told, and not hidden in the line', () => {
  const [line = ''] = lines([
    encodeEntry({ labels: { job: 'kube-events' }, timestamp: 0n, line: 'x', metadata: {} }),
  ]);
  const more = JSON.stringify({ ...JSON.parse(line), team: 'shop' });
  assert.throws(() => transform(more, fluentBitMapping()), /line, team are left/);
});

describe('entries that come through a pipeline', { skip }, () => {
  let loki: Loki;
  const end = Math.floor(Date.now() / 1000) * 1000;
  const hour = 3_600_000_000_000n;
  const now = BigInt(end) * 1_000_000n;
  /** Half an hour of the dashboards' seed, as the exporter makes entries of it. */
  const made = (profile: ProfileName, cluster: string): Entry[] =>
    seed(end)
      .map(revision => shippers[profile]({ ...revision, cluster }, 'kube-events') as Entry)
      .filter(({ timestamp }) => timestamp > now - hour / 2n && timestamp < now);

  before(async () => {
    loki = await startLoki({ own: true });
    for (const [cluster, mapping, , profile] of pipelines) {
      const streams = lines(made(profile, cluster).map(encodeEntry)).map(line => transform(line, mapping));
      await push(loki.url, streams);
    }
  });
  after(() => loki?.stop());

  for (const [cluster, , , profile] of pipelines) {
    test(`${cluster}: they are what the exporter itself would push`, async () => {
      const entries = made(profile, cluster);
      assert.ok(entries.length > 50, `${entries.length} entries`);
      const stored = await queryEntries(loki.url, `{cluster="${cluster}"}`, now - hour, now + hour);
      const found = stored.map(({ labels: stream, metadata: fields, timestamp, line }) => {
        // Loki adds both of its own accord, where they are missing.
        const { service_name: _service, ...ours } = stream;
        const { detected_level: _level, ...others } = fields;
        return text({ labels: ours, metadata: profile === 'json' ? others : fields, timestamp, line });
      });
      assert.deepEqual(found.sort(), entries.map(text).sort());
    });

    test(`${cluster}: a query of the dashboards for the profile ${profile} counts them`, async () => {
      const queries = new Queries(profiles[profile], {
        job: 'kube-events',
        clusterLabel: 'cluster',
        selector: '',
      });
      const all = '.*';
      const where = { cluster, namespace: all, kind: all, reason: all, type: 'Warning' };
      const query = queries
        .occurrences(['reason'], where, { range: '1h' })
        .replaceAll('$search', '')
        .replaceAll('$workload', '');
      const samples = await queryInstant(loki.url, query, now + 1_000_000_000n);
      const counted = Object.fromEntries(samples.map(sample => [sample.labels['reason'], sample.value]));
      const expected: Record<string, number> = {};
      // What is counted is in the metadata of the same entries with lines of text.
      for (const { labels: stream, metadata: fields } of made('default', cluster)) {
        if (stream.type !== 'Warning') continue;
        const reason = stream.reason ?? '';
        expected[reason] = (expected[reason] ?? 0) + Number(fields.occurrences);
      }
      assert.ok(Object.keys(expected).length > 3);
      assert.deepEqual(counted, expected);
    });
  }
});

/** An entry as text, whatever the order of its names. */
function text({
  labels: stream,
  metadata: fields,
  timestamp,
  line,
}: Omit<Entry, 'labels' | 'metadata'> & Named): string {
  const sorted = (names: Readonly<Record<string, string | undefined>>) =>
    Object.entries(names)
      .filter(([, value]) => value)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([String(timestamp), sorted(stream), line, sorted(fields)]);
}

interface Named {
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly metadata: Readonly<Record<string, string | undefined>>;
}

/** Pushes as Fluent Bit and Fluentd do: JSON. @throws Error with Loki's words */
async function push(url: string, streams: readonly PushedEntry[]): Promise<void> {
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
    signal: AbortSignal.timeout(30_000),
  });
  assert.equal(response.status, 204, await response.text());
}
