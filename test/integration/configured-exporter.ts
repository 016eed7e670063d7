import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../chaos/until.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { queryEntries, type StoredEntry } from '../servers/loki-query.ts';
import { idsOf } from './event-writer.ts';

/** How far back its entries are looked for, in nanoseconds. */
const rangeNs = 7_200_000_000_000n;

/** How {@link ConfiguredExporter} runs. */
export interface ConfiguredExporterOptions {
  /** Its label in Loki, and the name of its folder. */
  readonly cluster: string;
  /** Where its folder is made. */
  readonly within: string;
  readonly kubeconfig: string;
  readonly lokiUrl: string;
  /** What keeps the position: a checkpoint file, a state folder, or both. */
  readonly keepers: readonly ('file' | 'state')[];
}

/** The real exporter with a configuration file that may be another one at each start. */
export class ConfiguredExporter {
  readonly cluster: string;
  readonly #options: ConfiguredExporterOptions;
  readonly #folder: string;
  #process: ExporterProcess | undefined;

  constructor(options: ConfiguredExporterOptions) {
    this.#options = options;
    this.cluster = options.cluster;
    this.#folder = join(options.within, options.cluster);
  }

  /** The process, which has been started. */
  get process(): ExporterProcess {
    if (!this.#process) throw new Error(`the exporter ${this.cluster} has not been started`);
    return this.#process;
  }

  /** @param ready what it waits for, here and in `crash` */
  async start(config: object, ready: '/readyz' | '/healthz' = '/readyz'): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const file = join(this.#folder, 'config.yaml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config));
    const { cluster, kubeconfig, lokiUrl, keepers } = this.#options;
    this.#process = await ExporterProcess.create({
      ...{ cluster, kubeconfig, lokiUrl, ready },
      folder: this.#folder,
      checkpointFile: keepers.includes('file'),
      flags: {
        '--config': file,
        ...(keepers.includes('state') && { '--state-dir': join(this.#folder, 'state') }),
      },
    });
    await this.#process.start();
  }

  /** SIGKILL, and once more with the same configuration. */
  async crash(): Promise<void> {
    await this.process.kill();
    await this.process.start();
  }

  /** Has it drain and end. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** What Loki has of it. @param tenant whose entries, where Loki has tenants */
  async entries(tenant?: string): Promise<StoredEntry[]> {
    const end = BigInt(Date.now() + 60_000) * 1_000_000n;
    return queryEntries(this.#options.lokiUrl, `{cluster="${this.cluster}"}`, end - rangeNs, end, tenant);
  }

  /** Waits until Loki has these revisions, by `event_uid@resource_version`. */
  async delivered(ids: readonly string[], seconds: number, tenant?: string): Promise<void> {
    const whose = tenant ? `of ${this.cluster} for ${tenant}` : `of ${this.cluster}`;
    await until(`${ids.length} revisions ${whose} are in Loki`, seconds, async () => {
      const stored = new Set(idsOf(await this.entries(tenant)));
      return ids.every(id => stored.has(id));
    });
  }

  /** Waits until nothing is on its way to Loki. */
  async idle(): Promise<void> {
    await until(`${this.cluster} has delivered all`, 30, async () => {
      return (await this.process.counts()).inFlight === 0;
    });
  }

  /** Every line that it has logged, over all of its runs. */
  async log(): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.#folder, 'exporter.log'), 'utf8');
    return text
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line));
  }
}
