import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type ProfileName, profileNames, profiles } from '../../dashboards/profile.ts';
import { formatDashboard, renderDashboards } from '../../dashboards/render.ts';
import {
  type DashboardJson,
  type LabelValuesQuery,
  type PlacedQuery,
  queriesOf,
} from '../../dashboards/rules/dashboard-json.ts';
import { labelsOf } from '../../dashboards/rules/query-text.ts';
import { byHand, expectations } from '../dashboards/expected.ts';
import { type Fact, factsOf, keyOf } from '../dashboards/facts.ts';
import { type Choices, interpolate, requestOf, stepOf, type TimeRange } from '../dashboards/grafana.ts';
import { type Answer, ask, askLabelValues } from '../dashboards/loki-answer.ts';
import { decoy, east, silent, west } from '../dashboards/seed.ts';
import { type SeededLoki, startSeededLoki } from '../dashboards/seeded-loki.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('loki');

/** What is asked for: everything over each time, and values and texts over one of them. */
const asked: readonly (readonly [name: string, hours: number, choices: Choices])[] = [
  ['everything', 1, {}],
  ['everything', 24, {}],
  ['everything', 7 * 24, {}],
  [
    'one value of each',
    7 * 24,
    { cluster: [east], namespace: ['shop'], reason: ['BackOff'], type: ['Warning'] },
  ],
  ['several values', 24, { cluster: [east, west], namespace: ['shop', 'infra', 'default'] }],
  ['a workload and a text', 1, { workload: 'WEB', search: 'back-off restarting' }],
  ['text that quotes', 1, { workload: `it's "a\\b"`, search: `it's "a" \\(b\\)` }],
];

describe('dashboards on a real Loki', { skip }, () => {
  let seeded: SeededLoki;

  before(async () => {
    seeded = await startSeededLoki();
  });

  after(async () => {
    await seeded.loki.stop();
  });

  for (const profile of profileNames) {
    describe(profile, () => {
      let folder: ReadonlyMap<string, DashboardJson>;
      let facts: readonly Fact[];
      const answers = new Map<string, Promise<Answer>>();

      before(() => {
        const rendered = renderDashboards({ profile, job: seeded.job(profile) });
        folder = new Map(
          Array.from(rendered, ([name, dashboard]) => [
            name,
            JSON.parse(formatDashboard(dashboard)) as DashboardJson,
          ]),
        );
        facts = factsOf(seeded.revisions, profile);
      });

      const range = (hours: number): TimeRange => ({ from: seeded.end - hours * 3_600_000, to: seeded.end });

      /** The same question is asked once. */
      function answer(
        dashboard: DashboardJson,
        { expr, target, panel }: PlacedQuery,
        hours: number,
        choices: Choices,
      ): Promise<Answer> {
        const text = interpolate(expr, dashboard.templating.list, choicesOf(profile, choices));
        const time = range(hours);
        const step = stepOf(time, panel.gridPos?.w ?? 24, panel.maxDataPoints);
        const request = requestOf(target, text, time, step);
        const key = JSON.stringify(request);
        const known = answers.get(key) ?? ask(seeded.url, request);
        answers.set(key, known);
        return known;
      }

      for (const [name, hours, choices] of asked) {
        test(`every query runs over ${hours} h, with ${name}`, async () => {
          const faults: string[] = [];
          await inParallel(lokiQueries(folder), async ([dashboard, query]) => {
            const place = `${dashboard.title}: ${query.place}`;
            try {
              faults.push(...faultsOf(await answer(dashboard, query, hours, choices), query, place));
            } catch (error) {
              faults.push(`${place}: ${(error as Error).message}`);
            }
          });
          assert.deepEqual(faults, []);
        });
      }

      for (const [name, hours, choices] of asked) {
        test(`expected numbers over ${hours} h, with ${name}`, async () => {
          const differences: string[] = [];
          for (const { query, by, rows, needs } of expectations) {
            if (needs !== undefined && !has(profile, needs)) continue;
            const [file, title, type, refId] = query;
            const dashboard = folder.get(file);
            const placed =
              dashboard &&
              queriesOf(dashboard).find(
                ({ panel, target }) => panel.title === title && panel.type === type && target.refId === refId,
              );
            assert.ok(dashboard && placed, `there is no ${query.join(' / ')}`);
            const { series } = await answer(dashboard, placed, hours, choices);
            const found = series.map(
              ({ labels, values: [value] }) => [keyOf(labels, by), value?.[1] ?? Number.NaN] as const,
            );
            const expected = rows({
              facts,
              end: seeded.end,
              minutes: hours * 60,
              choices: shownChoices(dashboard, choices),
            });
            if (isDeepStrictEqual(sorted(found), sorted(expected))) continue;
            const text = JSON.stringify({ found: sorted(found), expected: sorted(expected) });
            differences.push(`${query.join(' / ')}: ${text}`);
          }
          assert.deepEqual(differences, []);
        });
      }

      test('a graph holds each occurrence of its time once', async () => {
        const dashboard = folder.get('overview');
        const query = dashboard && queriesOf(dashboard).find(({ panel }) => panel.title === 'By type');
        assert.ok(dashboard && query);
        const step = stepOf(range(1), query.panel.gridPos?.w ?? 24) / 60_000;
        const { series } = await answer(dashboard, query, 1, {});
        const found = series.map(({ labels, values }) => [
          labels['type'] ?? '',
          values.reduce((total, [, value]) => total + value, 0),
        ]);
        // The first step of it begins before the time of the dashboard.
        const inTime = facts.filter(({ minutesAgo }) => minutesAgo <= 60 + step);
        const expected = Map.groupBy(inTime, ({ fields }) => fields.type ?? '');
        assert.deepEqual(
          sorted(found as [string, number][]),
          sorted(
            [...expected].map(([type, some]) => [
              type,
              some.reduce((total, { weight }) => total + weight, 0),
            ]),
          ),
        );
      });

      // Without clusters there is none that could be silent.
      const silence = has(profile, 'cluster') ? test : () => {};
      silence('a silent cluster answers nothing, and is there to choose', async () => {
        const faults: string[] = [];
        await inParallel(lokiQueries(folder), async ([dashboard, query]) => {
          if (!query.expr.includes('$cluster')) return;
          const { series, lines } = await answer(dashboard, query, 24, { cluster: [silent] });
          if (series.length + lines.length > 0) faults.push(`${dashboard.title}: ${query.place}`);
        });
        assert.deepEqual(faults, []);
      });

      test('variables list what is there, each under those before it', async () => {
        for (const dashboard of folder.values()) {
          for (const variable of dashboard.templating.list) {
            const asks = variable.query as LabelValuesQuery | undefined;
            if (variable.type !== 'query' || asks?.stream === undefined) continue;
            const list = async (choices: Choices) => {
              const stream = interpolate(asks.stream, dashboard.templating.list, choices);
              return (await askLabelValues(seeded.url, asks.label, stream, range(24))).sort();
            };
            const values = (some: readonly Fact[]) =>
              [...new Set(some.map(({ fields }) => fields[variable.name as 'kind'] ?? ''))]
                .filter(value => value !== '')
                .sort();
            assert.deepEqual(await list({}), values(facts), `${dashboard.title} $${variable.name}`);
            if (!asks.stream.includes('$cluster')) continue;
            assert.deepEqual(
              await list({ cluster: [east] }),
              values(facts.filter(({ fields }) => fields.cluster === east)),
              `${dashboard.title} $${variable.name} of ${east}`,
            );
          }
        }
      });

      test('annotations mark the Warnings', async () => {
        for (const dashboard of folder.values()) {
          for (const { name, expr, datasource } of dashboard.annotations?.list ?? []) {
            if (expr === undefined || datasource?.type !== 'loki') continue;
            const text = interpolate(expr, dashboard.templating.list, {});
            const target = { refId: name, queryType: 'range', maxLines: 5000 };
            const { lines } = await ask(seeded.url, requestOf(target, text, range(1), 60_000));
            const warnings = facts.filter(
              ({ minutesAgo, fields }) => minutesAgo <= 60 && fields.type === 'Warning',
            );
            assert.equal(lines.length, warnings.length, dashboard.title);
          }
        }
      });

      if (profile === 'default') {
        test('numbers written down by hand', async () => {
          const found: Record<string, number | undefined> = {};
          for (const key of Object.keys(byHand)) {
            const [file = '', ...rest] = key.split(' ');
            const dashboard = folder.get(file);
            assert.ok(dashboard);
            const title = rest.join(' ').replace(/^Reasons .*/, 'Reasons');
            const reason = rest[0] === 'Reasons' ? rest[1] : undefined;
            const query = queriesOf(dashboard).find(
              ({ panel, target }) =>
                panel.title === title && panel.type === (reason ? 'table' : 'stat') && target.refId === 'A',
            );
            assert.ok(query, key);
            const { series } = await answer(dashboard, query, 1, {});
            found[key] = series.find(({ labels }) => labels['reason'] === reason)?.values[0]?.[1];
          }
          assert.deepEqual(found, byHand);
        });
      }
    });
  }

  test('the seed has what the queries are tried on', () => {
    const facts = factsOf(seeded.revisions, 'default');
    const of = (test: (fact: Fact) => boolean) => facts.filter(test);
    assert.equal(
      new Set(of(({ fields }) => fields.reason === 'FailedScheduling').map(({ fields }) => fields.name)).size,
      700,
    );
    assert.equal(
      of(({ fields, minutesAgo }) => fields.reason === 'FailedMount' && minutesAgo > 20).length,
      0,
    );
    assert.ok(
      of(({ fields }) => fields.cluster === silent).every(({ minutesAgo }) => minutesAgo > 7 * 24 * 60),
    );
    assert.equal(of(({ fields }) => fields.cluster === '').length, 10);
    assert.equal(of(({ fields }) => fields.cluster === decoy).length, 1);
    assert.ok(
      of(({ fields }) => fields.reason === 'NodeNotReady').every(({ fields }) => fields.type === 'Normal'),
    );
    for (const label of ['namespace', 'kind', 'reason', 'type'] as const) {
      assert.ok(of(({ fields }) => fields[label] === '__other__').length > 0, label);
    }
  });
});

/** Fields that are text boxes in a profile take a regular expression for their values. */
function choicesOf(profile: ProfileName, choices: Choices): Choices {
  const { labels } = profiles[profile];
  return Object.fromEntries(
    Object.entries(choices).map(([name, choice]) => {
      const isBox = !(labels as readonly string[]).includes(name) && name !== 'type';
      return [
        name,
        isBox && Array.isArray(choice) ? choice.map(value => value.replaceAll('.', '\\.')).join('|') : choice,
      ];
    }),
  );
}

/** The choices of variables that a dashboard has; each of them is set there as in a link. */
function shownChoices(dashboard: DashboardJson, choices: Choices): Choices {
  const names = dashboard.templating.list.map(({ name }) => name);
  return Object.fromEntries(Object.entries(choices).filter(([name]) => names.includes(name)));
}

function has(profile: ProfileName, field: string): boolean {
  const { labels, others } = profiles[profile];
  return [...labels, ...others].some(name => name === field);
}

function lokiQueries(folder: ReadonlyMap<string, DashboardJson>): [DashboardJson, PlacedQuery][] {
  return Array.from(folder.values()).flatMap(dashboard =>
    queriesOf(dashboard)
      .filter(({ language }) => language === 'logql')
      .map((query): [DashboardJson, PlacedQuery] => [dashboard, query]),
  );
}

/** What would show wrong in a panel although Loki has answered. */
function faultsOf({ type, series, warnings }: Answer, { expr }: PlacedQuery, place: string): string[] {
  const faults = warnings.map(warning => `${place}: Loki warns: ${warning}`);
  if (type === 'streams') return faults;
  const known = labelsOf(expr);
  const odd = new Set(
    series.flatMap(({ labels }) => Object.keys(labels)).filter(name => !known?.includes(name)),
  );
  if (odd.size > 0) faults.push(`${place}: series by ${[...odd].join(', ')}, not by ${known?.join(', ')}`);
  if (series.some(({ values }) => values.some(([, value]) => !Number.isFinite(value)))) {
    faults.push(`${place}: a value that is no number`);
  }
  return faults;
}

function sorted(rows: Iterable<readonly [string, number]>): (readonly [string, number])[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** As many at a time as Loki works on at once. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
