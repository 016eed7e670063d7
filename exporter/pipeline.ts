import type { Config } from './config/schema.ts';
import type { Checkpoint } from './delivery/checkpoint.ts';
import { Delivery, type DeliveryObserver } from './delivery/delivery.ts';
import { Lanes } from './delivery/lanes.ts';
import type { Ledger } from './delivery/ledger.ts';
import type { LocalState } from './delivery/local-state.ts';
import { type EntryQueue, Queue, type QueuedEntry } from './delivery/queue.ts';
import type { Sink } from './delivery/sink.ts';
import { Encoder } from './encoder.ts';
import type { Cluster } from './kubernetes/cluster.ts';
import type { Position } from './kubernetes/position.ts';
import type { Reader, ReaderObserver, Revision, Start } from './kubernetes/reader.ts';
import type { CardinalityBudget } from './loki/cardinality/budget.ts';
import type { Recall } from './loki/recall.ts';
import { createReaders, sourcePaths } from './readers.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** A watch that nobody reads is closed after this time, because the API server buffers it without bound. */
const pauseAfterMs = 10_000;

export interface PipelineParts {
  readonly config: Config;
  readonly cluster: Cluster;
  /** By tenant; the first is that of entries without a route. */
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly recall: Recall | undefined;
  readonly ledger: Ledger;
  readonly state: LocalState | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly observers: {
    readonly reader: (source: string) => ReaderObserver;
    readonly delivery: (tenant: string) => DeliveryObserver;
  };
  /** Asked before each push: whether this replica is the leader. */
  readonly mayPush: () => boolean;
}

/**
 * The stages from the API server to Loki, each asking the one before it, from a checkpoint until it is ended: a process
 * without replicas has one pipeline, one with a Lease has one for each time that it leads.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #queue: Queue;
  readonly #encoder: Encoder;
  readonly #starts: ReadonlyMap<string, Start>;
  readonly #budget: CardinalityBudget;
  /** Revisions that came and are not in the queue yet. */
  #arriving = 0;
  #ended = false;

  /** @param checkpoint where replicas agree that all before it is delivered */
  constructor(parts: PipelineParts, checkpoint: Checkpoint | undefined) {
    const { config, ledger, state, metrics } = parts;
    this.#parts = parts;
    // Before the queue looks into the spool, which may hold what another replica has delivered.
    const { starts, budget } = ledger.start(checkpoint, [...sourcePaths(config).keys()]);
    this.#starts = starts;
    this.#budget = budget;
    this.#encoder = new Encoder(config, metrics, budget);
    state?.foldsFrom(() => budget.state());
    this.#queue = new Queue({
      maxBytes: config.queue.maxBytes,
      spool: state?.spool,
      whenFull: config.state.spool.whenFull,
      advanced: (positions, passed) => ledger.advanced(positions, passed),
      dropped: entries => metrics.dropped.inc({ cause: 'spool_full' }, entries),
    });
    // What an earlier run left in the spool comes to this one from there.
    metrics.received.inc(this.#queue.unsettled);
  }

  /** Revisions that were received and have not ended in a counter. */
  get inFlight(): number {
    return this.#ended ? 0 : this.#arriving + this.#queue.unsettled;
  }

  get queueBytes(): number {
    return this.#queue.bytes;
  }

  /** Streams, and values of each label, that the cardinality budget has given out. */
  get cardinality(): CardinalityBudget['active'] {
    return this.#budget.active;
  }

  /**
   * @param reading ends the reading of the API server; what is queued is still delivered
   * @param running ends everything
   * @throws on a fault of its own
   */
  async run(reading: AbortSignal, running: AbortSignal): Promise<void> {
    const { cluster, config, ledger, metrics, observers, recall } = this.#parts;
    const readers = createReaders(config, {
      cluster,
      observer: source => {
        const observer = observers.reader(source);
        return {
          ...observer,
          listed(revision, live, from, known) {
            ledger.listed(source, live, from, known);
            observer.listed(revision, live, from, known);
          },
        };
      },
      recall: recall && ((keys, through) => this.#recall(recall, keys, through, reading)),
    });
    const fault = new AbortController();
    const ended = AbortSignal.any([running, fault.signal]);
    const read = async () => {
      const signal = AbortSignal.any([reading, ended]);
      try {
        const works = Array.from(readers, ([source, reader]) => this.#read(source, reader, signal));
        await allOrNone(works, fault);
      } finally {
        this.#queue.close();
      }
    };
    try {
      await allOrNone([read(), ...this.#deliveries().map(delivery => delivery.run(ended))], fault);
    } finally {
      await ledger.flush();
      const left = this.inFlight;
      if (left > 0) this.#parts.log.info({ left }, 'not delivered, and left to the next run or leader');
      metrics.handedOver.inc(left);
      this.#ended = true;
    }
  }

  /** One for each tenant, so that none waits for another. */
  #deliveries(): Delivery[] {
    const { config, sinks, observers, state, mayPush } = this.#parts;
    const create = (queue: EntryQueue, tenant: string, sink: Sink) =>
      new Delivery({
        queue,
        sink,
        options: config.loki.batch,
        observer: observers.delivery(tenant),
        mayPush,
        replaced: entries => state?.spool.replace(entries.filter(isSpooled)),
      });
    const [first = ''] = sinks.keys();
    if (sinks.size === 1) return Array.from(sinks, ([tenant, sink]) => create(this.#queue, tenant, sink));
    const tenants = new Map(config.routes.map(({ name, tenant }) => [name, tenant ?? first]));
    const laneOf = ({ foldable }: QueuedEntry) => tenants.get(foldable.route ?? '') ?? first;
    const lanes = new Lanes(this.#queue, sinks.keys(), laneOf, config.queue.maxBytes);
    return Array.from(sinks, ([tenant, sink]) => create(lanes.lane(tenant), tenant, sink));
  }

  async #read(source: string, reader: Reader, signal: AbortSignal): Promise<void> {
    const { ledger, metrics } = this.#parts;
    for await (const { position, revision, gone } of reader.run(this.#starts.get(source), signal)) {
      if (gone !== undefined) ledger.gone(source, gone);
      if (!revision) {
        this.#queue.mark(source, position);
        // A list begins: a crash while it is shipped has to find that it was.
        if (position.from < position.at) await ledger.flush();
        continue;
      }
      metrics.received.inc();
      if (!this.#encoder.wants(revision)) {
        this.#skip(source, revision, position);
        continue;
      }
      const entry = this.#encoder.encode(source, revision, position);
      if (this.#queue.offer(entry)) continue;
      if (!(await this.#wait(reader, entry, signal))) return;
    }
  }

  /** It is not wanted; its count is known all the same, for a later revision that is. */
  #skip(source: string, { key, revision, count }: Revision, position: Position): void {
    this.#parts.metrics.filtered.inc();
    this.#parts.ledger.skipped(source, key, { revision, count });
    this.#queue.mark(source, position);
  }

  /** Waits for room; where that takes long, without a watch. */
  async #wait(reader: Reader, entry: QueuedEntry, signal: AbortSignal): Promise<boolean> {
    const timer = setTimeout(() => reader.pause(), pauseAfterMs);
    this.#arriving += 1;
    const accepted = await this.#queue.put(entry, signal);
    clearTimeout(timer);
    // From here on it is counted in the queue, or handed over.
    this.#arriving -= 1;
    if (!accepted) this.#parts.metrics.handedOver.inc();
    return accepted;
  }

  /** What Loki can't be asked stays unknown. */
  async #recall(
    recall: Recall,
    uids: readonly string[],
    through: bigint,
    signal: AbortSignal,
  ): Promise<Map<string, number>> {
    try {
      return await recall.counts(uids, through, signal);
    } catch (error) {
      this.#parts.log.warn(
        { error: (error as Error).message },
        'earlier counts could not be asked of Loki (loki.readUrl)',
      );
      return new Map();
    }
  }
}

/** Waits for all to end; a fault of one ends the others. @throws the fault */
async function allOrNone(works: readonly Promise<void>[], fault: AbortController): Promise<void> {
  await Promise.all(works.map(work => work.catch(error => fault.abort(error))));
  if (fault.signal.aborted) throw fault.signal.reason;
}

function isSpooled(entry: QueuedEntry): entry is QueuedEntry & { sequence: number } {
  return entry.sequence !== undefined;
}
