import type { KubeConfig } from '@kubernetes/client-node';
import type { Config } from './config/schema.ts';
import { CheckpointFile } from './delivery/checkpoint.ts';
import { Delivery } from './delivery/delivery.ts';
import { Progress } from './delivery/progress.ts';
import { Queue } from './delivery/queue.ts';
import { Cluster } from './kubernetes/cluster.ts';
import { Reflector, type Step } from './kubernetes/reflector.ts';
import { LokiClient } from './loki/client.ts';
import { encodeEntry } from './loki/encode.ts';
import { toEntry } from './loki/entry.ts';
import type { Health } from './telemetry/health.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { deliveryObserver, probeLoki, reflectorObserver } from './telemetry/observers.ts';

/** The pipeline from the API server to Loki, each stage asking the one before it. */
export class Exporter {
  readonly #config: Config;
  readonly #metrics: Metrics;
  readonly #health: Health;
  readonly #log: Logger;
  readonly #checkpoint: CheckpointFile | undefined;
  readonly #progress: Progress;
  readonly #queue: Queue;
  readonly #loki: LokiClient;
  readonly #cluster: Cluster;
  /** Ends the reading of the API server; what is queued is still delivered. */
  readonly #reading = new AbortController();
  /** Ends everything. */
  readonly #running = new AbortController();

  constructor(
    config: Config,
    parts: { kubeConfig: KubeConfig; metrics: Metrics; health: Health; log: Logger },
  ) {
    this.#config = config;
    this.#metrics = parts.metrics;
    this.#health = parts.health;
    this.#log = parts.log;
    const { file } = config.checkpoint;
    this.#checkpoint = file
      ? new CheckpointFile(file, error =>
          this.#log.error({ file, error: error.message }, 'checkpoint not written'),
        )
      : undefined;
    this.#progress = new Progress(position => this.#checkpoint?.save(position));
    this.#queue = new Queue(config.queue.maxBytes);
    this.#loki = new LokiClient({
      url: config.loki.url,
      tenant: config.loki.tenant,
      timeoutMs: config.loki.timeoutSeconds * 1000,
    });
    this.#cluster = new Cluster(parts.kubeConfig);
    this.#metrics.readFrom({
      inFlight: () => this.#progress.inFlight,
      queueBytes: () => this.#queue.bytes,
    });
  }

  /**
   * Runs until it is stopped.
   * @throws where the checkpoint can't be read, and on a fault of its own
   */
  async run(): Promise<void> {
    const start = await this.#checkpoint?.load();
    this.#log.info(
      {
        kubernetes: this.#cluster.server,
        loki: this.#loki.url,
        cluster: this.#config.cluster,
        checkpoint: this.#config.checkpoint.file,
        position: start && { from: String(start.from), at: String(start.at) },
      },
      'starting',
    );
    if (!this.#checkpoint) {
      this.#log.warn('no checkpoint file is set: a restart will ship again what the API server still has');
    }
    const delivery = new Delivery({
      queue: this.#queue,
      client: this.#loki,
      progress: this.#progress,
      options: this.#config.loki.batch,
      observer: deliveryObserver(this.#metrics, this.#health, this.#log),
    });
    const reflector = new Reflector(this.#cluster, reflectorObserver(this.#metrics, this.#health, this.#log));
    try {
      await Promise.all([
        this.#read(reflector.run(start, this.#reading.signal)).finally(() => this.#queue.close()),
        delivery.run(this.#running.signal).finally(() => this.#reading.abort()),
        probeLoki(this.#loki, this.#health, this.#log, this.#reading.signal),
      ]);
    } finally {
      this.#reading.abort();
      this.#running.abort();
      await this.#checkpoint?.flush();
      await Promise.all([this.#cluster.close(), this.#loki.close()]);
    }
  }

  /**
   * Reads no more, and ends `run` when Loki has taken what is queued, or at the deadline. What it has not taken
   * then is after the checkpoint, and is shipped by the next run.
   */
  stop(): void {
    this.#reading.abort();
    const timer = setTimeout(() => this.#running.abort(), this.#config.shutdown.timeoutSeconds * 1000);
    this.#running.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Revisions that were received and not settled. */
  get inFlight(): number {
    return this.#progress.inFlight;
  }

  async #read(steps: AsyncIterable<Step>): Promise<void> {
    const options = { job: this.#config.job, cluster: this.#config.cluster };
    for await (const { position, revision } of steps) {
      const ticket = this.#progress.begin(position);
      if (!revision) {
        this.#progress.settle(ticket);
        continue;
      }
      this.#metrics.received.inc();
      const arrival = BigInt(Date.now()) * 1_000_000n;
      const entry = encodeEntry(toEntry(revision.event, revision.previous, options, arrival));
      if (!(await this.#queue.put({ ...entry, ticket }, this.#reading.signal))) return;
    }
  }
}
