import { cpSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { budgetFactory } from '../../exporter/budgets.ts';
import { type Config, configSchema } from '../../exporter/config/schema.ts';
import { parseCheckpoint } from '../../exporter/delivery/checkpoint.ts';
import type { DeliveryObserver } from '../../exporter/delivery/delivery.ts';
import { LocalState } from '../../exporter/delivery/local-state.ts';
import { Cluster } from '../../exporter/kubernetes/cluster.ts';
import type { ReaderObserver } from '../../exporter/kubernetes/reader.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { Pipeline } from '../../exporter/pipeline.ts';
import { createLog } from '../../exporter/telemetry/log.ts';
import type { Metrics } from '../../exporter/telemetry/metrics.ts';
import { SlowCheckpoint, type StoredCheckpoint } from './slow-checkpoint.ts';
import { WatchedLedger } from './watched-ledger.ts';

/** So long a stop waits for Loki, in milliseconds. */
const stopMs = 50;

/** What a run is made with. */
export interface RunOptions {
  readonly apiUrl: string;
  readonly lokiUrl: string;
  readonly stored: StoredCheckpoint;
  /** The local state's folder; none where undefined. */
  readonly folder: string | undefined;
  readonly queueBytes: number;
  readonly spoolBytes: number;
  /** Whether the cardinality budget is used up soon. */
  readonly folds: boolean;
  readonly metrics: Metrics;
  /** A list is in: what of it will be shipped, and whether the counts before are known. */
  readonly listed: (from: bigint, at: bigint, known: boolean) => void;
}

/** One process's life, from its start to its stop or crash, with the pipeline that it runs. */
export class Run {
  readonly checkpoint: SlowCheckpoint;
  readonly ledger: WatchedLedger;
  readonly pipeline: Pipeline;
  /** What ended it, where that was a fault of its own. */
  fault: unknown;
  readonly #state: LocalState | undefined;
  readonly #folder: string | undefined;
  readonly #cluster: Cluster;
  readonly #loki: LokiClient;
  readonly #reading = new AbortController();
  readonly #running = new AbortController();
  readonly #ended: Promise<void>;

  constructor(options: RunOptions) {
    const { apiUrl, lokiUrl, stored, folder, spoolBytes, metrics } = options;
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'fake', server: apiUrl, skipTLSVerify: true },
      { name: 'fake' },
    );
    this.#cluster = new Cluster(kubeConfig);
    this.#loki = new LokiClient({ url: lokiUrl, tenant: undefined, timeoutMs: 5000 });
    this.#folder = folder;
    this.#state =
      folder === undefined
        ? undefined
        : LocalState.open(folder, { committed() {}, damaged }, { maxSpoolBytes: spoolBytes });
    this.checkpoint = new SlowCheckpoint(stored);
    const config = configOf(lokiUrl, options);
    const log = createLog('silent');
    const createBudget = budgetFactory(config, log);
    this.ledger = new WatchedLedger({ store: this.checkpoint, state: this.#state, createBudget });
    const parts = {
      config,
      cluster: this.#cluster,
      sinks: new Map([['', this.#loki]]),
      recall: undefined,
      ledger: this.ledger,
      state: this.#state,
      metrics,
      log,
      observers: {
        reader: () => readerObserver(options.listed),
        delivery: () => deliveryObserver(metrics),
      },
      mayPush: () => true,
    };
    const checkpoint = stored.text === undefined ? undefined : parseCheckpoint(stored.text);
    this.pipeline = new Pipeline(parts, checkpoint);
    this.#ended = this.#run();
  }

  /** Ends as on SIGTERM: what Loki doesn't take in time is left to the next run. */
  async stop(): Promise<void> {
    this.#reading.abort();
    const deadline = setTimeout(() => this.#running.abort(), stopMs);
    await this.#ended;
    clearTimeout(deadline);
    await this.#close();
  }

  /** Ends as on SIGKILL. @param copy where the local state's files are copied to as they are now */
  async crash(copy: string): Promise<void> {
    this.checkpoint.crash();
    if (this.#folder !== undefined) cpSync(this.#folder, copy, { recursive: true });
    this.#running.abort();
    this.#reading.abort();
    await this.#ended;
    await this.#close();
  }

  async #run(): Promise<void> {
    try {
      await this.pipeline.run(this.#reading.signal, this.#running.signal);
    } catch (error) {
      this.fault = error;
    }
  }

  async #close(): Promise<void> {
    this.#state?.close();
    await Promise.all([this.#cluster.close(), this.#loki.close()]);
    if (this.fault !== undefined) throw this.fault;
  }
}

function configOf(lokiUrl: string, { queueBytes, folds }: RunOptions): Config {
  const config = configSchema.parse({
    loki: { url: lokiUrl, batch: { maxEntries: 3, maxPushesPerSecond: 1000 } },
  });
  // Smaller than anyone may configure, so that a few events fill it.
  const cardinality = folds ? { streams: 9, namespaces: 2, kinds: 2, reasons: 3 } : config.cardinality;
  return { ...config, queue: { maxBytes: queueBytes }, cardinality };
}

function damaged(_: string, reason: string): never {
  throw new Error(`the local state is damaged: ${reason}`);
}

function readerObserver(listed: RunOptions['listed']): ReaderObserver {
  return {
    frame() {},
    ignored() {},
    listed: (revision, _, from, known) => listed(from, revision, known),
    watching() {},
    restarted() {},
    failed() {},
    gap() {},
  };
}

function deliveryObserver(metrics: Metrics): DeliveryObserver {
  return {
    delivered: entries => metrics.delivered.inc(entries),
    dropped: cause => metrics.dropped.inc({ cause }),
    restamped() {},
    retrying() {},
    parked() {},
    pushed() {},
  };
}
