/**
 * What a day of events costs to look at: bytes and lines that Loki reads, by its own count, for each dashboard, and for the
 * same questions as others ask them. Prints Markdown; `node test/bench/query-cost.ts`.
 */
import { formatDashboard, renderDashboards } from '../../dashboards/render.ts';
import { type DashboardJson, queriesOf } from '../../dashboards/rules/dashboard-json.ts';
import { interpolate, requestOf, stepOf, type TimeRange } from '../dashboards/grafana.ts';
import { ask, type QueryCost } from '../dashboards/loki-answer.ts';
import { type SeededLoki, startSeededLoki } from '../dashboards/seeded-loki.ts';
import { ship, shipEntries } from '../dashboards/shippers.ts';
import { mixinEntry, mixinJob } from './mixin-shipper.ts';
import { type Question, questions } from './questions.ts';

/** The data that is compared: ours, and what the users of dashboard 14003 have. */
const compared = ['default', 'kubernetes-event-exporter'] as const;

await using seeded = await startSeededLoki({ everyMinutes: 2, profiles: [] });
for (const profile of compared) await ship(seeded.url, seeded.revisions, profile, seeded.job(profile));
await shipEntries(seeded.url, seeded.revisions.map(mixinEntry));
const range: TimeRange = { from: seeded.end - 24 * 3_600_000, to: seeded.end };
const lines = seeded.revisions.filter(({ minutesAgo }) => minutesAgo <= 24 * 60).length;
print(`${lines} events in the day that is asked for, ${seeded.revisions.length} in two weeks.\n`);

print('| dashboard | data | queries | bytes | lines |');
print('| --- | --- | --- | --- | --- |');
for (const profile of compared) {
  for (const dashboard of renderDashboards({ profile, job: seeded.job(profile) }).values()) {
    const json = JSON.parse(formatDashboard(dashboard)) as DashboardJson;
    const costs = await dashboardCosts(seeded, json);
    if (costs.length === 0) continue;
    const { bytes, lines } = total(costs);
    print(`| ${json.title} | ${profile} | ${costs.length} | ${bytes} | ${lines} |`);
  }
}

print('\n| question | asked by | bytes | lines | query |');
print('| --- | --- | --- | --- | --- |');
for (const { question, by, ...query } of questions(
  seeded.job('default'),
  seeded.job(compared[1]),
  mixinJob,
)) {
  const { bytes, lines } = total([await cost(query)]);
  print(`| ${question} | ${by} | ${bytes} | ${lines} | \`${query.expr.replaceAll('|', '\\|')}\` |`);
}

function dashboardCosts({ url }: SeededLoki, dashboard: DashboardJson): Promise<QueryCost[]> {
  const queries = queriesOf(dashboard).filter(({ language }) => language === 'logql');
  return Promise.all(
    queries.map(async ({ expr, target, panel }) => {
      const text = interpolate(expr, dashboard.templating.list, {});
      const step = stepOf(range, panel.gridPos?.w ?? 24, panel.maxDataPoints);
      return (await ask(url, requestOf(target, text, range, step))).cost;
    }),
  );
}

async function cost({ expr, queryType, stepSeconds = 60 }: Omit<Question, 'question' | 'by'>) {
  const request = requestOf({ refId: 'A', queryType }, expr, range, stepSeconds * 1000);
  return (await ask(seeded.url, request)).cost;
}

function total(costs: readonly QueryCost[]): { bytes: string; lines: string } {
  const sum = (of: (cost: QueryCost) => number) => costs.reduce((all, cost) => all + of(cost), 0);
  const format = new Intl.NumberFormat('en');
  return { bytes: format.format(sum(({ bytes }) => bytes)), lines: format.format(sum(({ lines }) => lines)) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
