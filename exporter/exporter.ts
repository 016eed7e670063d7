import type { KubeConfig } from '@kubernetes/client-node';
import { budgetFactory } from './budgets.ts';
import { parseDuration } from './config/duration.ts';
import type { Config } from './config/schema.ts';
import { summaryOf } from './delivery/checkpoint.ts';
import { CheckpointFile, type CheckpointMemory, type CheckpointStore } from './delivery/checkpoint-store.ts';
import { keepBeating } from './delivery/heartbeat.ts';
import { Ledger } from './delivery/ledger.ts';
import { LocalState } from './delivery/local-state.ts';
import type { Sink } from './delivery/sink.ts';
import { Cluster } from './kubernetes/cluster.ts';
import { Election } from './kubernetes/election.ts';
import { Lease } from './kubernetes/lease.ts';
import { leasePlace } from './lease-place.ts';
import { encodeHeartbeat } from './loki/heartbeat.ts';
import type { Recall } from './loki/recall.ts';
import { Pipeline } from './pipeline.ts';
import { sourcePaths } from './readers.ts';
import { createRecall, createSinks } from './sinks.ts';
import type { Health } from './telemetry/health.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import {
  awaitListable,
  deliveryObserver,
  electionObserver,
  heartbeatObserver,
  probeSink,
  readerObserver,
  stateObserver,
} from './telemetry/observers.ts';

/** What an exporter is made with. */
export interface ExporterParts {
  readonly kubeConfig: KubeConfig;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly log: Logger;
  /** Keeps the position where the configuration names nothing that does. */
  readonly memory: CheckpointMemory;
}

/** One replica: it reads and pushes, alone or in turn with others. */
export class Exporter {
  readonly #config: Config;
  readonly #parts: ExporterParts;
  readonly #cluster: Cluster;
  readonly #sinks: ReadonlyMap<string, Sink>;
  /** Ends the reading of the API server; what is queued is still delivered. */
  readonly #reading = new AbortController();
  /** Ends everything. */
  readonly #running = new AbortController();
  readonly #recall: Recall | undefined;
  #state: LocalState | undefined;
  #pipeline: Pipeline | undefined;

  constructor(config: Config, parts: ExporterParts) {
    this.#config = config;
    this.#parts = parts;
    this.#cluster = new Cluster(parts.kubeConfig);
    this.#sinks = createSinks(config);
    this.#recall = createRecall(config);
    parts.metrics.streamBudget.set(config.cardinality.streams);
    this.#expectLists();
    parts.health.expect('loki', this.#sinks.keys(), 'waiting for an answer from Loki');
    parts.metrics.readFrom({
      inFlight: () => this.inFlight,
      queueBytes: () => this.#pipeline?.queueBytes ?? 0,
      spoolBytes: () => this.#state?.spool.bytes ?? 0,
      cardinality: () => this.#pipeline?.cardinality,
    });
  }

  /** Revisions that were received and have not ended in a counter. */
  get inFlight(): number {
    return this.#pipeline?.inFlight ?? 0;
  }

  /**
   * Runs until it is stopped.
   * @throws where the checkpoint or the local state can't be read, and on a fault of its own
   */
  async run(): Promise<void> {
    const { log } = this.#parts;
    const { dir, spool } = this.#config.state;
    try {
      if (dir && !this.#isDryRun)
        this.#state = LocalState.open(dir, stateObserver(this.#parts.metrics, log), {
          maxSpoolBytes: spool.maxBytes,
        });
      await this.#lead();
    } finally {
      this.#reading.abort();
      this.#running.abort();
      this.#state?.close();
      const sinks = Array.from(this.#sinks.values(), sink => sink.close());
      await Promise.all([this.#cluster.close(), ...sinks, this.#recall?.close()]);
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

  /** Alone, or in turn with the other replicas of the Lease. */
  async #lead(): Promise<void> {
    const place = leasePlace(this.#config, this.#parts.kubeConfig);
    if (place) await this.#leadInTurn(new Lease(this.#cluster, place));
    else await this.#leadAlone();
  }

  async #leadAlone(): Promise<void> {
    const { log, metrics } = this.#parts;
    const file = this.#isDryRun ? undefined : this.#config.checkpoint.file;
    const store = file
      ? new CheckpointFile(file, error => log.error({ file, error: error.message }, 'checkpoint not written'))
      : this.#parts.memory;
    if (!file && !this.#state && !this.#isDryRun) {
      log.warn('no checkpoint is kept: a restart will ship again what the API server still has');
    }
    metrics.leader.set(1);
    this.#probeSinks();
    await this.#runPipeline(store, {
      reading: this.#reading.signal,
      running: this.#running.signal,
      mayPush: () => true,
    });
  }

  async #leadInTurn(lease: Lease): Promise<void> {
    const { log, metrics, health, kubeConfig } = this.#parts;
    const { signal } = this.#reading;
    health.unwell('lease', 'waiting for the Lease to be read');
    const election = new Election(lease, electionObserver(metrics, health, log));
    log.info(
      {
        lease: `${lease.namespace}/${lease.name}`,
        identity: election.identity,
        kubernetes: kubeConfig.getCurrentCluster()?.server,
      },
      'standing for leader',
    );
    while (!signal.aborted) {
      // A standby is as ready as what it would need to lead.
      const standby = new AbortController();
      for (const [name, path] of sourcePaths(this.#config)) {
        const until = AbortSignal.any([signal, standby.signal]);
        void awaitListable(this.#cluster, { name, path }, health, log, until);
      }
      this.#probeSinks();
      const term = await election.acquire(signal);
      standby.abort();
      if (!term) return;
      metrics.leader.set(1);
      this.#expectLists();
      try {
        await this.#runPipeline(term, {
          reading: AbortSignal.any([signal, term.lost]),
          running: AbortSignal.any([this.#running.signal, term.lost]),
          mayPush: () => term.held(),
        });
      } finally {
        metrics.leader.set(0);
        await term.release();
      }
    }
  }

  get #isDryRun(): boolean {
    return this.#config.output === 'dry-run';
  }

  /** Ready is who has listed every source. */
  #expectLists(): void {
    const names = sourcePaths(this.#config).keys();
    this.#parts.health.expect('kubernetes', names, 'waiting for the first list');
  }

  #probeSinks(): void {
    const { health, log } = this.#parts;
    for (const [tenant, sink] of this.#sinks)
      void probeSink({ tenant, sink }, health, log, this.#reading.signal);
  }

  async #runPipeline(
    store: CheckpointStore | undefined,
    { reading, running, mayPush }: { reading: AbortSignal; running: AbortSignal; mayPush: () => boolean },
  ): Promise<void> {
    const { log, metrics, health } = this.#parts;
    const checkpoint = await store?.load();
    log.info(
      {
        kubernetes: this.#cluster.server,
        sink: [...this.#sinks.values()][0]?.url,
        ...(this.#sinks.size > 1 && { tenants: [...this.#sinks.keys()] }),
        cluster: this.#config.cluster,
        checkpoint: checkpoint && summaryOf(checkpoint),
      },
      'starting',
    );
    const createBudget = budgetFactory(this.#config, log);
    const ledger = new Ledger({ store, state: this.#state, createBudget });
    const parts = {
      config: this.#config,
      cluster: this.#cluster,
      sinks: this.#sinks,
      recall: this.#recall,
      log,
      ledger,
      state: this.#state,
      metrics,
      observers: {
        reader: (source: string) => readerObserver(source, metrics, health, log),
        delivery: (tenant: string) => deliveryObserver(tenant, metrics, health, log),
      },
      mayPush,
    };
    this.#pipeline = new Pipeline(parts, checkpoint);
    const leading = new AbortController();
    const beating = this.#beat(mayPush, AbortSignal.any([running, leading.signal]));
    try {
      await this.#pipeline.run(reading, running);
    } finally {
      leading.abort();
      await beating;
      if (this.#isDryRun) log.info(this.#pipeline.cardinality, 'this would be active; nothing was pushed');
      this.#pipeline = undefined;
      health.expect('streams', [], '');
      metrics.parkedStreams.reset();
    }
  }

  /** Beside the events, where the configuration wants heartbeats. */
  async #beat(mayPush: () => boolean, signal: AbortSignal): Promise<void> {
    const { log, metrics } = this.#parts;
    const { heartbeat, job, cluster, loki } = this.#config;
    if (heartbeat === undefined) return;
    await keepBeating(
      {
        intervalMs: (parseDuration(heartbeat) ?? 0) * 1000,
        sinks: this.#sinks,
        mayPush,
        encode: () => {
          const vitals = { lastFrameAgeSeconds: metrics.lastFrameAgeSeconds(), inFlight: this.inFlight };
          return encodeHeartbeat(vitals, { job, cluster, line: loki.line }, Date.now());
        },
        observer: tenant => heartbeatObserver(tenant, log),
      },
      signal,
    );
  }
}
