/**
 * What an evaluation of each alert rule costs: bytes and lines that Loki reads, by its own count, and how long it takes, over
 * the same seeded events as `query-cost.ts`. Prints Markdown; `node test/bench/alert-cost.ts`.
 */
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { expressionOf, type RenderedRule, renderRules } from '../../alert-rules/render.ts';
import { ask, type QueryCost } from '../dashboards/loki-answer.ts';
import { startSeededLoki } from '../dashboards/seeded-loki.ts';

/** Milliseconds vary: the middle one of so many is told. */
const tries = 5;

await using seeded = await startSeededLoki({ everyMinutes: 2, profiles: ['default'] });
const config = rulesConfigSchema.parse({ job: seeded.job('default'), heartbeat: true });
const within = (hours: number) =>
  seeded.revisions.filter(({ minutesAgo }) => minutesAgo <= hours * 60).length;
print(`${number(within(24))} events in the last day, ${number(within(6))} of them in the last six hours.\n`);

print('| rule | every | bytes | lines | ms | bytes a day |');
print('| --- | --- | --- | --- | --- | --- |');
let day = 0;
for (const { interval, rules } of renderRules(config))
  for (const rule of rules) {
    const costs = await costsOf(rule);
    const { bytes, lines } = costs[0] ?? { bytes: 0, lines: 0 };
    const bytesDay = bytes * (86_400 / secondsOf(interval));
    day += bytesDay;
    print(
      `| ${rule.name} | ${interval} | ${number(bytes)} | ${number(lines)} | ${middle(costs).toFixed(0)} | ${number(bytesDay)} |`,
    );
  }
print(`| all | | | | | ${number(day)} |`);

async function costsOf(rule: RenderedRule): Promise<QueryCost[]> {
  const parameters = { query: expressionOf(rule), time: `${seeded.end}000000` };
  const costs: QueryCost[] = [];
  for (let attempt = 0; attempt < tries; attempt += 1)
    costs.push((await ask(seeded.url, { path: 'query', parameters })).cost);
  return costs;
}

function middle(costs: readonly QueryCost[]): number {
  const sorted = costs.map(({ seconds }) => seconds * 1000).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function secondsOf(interval: string): number {
  const [, count, unit] = /^(\d+)([hms])$/.exec(interval) ?? [];
  return Number(count) * { h: 3600, m: 60, s: 1 }[unit as 'h' | 'm' | 's'];
}

function number(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
