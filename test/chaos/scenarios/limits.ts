import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExporterProcess } from '../../servers/exporter.ts';
import type { Scenario } from '../scenario.ts';
import { NAMESPACES, TOPICS } from '../topics.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** Loki's name for the tenant where there is none. */
const TENANT = 'fake';

export const limits: readonly Scenario[] = [
  {
    name: "Loki's rate limit",
    async play(trial) {
      // Less than half of what is written: Loki counts the lines, and those of the old style are padded.
      const rateMb = (trial.size.rate * 270) / (1 << 20);
      await trial.ownLoki({ limits: { ingestion_rate_mb: rateMb, ingestion_burst_size_mb: 0.06 } });
      const batch = await trial.file('batch.yaml', 'loki: {batch: {maxBytes: 32768}}\n');
      const exporter = await trial.exporter({ flags: { '--config': batch } });
      await trial.write({ padding: 1000 }).done;
      await until("the exporter's metrics tell of a 429", trial.size.patienceSeconds, () =>
        refused(exporter, 'rate'),
      );
    },
  },
  {
    name: "Loki's stream limit, raised after a while",
    async play(trial) {
      const folder = await trial.folder('loki');
      const file = join(folder, 'overrides.yaml');
      const limit = (streams: number) =>
        writeFile(
          file,
          JSON.stringify({ overrides: { [TENANT]: { max_global_streams_per_user: streams } } }),
        );
      await limit(8);
      await trial.ownLoki({ config: { runtime_config: { file, period: '1s' } } });
      const exporter = await trial.exporter();
      // Eight streams are let in, and the other topics' come too late.
      const [first, ...others] = NAMESPACES;
      const topics = TOPICS.filter(({ namespace }) => namespace === first);
      await trial.write({ events: topics.length, bumpsPerEvent: 0, topics }).done;
      await trial.idle(exporter);
      const late = TOPICS.filter(({ namespace }) => others.some(other => other === namespace));
      trial.write({ events: Math.ceil(trial.size.events / 2), topics: late });
      await until("the exporter's metrics tell of a 429", trial.size.patienceSeconds, () =>
        refused(exporter, 'stream'),
      );
      await othersGoOn(trial, exporter, topics);
      await limit(10_000);
    },
  },
  {
    name: 'a rate limit whose burst is less than a batch',
    async play(trial) {
      await trial.ownLoki({ limits: { ingestion_rate_mb: 0.2, ingestion_burst_size_mb: 0.2 } });
      // They wait for the exporter, so its first push is as large as it gets.
      await trial.write({ bumpsPerEvent: 0, padding: 4096 }).done;
      const exporter = await trial.exporter();
      await until("the exporter's metrics tell of a 429", trial.size.patienceSeconds, () =>
        refused(exporter, 'rate'),
      );
    },
  },
];

/** What is refused for its stream doesn't hold up the streams that there are. */
async function othersGoOn(trial: Trial, exporter: ExporterProcess, topics: typeof TOPICS): Promise<void> {
  const before = await exporter.counts();
  const events = 40;
  await trial.write({ events, bumpsPerEvent: 0, topics }).done;
  await until('the streams that Loki has go on', trial.size.patienceSeconds, async () => {
    const { delivered } = await exporter.counts();
    return delivered >= before.delivered + events;
  });
  const { inFlight } = await exporter.counts();
  trial.note(`${inFlight} waiting apart`);
  trial.expect(inFlight > 0, 'nothing waits apart, so nothing was refused');
}

async function refused(exporter: ExporterProcess, limit: 'rate' | 'stream'): Promise<boolean> {
  const metrics = await exporter.metrics();
  return metrics.sum('kube_events_push_retries_total', new RegExp(`cause="${limit}_limit`)) > 0;
}
