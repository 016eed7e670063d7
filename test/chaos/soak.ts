/**
 * What becomes of the exporter's memory: events at a steady rate, that expire after a while as they do in a cluster, and
 * the resident memory every ten seconds. `--minutes`, `--rate` (a second) and `--state-dir` change it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ExporterProcess } from '../servers/exporter.ts';
import { startControlPlane } from '../servers/kubernetes.ts';
import { Bookkeeper } from './bookkeeper.ts';
import { residentMiB } from './memory.ts';
import { chaosLoki } from './stage.ts';
import { until } from './until.ts';
import { createNamespaces, EventWriter } from './writer.ts';

interface Figure {
  /** Seconds since the start. */
  readonly at: number;
  readonly exporterMiB: number;
  readonly apiServerMiB: number;
  readonly received: number;
  readonly inFlight: number;
  readonly queueBytes: number;
}

const SAMPLE_SECONDS = 10;
/** How long an event lives. The plateau can't begin before the first ones expire. */
const EVENT_TTL_SECONDS = 60;
/** The last third may be so much above the third before it, as a share. */
const PLATEAU = 0.05;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '500' },
    'state-dir': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.minutes) * 60;
const rate = Number(values.rate);
if (!(seconds > 0 && rate > 0)) throw new Error('--minutes and --rate are numbers above 0.');

// The servers don't hold the event loop, so something has to.
const hold = setInterval(() => undefined, 60_000);
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
try {
  await soak();
} finally {
  clearInterval(hold);
}

async function soak(): Promise<void> {
  await using loki = await chaosLoki();
  await using controlPlane = await startControlPlane({
    controllers: false,
    eventTtl: `${EVENT_TTL_SECONDS}s`,
  });
  await createNamespaces(controlPlane.api);
  const folder = join(controlPlane.folder, 'soak');
  await mkdir(folder);
  const exporter = await ExporterProcess.create({
    kubeconfig: controlPlane.kubeconfig,
    lokiUrl: loki.url,
    cluster: 'soak',
    folder,
    nodeArgs: ['--expose-gc'],
    ...(values['state-dir'] ? { flags: { '--state-dir': join(folder, 'state') } } : {}),
  });
  await exporter.start();
  const bookkeeper = new Bookkeeper(exporter);
  // An event is gone before a later bump would find it, so each is written once: the rate is one of new events.
  const writer = new EventWriter(controlPlane.api, {
    prefix: 'soak',
    events: rate * seconds,
    bumpsPerEvent: 0,
    rate,
  });
  const figures: Figure[] = [];
  const began = performance.now();
  try {
    for (let over = false; !over; ) {
      over = await Promise.race([writer.done.then(() => true), sleep(SAMPLE_SECONDS * 1000, false)]);
      const metrics = await bookkeeper.read();
      const figure: Figure = {
        at: Math.round((performance.now() - began) / 1000),
        exporterMiB: await residentMiB(exporter.pid),
        apiServerMiB: await residentMiB(controlPlane.servers.apiServer.pid),
        received: metrics.sum('kube_events_received_revisions_total'),
        inFlight: metrics.sum('kube_events_in_flight_revisions'),
        queueBytes: metrics.sum('kube_events_queue_bytes'),
      };
      figures.push(figure);
      print(figure);
    }
    await until(
      'the exporter has delivered all it has',
      120,
      async () => (await exporter.counts()).inFlight === 0,
    );
    await judge(figures, writer, bookkeeper);
  } finally {
    bookkeeper.close();
    await exporter.stop();
  }
}

function print({ at, exporterMiB, apiServerMiB, received, inFlight, queueBytes }: Figure): void {
  const columns = [
    `${at} s`,
    `exporter ${exporterMiB.toFixed(1)} MiB`,
    `API server ${apiServerMiB.toFixed(0)} MiB`,
    `received ${received}`,
    `in flight ${inFlight}`,
    `queue ${queueBytes} B`,
  ];
  process.stdout.write(`${columns.join(', ')}\n`);
}

async function judge(figures: readonly Figure[], writer: EventWriter, bookkeeper: Bookkeeper): Promise<void> {
  const metrics = await bookkeeper.read();
  const delivered = metrics.sum('kube_events_delivered_revisions_total');
  const third = Math.floor(figures.length / 3);
  const [middle, last] = [figures.slice(third, 2 * third), figures.slice(-third)].map(average);
  const { at } = figures.at(-1) ?? { at: 0 };
  const peak = Math.max(...figures.map(({ exporterMiB }) => exporterMiB));
  const { imbalance, dropped } = bookkeeper.books;
  process.stdout.write(
    `${writer.revisions} revisions in ${at} s (${(writer.revisions / at).toFixed(0)} a second), ${delivered} delivered, ` +
      `${dropped} dropped, accounts off by ${imbalance}\n` +
      `resident memory: ${middle?.toFixed(1)} MiB in the second third, ${last?.toFixed(1)} in the last, ${peak.toFixed(1)} at most\n`,
  );
  const grows = middle === undefined || last === undefined || last > middle * (1 + PLATEAU);
  process.stdout.write(grows ? 'No plateau.\n' : 'A plateau.\n');
  if (grows || delivered < writer.revisions || imbalance > 0 || dropped > 0) process.exitCode = 1;
}

function average(figures: readonly Figure[]): number | undefined {
  if (figures.length === 0) return undefined;
  return figures.reduce((sum, { exporterMiB }) => sum + exporterMiB, 0) / figures.length;
}
