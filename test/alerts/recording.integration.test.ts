import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRecording } from '../../alert-rules/recording.ts';
import { recordedFields } from '../../alert-rules/recording-settings.ts';
import { recording } from '../../alert-rules/targets/recording.ts';
import { filesOf } from '../../alert-rules/targets/target.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { encodeEntry } from '../../exporter/loki/encode.ts';
import type { Entry } from '../../exporter/loki/schema.ts';
import { until } from '../chaos/until.ts';
import { queryInstant } from '../servers/loki-query.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import { skipWithout } from '../servers/require.ts';
import { type Ruler, startRuler } from '../servers/ruler.ts';

const skip = await skipWithout('loki', 'prometheus');
const never = new AbortController().signal;
const second = 1_000_000_000n;
const minute = 60n * second;

/** The rules with all times a thirtieth: five minutes are ten seconds, and what comes six minutes late twelve. */
const scaled = rulesConfigSchema.parse({ recording: { window: '10s', offset: '20s' } });
const lateMs = 12_000;

/** Sums by the value of a label. */
type Totals = Readonly<Record<string, number>>;

/** What was pushed, by field. */
class Seeds {
  readonly #totals = new Map<string, Record<string, number>>(recordedFields.map(field => [field, {}]));
  #made = 0;

  /** The next entry: fields, occurrences and whether they count go round. */
  next(timestamp: bigint, cluster: string): Entry {
    const index = this.#made++;
    const pick = (values: readonly string[]) => values[index % values.length] ?? '';
    const labels = {
      cluster,
      job: 'kube-events',
      namespace: pick(['shop', 'pay', 'default', 'shop', 'web']),
      kind: pick(['Pod', 'Node', 'Job']),
      reason: pick(['BackOff', 'Started', 'Failed', '__other__']),
      type: pick(['Warning', 'Normal']),
    };
    const occurrences = index % 7;
    const unknown = index % 11 === 10;
    for (const field of unknown ? [] : recordedFields) {
      const totals = this.#totals.get(field) ?? {};
      totals[labels[field]] = (totals[labels[field]] ?? 0) + occurrences;
    }
    return {
      labels,
      timestamp,
      line: `Pod/web-${index}: hello`,
      metadata: {
        name: `web-${index}`,
        occurrences: String(occurrences),
        ...(unknown && { baseline: 'unknown' }),
      },
    };
  }

  of(field: string): Totals {
    return this.#totals.get(field) ?? {};
  }
}

describe('recording rules', { skip }, () => {
  let prometheus: Prometheus;
  let ruler: Ruler;
  let client: LokiClient;

  before(async () => {
    prometheus = await startPrometheus();
    ruler = await startRuler({
      files: Object.fromEntries(filesOf(recording, [], scaled)),
      remoteWriteUrl: prometheus.writeUrl,
    });
    client = new LokiClient({ url: ruler.url, tenant: undefined, timeoutMs: 30_000 });
  });

  after(async () => {
    await client?.close();
    await ruler?.stop();
    await prometheus?.stop();
  });

  async function push(entries: readonly Entry[]): Promise<void> {
    assert.equal((await client.push(client.encode(entries.map(encodeEntry)), never)).kind, 'accepted');
  }

  /** What Prometheus has of the cluster, by the value of a label. */
  async function recorded(field: string): Promise<Totals> {
    const name = `cluster_${field}:kube_events_occurrences:sum10s`;
    const query = `sum by (${field}) (sum_over_time(${name}{cluster="prod"}[10m]))`;
    const samples = await prometheus.query(query, Date.now());
    return Object.fromEntries(samples.map(({ labels, value }) => [labels[field], value]));
  }

  test('the ruler has them', async () => {
    await until('they are evaluated', 60, async () => {
      const rules = (await ruler.rules()).flatMap(group => group.rules);
      assert.deepEqual(
        rules.map(({ type, name, health, lastError }) => ({ type, name, health, lastError })),
        renderRecording(scaled).rules.map(({ record }) => ({
          ...{ type: 'recording', name: record },
          ...{ health: 'ok', lastError: '' },
        })),
      );
      return true;
    });
  });

  test('the sum of the samples in Prometheus is what occurred, late entries among it, nothing twice', async () => {
    const seeds = new Seeds();
    const late: Entry[] = [];
    // For 25 seconds, and all that was late has come twelve seconds later.
    for (const began = Date.now(); Date.now() < began + 25_000 + lateMs; ) {
      const entries: Entry[] = [];
      if (Date.now() < began + 25_000) {
        for (let each = 0; each < 20; each += 1) {
          const timestamp = BigInt(Date.now() - each) * 1_000_000n + BigInt(each);
          (each % 3 === 0 ? late : entries).push(seeds.next(timestamp, 'prod'));
        }
      }
      const due = BigInt(Date.now() - lateMs + 200) * 1_000_000n;
      const dueNow = late.filter(({ timestamp }) => timestamp < due);
      late.splice(0, late.length, ...late.filter(entry => !dueNow.includes(entry)));
      if (entries.length + dueNow.length > 0) await push([...entries, ...dueNow]);
      await sleep(100);
    }
    assert.equal(late.length, 0);
    for (const field of recordedFields) {
      await until(`the samples by ${field} are all there`, 90, async () => {
        assert.deepEqual(await recorded(field), seeds.of(field));
        return true;
      });
    }
    // Once everything is in a sample, later ones add nothing.
    await sleep(15_000);
    for (const field of recordedFields) assert.deepEqual(await recorded(field), seeds.of(field));
  });

  test('as they are by default: each entry is in one sample, on the seam of two windows too', async () => {
    const seeds = new Seeds();
    const { rules } = renderRecording(rulesConfigSchema.parse({}));
    const start = (BigInt(Date.now()) / 1000n - 7200n) * second;
    // Half an hour: every ten seconds, a nanosecond before and after, and so on every seam.
    const entries = Array.from({ length: 180 }, (_, index) => start + BigInt(index * 10) * second).flatMap(
      time => [time - 1n, time, time + 1n].map(each => seeds.next(each, 'default')),
    );
    await push(entries);
    for (const [index, field] of recordedFields.entries()) {
      const expr = rules[index]?.expr ?? '';
      assert.ok(expr.includes('{job="kube-events"}'));
      const totals: Record<string, number> = {};
      for (let at = start - 10n * minute; at <= start + 60n * minute; at += 5n * minute) {
        const query = expr.replaceAll('{job="kube-events"}', '{job="kube-events", cluster="default"}');
        for (const { labels, value } of await queryInstant(ruler.url, query, at)) {
          const name = labels[field] ?? '';
          totals[name] = (totals[name] ?? 0) + value;
        }
      }
      assert.deepEqual(totals, seeds.of(field), field);
    }
    // Nothing of the last ten minutes: it may not be whole yet.
    const now = BigInt(Date.now()) * 1_000_000n;
    await push([seeds.next(now - 9n * minute, 'recent'), seeds.next(now - 12n * minute, 'recent')]);
    const recent = (rules[0]?.expr ?? '').replaceAll('{job=', '{cluster="recent", job=');
    assert.equal((await queryInstant(ruler.url, recent, now)).length, 1);
  });
});
