import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ProfileName } from '../../dashboards/profile.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import type { CoreEvent } from '../../exporter/event/wire.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { encodeEntry, encodePush } from '../../exporter/loki/encode.ts';
import { toEntry } from '../../exporter/loki/entry.ts';
import { isFieldFormat, type LineFormat, withFieldsInLine } from '../../exporter/loki/line.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';

const never = new AbortController().signal;
const skip = await skipWithout('loki');

/** Where the line of each profile comes from. */
const formats = { default: 'text', logfmt: 'logfmt', json: 'json' } as const satisfies Partial<
  Record<ProfileName, LineFormat>
>;
const profiles = Object.keys(formats) as (keyof typeof formats)[];

const minute = 60_000;
/** A whole second: the kubelet's times have no fraction. */
const now = Math.floor(Date.now() / 1000) * 1000;
const pods = 700;
const pod = 'api-7c9d8f6b5-q2w4z';

interface Seed {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly reason: string;
  readonly type?: string;
  readonly message?: string;
  /** Minutes ago. */
  readonly at: number;
  readonly first?: number;
  readonly count?: number;
  readonly before?: number;
  readonly component?: string;
  readonly node?: string;
}

const seeds: readonly Seed[] = [
  ...Array.from({ length: pods }, (_, index) => ({
    name: `web-5d4f8c7b9-${index.toString(27).padStart(5, '0')}`,
    reason: 'BackOff',
    type: 'Warning',
    at: 5 + (index % 50),
    first: 600,
    count: 3,
    node: `worker-${index % 5}`,
  })),
  { kind: 'Deployment', name: 'api', reason: 'ScalingReplicaSet', at: 50 },
  { kind: 'Deployment', name: 'ap', reason: 'ScalingReplicaSet', at: 50 },
  { kind: 'ReplicaSet', name: 'api-7c9d8f6b5', reason: 'SuccessfulCreate', at: 50 },
  {
    name: pod,
    reason: 'Scheduled',
    component: 'default-scheduler',
    at: 49,
    message: `Successfully assigned shop/${pod} to worker-3`,
  },
  { name: pod, reason: 'Started', at: 47, node: 'worker-3' },
  { name: pod, reason: 'Unhealthy', type: 'Warning', at: 40, count: 1, node: 'worker-3' },
  {
    name: pod,
    reason: 'Unhealthy',
    type: 'Warning',
    at: 35,
    first: 40,
    count: 4,
    before: 1,
    node: 'worker-3',
  },
  {
    name: pod,
    reason: 'Unhealthy',
    type: 'Warning',
    at: 30,
    first: 40,
    count: 9,
    before: 4,
    node: 'worker-3',
  },
  { name: pod, reason: 'Killing', at: 2, node: 'worker-3' },
  { kind: 'Node', name: 'worker-3', namespace: 'default', reason: 'NodeNotReady', at: 10 },
];

function eventOf(seed: Seed, index: number): CoreEvent {
  const { kind = 'Pod', name, namespace = 'shop', at, first = at } = seed;
  const time = (ago: number) => new Date(now - ago * minute).toISOString().replace('.000', '');
  return {
    metadata: { namespace, uid: `uid-${index}`, resourceVersion: String(1000 + index) },
    involvedObject: { kind, name, ...(kind !== 'Node' && { namespace }) },
    reason: seed.reason,
    type: seed.type ?? 'Normal',
    message: seed.message ?? 'as it was seeded',
    count: seed.count ?? 1,
    firstTimestamp: time(first),
    lastTimestamp: time(at),
    source: { component: seed.component ?? 'kubelet', ...(seed.node !== undefined && { host: seed.node }) },
  };
}

function jobOf(profile: ProfileName): string {
  return `events-${profile}`;
}

async function fill(url: string): Promise<void> {
  const client = new LokiClient({ url, tenant: undefined, timeoutMs: 30_000 });
  for (const profile of profiles) {
    const format = formats[profile];
    const entries = seeds.map((seed, index) => {
      const options = { job: jobOf(profile), cluster: 'test', line: format } as const;
      const entry = toEntry(eventOf(seed, index), seed.before ?? 0, options, 0n);
      return encodeEntry(isFieldFormat(format) ? withFieldsInLine(entry, format) : entry);
    });
    assert.deepEqual(await client.push(encodePush(entries), never), { kind: 'accepted' });
  }
  await client.close();
}

/** Loki cuts queries up by how much its index says there is, and the index has only what was flushed. */
async function makeItShard(url: string): Promise<void> {
  await fetch(`${url}/flush`, { method: 'POST' });
  const parameters = new URLSearchParams({
    query: `{job="${jobOf('default')}"}`,
    start: String(now / 1000 - 7200),
    end: String(now / 1000),
  });
  for (;;) {
    const response = await fetch(`${url}/loki/api/v1/index/stats?${parameters}`);
    const { entries } = (await response.json()) as { entries: number };
    if (entries === seeds.length) return;
    await setTimeout(100);
  }
}

/** Into how many parts a query is cut: by time alone, and by time and shard. */
async function cutsOf(url: string): Promise<{ shards: number; splits: number }> {
  const query = `sum(count_over_time({job="${jobOf('default')}"} [3h]))`;
  const response = await fetch(`${url}/loki/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as {
    data: { stats: { summary: { shards: number; splits: number } } };
  };
  return data.stats.summary;
}

type Variables = Readonly<Record<string, string>>;

/** What the variables are where nobody chose anything. */
const everything: Variables = {
  cluster: '.*',
  namespace: '.*',
  kind: '.*',
  reason: '.*',
  type: '.*',
  workload: '',
  search: '',
  name: '',
};

interface Query {
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
  readonly queryType: string;
}

/** The queries of one dashboard, by their panels. */
function queriesOf(profile: ProfileName, dashboard: 'warnings' | 'object'): Query[] {
  const made = renderDashboards({ profile, job: jobOf(profile) }).get(dashboard);
  const { panels } = JSON.parse(JSON.stringify(made)) as {
    panels: { title: string; targets?: Omit<Query, 'panel'>[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) => targets.map(target => ({ ...target, panel: title })));
}

interface Series {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [string | number, string])[];
}

/** Asks as Grafana does: text in place of variables, and a step that makes a graph of 120 points. */
async function ask(url: string, query: Query, hours: number, variables: Variables): Promise<Series[]> {
  const instant = query.queryType === 'instant';
  const step = instant ? hours * 3600 : Math.ceil((hours * 3600) / 120);
  const expr = query.expr
    .replaceAll('$__auto', `${step}s`)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, plain?: string, braced?: string) => {
      return variables[plain ?? braced ?? ''] ?? all;
    });
  const times = instant
    ? { time: String(now / 1000) }
    : {
        start: String(now / 1000 - hours * 3600),
        end: String(now / 1000),
        step: String(step),
        limit: '1000',
      };
  const parameters = new URLSearchParams({ query: expr, ...times });
  const response = await fetch(`${url}/loki/api/v1/query${instant ? '' : '_range'}?${parameters}`);
  const text = await response.text();
  assert.equal(response.status, 200, `${query.panel} ${query.refId}: ${text}\n${expr}`);
  return (JSON.parse(text) as { data: { result: Series[] } }).data.result;
}

/** Nothing chosen, one object, and a pattern for all of a workload's. */
const choices: readonly Variables[] = [
  everything,
  { ...everything, name: pod, kind: 'Pod' },
  { ...everything, name: 'web-.*' },
];

async function askAll(url: string, profile: ProfileName, hours: number, variables: Variables): Promise<void> {
  for (const dashboard of ['warnings', 'object'] as const) {
    for (const query of queriesOf(profile, dashboard)) await ask(url, query, hours, variables);
  }
}

describe('dashboards down to the object', { skip }, () => {
  let plain: Loki;
  let sharding: Loki;

  before(async () => {
    plain = await startLoki({ own: true });
    // A few KB here are what many GB are in earnest.
    sharding = await startLoki({ own: true, limits: { tsdb_max_bytes_per_shard: '48KB' } });
    await Promise.all([fill(plain.url), fill(sharding.url)]);
    await makeItShard(sharding.url);
  });
  after(async () => {
    await plain?.stop();
    await sharding?.stop();
  });

  async function answer(
    profile: ProfileName,
    dashboard: 'warnings' | 'object',
    panel: string,
    refId: string,
    variables: Variables = {},
  ): Promise<Series[]> {
    const query = queriesOf(profile, dashboard).find(one => one.panel === panel && one.refId === refId);
    assert.ok(query, `${panel} ${refId}`);
    return await ask(plain.url, query, 24, { ...everything, ...variables });
  }

  // The other profiles' queries differ in how fields come out of the line, which is not what is cut up.
  test('no query fails where Loki cuts them up by shard', async () => {
    const { shards, splits } = await cutsOf(sharding.url);
    assert.ok(shards > splits, `${shards} parts for ${splits} hours`);
    for (const variables of choices) await askAll(sharding.url, 'default', 3, variables);
  });

  for (const profile of profiles) {
    describe(`profile ${profile}`, () => {
      test(`no query fails with ${pods} names, whatever the variables say`, async () => {
        for (const variables of choices) await askAll(plain.url, profile, 24, variables);
      });

      test('reasons have their occurrences, and the times of the first and the last', async () => {
        const panel = ['warnings', 'Reasons'] as const;
        const by = async (refId: string) => byLabel(await answer(profile, ...panel, refId), 'reason');
        // A stat of the same title stands before the table.
        const tables = queriesOf(profile, 'warnings').filter(query => query.panel === 'Reasons');
        assert.deepEqual(
          tables.map(query => query.refId),
          ['A', 'A', 'B', 'C'],
        );
        const counted = await ask(plain.url, tables[1] ?? assert.fail(), 24, everything);
        assert.deepEqual(byLabel(counted, 'reason'), { BackOff: 3 * pods, Unhealthy: 9 });
        assert.deepEqual(await by('B'), { BackOff: now - 600 * minute, Unhealthy: now - 40 * minute });
        assert.deepEqual(await by('C'), { BackOff: now - 5 * minute, Unhealthy: now - 30 * minute });
        assert.deepEqual(counted[0]?.metric?.['meaning'], counted[0]?.metric?.['reason']);
      });

      test('the newest and the most repeated are listed, however many there are', async () => {
        const newest = await answer(profile, 'warnings', 'Newest Warnings', 'A');
        assert.equal(newest.length, 50);
        assert.ok(newest.every(({ value }) => Number(value?.[1]) >= now - 9 * minute));
        const repeated = await answer(profile, 'warnings', 'Most repeated Warnings', 'A');
        assert.equal(repeated.length, 50);
        const most = repeated.find(({ value }) => value?.[1] === '9');
        assert.deepEqual(most?.metric, {
          cluster: 'test',
          namespace: 'shop',
          kind: 'Pod',
          name: pod,
          reason: 'Unhealthy',
          first_seen: new Date(now - 40 * minute).toISOString().replace('.000', ''),
        });
      });

      test('trouble of type Normal is there', async () => {
        const counts = await answer(profile, 'warnings', 'Normal events that tell of trouble', 'A');
        assert.deepEqual(byLabel(counts, 'reason'), { NodeNotReady: 1 });
      });

      test('an object has lanes of its own and of its owners, and of nothing else', async () => {
        const lanes = await answer(profile, 'object', 'Timeline', 'A', { name: pod, kind: 'Pod' });
        const sums = Object.fromEntries(
          lanes.map(({ metric, values = [] }) => [
            `${metric?.['lane']} ${metric?.['type']}`,
            values.reduce((sum, [, value]) => sum + Number(value), 0),
          ]),
        );
        assert.deepEqual(sums, {
          'Deployment/api Normal': 1,
          'ReplicaSet/api-7c9d8f6b5 Normal': 1,
          [`Pod/${pod} Normal`]: 3,
          [`Pod/${pod} Warning`]: 9,
        });
      });

      test('its states are the nodes and the reasons, in the order of time', async () => {
        const chosen = { name: pod, kind: 'Pod' };
        const nodes = linesOf(await answer(profile, 'object', 'Timeline', 'State1', chosen));
        assert.deepEqual([...new Set(nodes)], ['worker-3']);
        // The first of them is from Scheduled, whose event has no host.
        assert.equal(nodes.length, 6);
        const reasons = linesOf(await answer(profile, 'object', 'Timeline', 'State2', chosen));
        assert.deepEqual(reasons, ['Scheduled', 'Started', 'Unhealthy', 'Unhealthy', 'Unhealthy', 'Killing']);
      });

      test('the log has the owners too', async () => {
        const title = 'Events of the object and of its owners';
        const entries = await answer(profile, 'object', title, 'A', { name: pod, kind: 'Pod' });
        assert.equal(linesOf(entries).length, 8);
      });

      test('the totals are those of the object', async () => {
        const chosen = { name: pod, kind: 'Pod' };
        const value = async (panel: string) =>
          Number((await answer(profile, 'object', panel, 'A', chosen))[0]?.value?.[1]);
        assert.equal(await value('Occurrences'), 12);
        assert.equal(await value('Warnings'), 9);
        assert.equal(await value('First seen'), now - 49 * minute);
        assert.equal(await value('Last seen'), now - 2 * minute);
      });
    });
  }
});

function byLabel(series: readonly Series[], label: string): Record<string, number> {
  return Object.fromEntries(series.map(({ metric, value }) => [metric?.[label] ?? '', Number(value?.[1])]));
}

/** The lines of all streams, oldest first. */
function linesOf(series: readonly Series[]): string[] {
  return series
    .flatMap(({ values = [] }) => values)
    .toSorted(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
    .map(([, line]) => line);
}
