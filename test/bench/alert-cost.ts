/**
 * What an evaluation of each alert rule costs: bytes and lines that Loki reads, by its own count, and how long it takes, on
 * average and at most, over the same seeded events as `query-cost.ts`. Prints Markdown; `node test/bench/alert-cost.ts`.
 */
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { expressionOf, type RenderedRule, renderRules } from '../../alert-rules/render.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { encodePush } from '../../exporter/loki/encode.ts';
import { encodeHeartbeat } from '../../exporter/loki/heartbeat.ts';
import { ask, type QueryCost } from '../dashboards/loki-answer.ts';
import { east, west } from '../dashboards/seed.ts';
import { startSeededLoki } from '../dashboards/seeded-loki.ts';

/** Evaluations of the last six hours, at the end of which nearly all of the seed's incidents are. */
const everyMinutes = 10;
const evaluations = 36;

await using seeded = await startSeededLoki({ everyMinutes: 2, profiles: ['default'] });
const job = seeded.job('default');
await pushHeartbeats();
const config = rulesConfigSchema.parse({ job, heartbeat: true });
const within = (hours: number) =>
  seeded.revisions.filter(({ minutesAgo }) => minutesAgo <= hours * 60).length;
print(`${number(within(24))} events in the last day, ${number(within(6))} of them in the last six hours.\n`);

print('| rule | every | bytes | at most | lines | at most | ms | bytes a day |');
print('| --- | --- | --- | --- | --- | --- | --- | --- |');
let day = 0;
for (const { interval, rules } of renderRules(config))
  for (const rule of rules) {
    const costs = await costsOf(rule);
    const [bytes, lines] = [costs.map(cost => cost.bytes), costs.map(cost => cost.lines)];
    const bytesDay = mean(bytes) * (86_400 / secondsOf(interval));
    day += bytesDay;
    const cells = [
      mean(bytes),
      Math.max(...bytes),
      mean(lines),
      Math.max(...lines),
      mean(costs.map(({ seconds }) => seconds * 1000)),
      bytesDay,
    ];
    print(`| ${rule.name} | ${interval} | ${cells.map(number).join(' | ')} |`);
  }
print(`| all | | | | | | | ${number(day)} |`);

async function costsOf(rule: RenderedRule): Promise<QueryCost[]> {
  const costs: QueryCost[] = [];
  for (let index = 0; index < evaluations; index += 1) {
    const time = seeded.end - index * everyMinutes * 60_000;
    const parameters = { query: expressionOf(rule), time: `${time}000000` };
    costs.push((await ask(seeded.url, { path: 'query', parameters })).cost);
  }
  return costs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One a minute of each cluster, as the exporter writes them where it is told to. */
async function pushHeartbeats(): Promise<void> {
  const client = new LokiClient({ url: seeded.url, tenant: undefined, timeoutMs: 60_000 });
  const beats = Array.from({ length: 24 * 60 }, (_, index) => {
    const at = seeded.end - (24 * 60 - index) * 60_000;
    return [east, west].map(cluster =>
      encodeHeartbeat({ lastFrameAgeSeconds: 1, inFlight: 0 }, { job, cluster }, at),
    );
  });
  const result = await client.push(encodePush(beats.flat()), new AbortController().signal);
  await client.close();
  if (result.kind !== 'accepted') throw new Error(`Loki says ${result.message}`);
}

function secondsOf(interval: string): number {
  const [, count, unit] = /^(\d+)([hms])$/.exec(interval) ?? [];
  return Number(count) * { h: 3600, m: 60, s: 1 }[unit as 'h' | 'm' | 's'];
}

function number(value: number): string {
  return Math.ceil(value).toLocaleString('en');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
