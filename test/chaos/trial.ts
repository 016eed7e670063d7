import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExporterOptions, ExporterProcess } from '../servers/exporter.ts';
import type { ControlPlane } from '../servers/kubernetes.ts';
import type { Loki, LokiOptions } from '../servers/loki.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';
import { type Audit, audit, type Span, sumByMetric } from './audit.ts';
import { Bookkeeper, type Books } from './bookkeeper.ts';
import type { ListedEvent } from './listed-event.ts';
import { FaultyProxy } from './proxy.ts';
import type { Report } from './report.ts';
import type { Size } from './size.ts';
import { chaosLoki, type Stage } from './stage.ts';
import { until } from './until.ts';
import { EventWriter, type WriterOptions } from './writer.ts';

/** How an exporter of a scenario differs from the usual. */
export type TrialExporter = Partial<
  Pick<ExporterOptions, 'kubeconfig' | 'lokiUrl' | 'flags' | 'checkpointFile' | 'nodeArgs' | 'env'>
>;

/** Where Loki may have entries of a scenario whose events are of any time: well around now, in milliseconds. */
const AROUND_MS = 5 * 3_600_000;

/** One run of one scenario: its own `cluster` label, exporters, writers and proxies, on servers that are shared. */
export class Trial {
  readonly name: string;
  readonly cluster: string;
  readonly size: Size;
  readonly controlPlane: ControlPlane;
  /** Where the exporters push to. */
  loki: Loki;
  /** Events that Loki has and the API server has no more. */
  gone: readonly ListedEvent[] = [];
  readonly #folder: TemporaryFolder;
  readonly #began = performance.now();
  readonly #startedAt = Date.now();
  readonly #notes: string[] = [];
  readonly #failures: string[] = [];
  readonly #bookkeepers: Bookkeeper[] = [];
  readonly #writers: EventWriter[] = [];
  /** Ended with the scenario. */
  readonly #actors = new AsyncDisposableStack();
  /** Ended when the sum was asked for the last time. */
  readonly #servers = new AsyncDisposableStack();

  constructor(name: string, cluster: string, size: Size, stage: Stage) {
    this.name = name;
    this.cluster = cluster;
    this.size = size;
    this.controlPlane = stage.controlPlane;
    this.loki = stage.loki;
    this.#folder = this.#servers.use(temporaryFolder('chaos'));
  }

  /** A figure for the report. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** Fails the scenario, which goes on. */
  expect(holds: boolean, failure: string): void {
    if (!holds) this.#failures.push(failure);
  }

  /** A folder of this scenario. */
  async folder(name: string): Promise<string> {
    const path = join(this.#folder.path, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** A file of this scenario. @returns its path */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.#folder.path, name);
    await writeFile(path, content);
    return path;
  }

  /** A Loki of this scenario's own, for exporters from now on. */
  async ownLoki(options: Pick<LokiOptions, 'limits' | 'config'>): Promise<Loki> {
    this.loki = this.#servers.use(await chaosLoki(options));
    return this.loki;
  }

  /** Starts to write events, of the scenario's size unless told otherwise. */
  write(options: Partial<WriterOptions> = {}): EventWriter {
    const prefix = `${this.cluster}-w${this.#writers.length}`;
    const { events, rate } = this.size;
    const writer = new EventWriter(this.controlPlane.api, { prefix, events, rate, ...options });
    this.#writers.push(writer);
    return writer;
  }

  /** Starts an exporter, and waits until it answers; whether it's ready is another matter. */
  async exporter(options: TrialExporter = {}): Promise<ExporterProcess> {
    const exporter = await ExporterProcess.create({
      kubeconfig: this.controlPlane.kubeconfig,
      lokiUrl: this.loki.url,
      cluster: this.cluster,
      folder: await this.folder(`exporter-${this.#bookkeepers.length}`),
      ready: '/healthz',
      ...options,
    });
    this.#actors.defer(() => exporter.stop());
    await exporter.start();
    const bookkeeper = new Bookkeeper(exporter);
    this.#bookkeepers.push(bookkeeper);
    this.#actors.defer(() => bookkeeper.close());
    return exporter;
  }

  /** Waits until an exporter has nothing in flight and has received something. */
  async idle(exporter: ExporterProcess): Promise<void> {
    await until('the exporter has delivered all it has', this.size.patienceSeconds, async () => {
      const { received, inFlight } = await exporter.counts();
      return received > 0 && inFlight === 0;
    });
  }

  /** The occurrences that Loki has by now. @throws LokiQueryError */
  stored(): Promise<number> {
    return sumByMetric(this.loki.url, this.cluster, this.#span());
  }

  /** A proxy in front of the API server, and a kubeconfig that leads to it: the given one's, else the administrator's. */
  async watchProxy(
    direct = this.controlPlane.kubeconfig,
  ): Promise<{ proxy: FaultyProxy; kubeconfig: string }> {
    const { url } = this.controlPlane;
    const proxy = this.#actors.use(await FaultyProxy.start(url));
    const config = await readFile(direct, 'utf8');
    const kubeconfig = join(await this.folder('proxy'), 'kubeconfig');
    // The certificate names 127.0.0.1, so it's good for the proxy's port too.
    await writeFile(kubeconfig, config.replaceAll(url, proxy.through(url)), { mode: 0o600 });
    return { proxy, kubeconfig };
  }

  /** A proxy in front of Loki. */
  async pushProxy(): Promise<{ proxy: FaultyProxy; lokiUrl: string }> {
    const proxy = this.#actors.use(await FaultyProxy.start(this.loki.url));
    return { proxy, lokiUrl: proxy.through(this.loki.url) };
  }

  /**
   * Plays the scenario, waits until everything has arrived or the patience is at its end, and ends its exporters.
   *
   * @returns asks for the sum once more, after a while, and says what came of it; other scenarios may run meanwhile
   */
  async run(play: (trial: Trial) => Promise<void>): Promise<() => Promise<Report>> {
    let found: Audit | undefined;
    let sumAtOnce: number | undefined;
    try {
      await play(this);
      for (const { done } of this.#writers) await done;
      found = await this.#settled();
      sumAtOnce = await sumByMetric(this.loki.url, this.cluster, this.#span());
      for (const bookkeeper of this.#bookkeepers) await bookkeeper.read().catch(() => undefined);
    } catch (error) {
      this.#failures.push(explain(error));
    }
    const books = this.#books();
    const seconds = (performance.now() - this.#began) / 1000;
    await this.#actors.disposeAsync();
    if (found) this.#judge(found, books, sumAtOnce);
    const later = sleep(this.size.laterSeconds * 1000);
    return async () => {
      await later;
      const sumLater = await this.#sumLater().catch(error => {
        this.#failures.push(explain(error));
        return undefined;
      });
      await this.#servers.disposeAsync();
      if (found && sumLater !== found.expected) {
        this.#failures.push(
          `the sum was ${sumLater} ${this.size.laterSeconds} s later, not ${found.expected}`,
        );
      }
      const { name } = this;
      const [notes, failures] = [this.#notes, this.#failures];
      const revisions = this.#writers.reduce((total, writer) => total + writer.revisions, 0);
      return { name, audit: found, revisions, books, sumAtOnce, sumLater, notes, failures, seconds };
    };
  }

  /** Waits until nothing is on its way. Where that takes too long, the last audit says what is missing. */
  async #settled(): Promise<Audit> {
    const auditee = () => ({
      api: this.controlPlane.api,
      lokiUrl: this.loki.url,
      cluster: this.cluster,
      span: this.#span(),
      gone: this.gone,
    });
    const deadline = performance.now() + this.size.patienceSeconds * 1000;
    for (;;) {
      let waitsFor = '';
      for (const { exporter } of this.#bookkeepers) {
        const { inFlight } = exporter.pid === undefined ? { inFlight: 0 } : await exporter.counts();
        if (inFlight > 0) waitsFor = `an exporter has ${inFlight} revisions in flight`;
      }
      const found = waitsFor === '' ? await audit(auditee()) : undefined;
      if (found?.lost === 0) return found;
      if (performance.now() > deadline) {
        const logs = await Promise.all(this.#bookkeepers.map(({ exporter }) => exporter.log()));
        const missing = waitsFor || `${found?.lost} events have their newest revision not in Loki`;
        this.#failures.push(`after ${this.size.patienceSeconds} s ${missing}\n${logs.join('\n')}`);
        return found ?? (await audit(auditee()));
      }
      await sleep(500);
    }
  }

  /** Loki may be away for another scenario's sake. */
  async #sumLater(): Promise<number> {
    let sum = 0;
    await until('Loki answers the metric query', this.size.patienceSeconds, async () => {
      sum = await sumByMetric(this.loki.url, this.cluster, this.#span());
      return true;
    });
    return sum;
  }

  #span(): Span {
    const milliseconds = (time: number) => BigInt(time) * 1_000_000n;
    return {
      start: milliseconds(this.#startedAt - AROUND_MS),
      end: milliseconds(this.#startedAt + AROUND_MS),
    };
  }

  #books(): Books {
    const all = this.#bookkeepers.map(({ books }) => books);
    const sum = (field: 'dropped' | 'refusedByLimit' | 'gapSeconds' | 'scrapes') =>
      all.reduce((total, books) => total + books[field], 0);
    return {
      imbalance: Math.max(0, ...all.map(({ imbalance }) => imbalance)),
      dropped: sum('dropped'),
      dropCauses: all.flatMap(({ dropCauses }) => dropCauses),
      refusedByLimit: sum('refusedByLimit'),
      gapSeconds: sum('gapSeconds'),
      scrapes: sum('scrapes'),
    };
  }

  #judge(found: Audit, books: Books, sumAtOnce: number | undefined): void {
    this.expect(found.events > 0, 'the API server has no event, so there is nothing to compare');
    this.expect(found.lost === 0, `${found.lost} events are lost`);
    this.expect(found.twice === 0, `${found.twice} revisions came twice`);
    this.expect(found.miscounted === 0, `the occurrences of ${found.miscounted} events aren't their count`);
    this.expect(found.misplaced === 0, `${found.misplaced} entries are at another time, without event_time`);
    this.expect(sumAtOnce === found.expected, `the sum was ${sumAtOnce} at once, not ${found.expected}`);
    this.expect(books.imbalance === 0, `the accounts were off by ${books.imbalance}`);
    this.expect(books.scrapes > 0, 'no scrape of the metrics succeeded');
    this.expect(
      books.dropped === 0,
      `${books.dropped} revisions were dropped: ${books.dropCauses.join(', ')}`,
    );
    this.#failures.push(...found.examples);
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
