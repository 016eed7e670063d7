import { parseDuration } from './config/duration.ts';
import type { RedactConfig } from './config/redact-schema.ts';
import type { Config } from './config/schema.ts';
import { Delivery, type DeliveryObserver } from './delivery/delivery.ts';
import type { Ledger } from './delivery/ledger.ts';
import type { LocalState } from './delivery/local-state.ts';
import { Queue, type QueuedEntry } from './delivery/queue.ts';
import type { Sink } from './delivery/sink.ts';
import { Filter } from './event/filter/filter.ts';
import { builtInNames, Redactor } from './event/redact/redactor.ts';
import type { Cluster } from './kubernetes/cluster.ts';
import { eventSource } from './kubernetes/event-source.ts';
import type { Position } from './kubernetes/position.ts';
import type { Revision, Start, Step } from './kubernetes/reader.ts';
import { Reflector, type ReflectorObserver } from './kubernetes/reflector.ts';
import { encodeEntry } from './loki/encode.ts';
import { toEntry } from './loki/entry.ts';
import type { Recall } from './loki/recall.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** A watch that nobody reads is closed after this time, because the API server buffers it without bound. */
const pauseAfterMs = 10_000;

export interface PipelineParts {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly sink: Sink;
  readonly recall: Recall | undefined;
  readonly ledger: Ledger;
  readonly state: LocalState | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly observers: { readonly reflector: ReflectorObserver; readonly delivery: DeliveryObserver };
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
  readonly #filter: Filter;
  readonly #redactor: Redactor | undefined;
  readonly #start: Start | undefined;
  readonly #entry: { readonly job: string; readonly cluster: string | undefined };
  /** Revisions that came and are not in the queue yet. */
  #arriving = 0;
  #ended = false;

  /** @param checkpoint where replicas agree that all before it is delivered */
  constructor(parts: PipelineParts, checkpoint: Position | undefined) {
    const { config, ledger, state, metrics } = parts;
    this.#parts = parts;
    this.#filter = new Filter(config.filters);
    this.#redactor = createRedactor(config.redact, metrics);
    this.#entry = { job: config.job, cluster: config.cluster };
    // Before the queue looks into the spool, which may hold what another replica has delivered.
    this.#start = ledger.start(checkpoint);
    this.#queue = new Queue({
      maxBytes: config.queue.maxBytes,
      spool: state?.spool,
      whenFull: config.state.spool.whenFull,
      advanced: (position, passed) => ledger.advanced(position, passed),
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

  /**
   * @param reading ends the reading of the API server; what is queued is still delivered
   * @param running ends everything
   * @throws on a fault of its own
   */
  async run(reading: AbortSignal, running: AbortSignal): Promise<void> {
    const { cluster, config, ledger, sink, metrics, observers, recall, state, mayPush } = this.#parts;
    const seconds = config.since === undefined ? undefined : parseDuration(config.since);
    const since = seconds === undefined ? undefined : BigInt(Date.now() - seconds * 1000) * 1_000_000n;
    const reflector = new Reflector(
      cluster,
      {
        ...observers.reflector,
        listed(revision, live, from, known) {
          ledger.listed(live, from, known);
          observers.reflector.listed(revision, live, from, known);
        },
      },
      {
        source: eventSource(config.eventsApi),
        since,
        ...(recall && { recall: (uids, through) => this.#recall(recall, uids, through, reading) }),
        eventTtlMs: (parseDuration(config.eventTtl) ?? 0) * 1000,
      },
    );
    const delivery = new Delivery({
      queue: this.#queue,
      sink,
      options: config.loki.batch,
      observer: observers.delivery,
      mayPush,
      replaced: entries => state?.spool.replace(entries.filter(isSpooled)),
    });
    const fault = new AbortController();
    const ended = AbortSignal.any([reading, running, fault.signal]);
    try {
      await Promise.all([
        this.#read(reflector, reflector.run(this.#start, ended), ended).finally(() => this.#queue.close()),
        delivery.run(running).finally(() => fault.abort()),
      ]);
    } finally {
      await ledger.flush();
      const left = this.inFlight;
      if (left > 0) this.#parts.log.info({ left }, 'not delivered, and left to the next run or leader');
      metrics.handedOver.inc(left);
      this.#ended = true;
    }
  }

  async #read(reflector: Reflector, steps: AsyncIterable<Step>, signal: AbortSignal): Promise<void> {
    const { ledger, metrics } = this.#parts;
    for await (const { position, revision, gone } of steps) {
      if (gone !== undefined) ledger.gone(gone);
      if (!revision) {
        this.#queue.mark(position);
        // A list begins: a crash while it is shipped has to find that it was.
        if (position.from < position.at) await ledger.flush();
        continue;
      }
      metrics.received.inc();
      if (!this.#filter.matches(revision.event, Date.now())) {
        this.#skip(revision, position);
        continue;
      }
      const entry = this.#encode(revision, position);
      if (this.#queue.offer(entry)) continue;
      if (!(await this.#wait(reflector, entry, signal))) return;
    }
  }

  /** It is not wanted; its count is known all the same, for a later revision that is. */
  #skip({ key, revision, count }: Revision, position: Position): void {
    this.#parts.metrics.filtered.inc();
    this.#parts.ledger.skipped(key, { revision, count });
    this.#queue.mark(position);
  }

  /** Waits for room; where that takes long, without a watch. */
  async #wait(reflector: Reflector, entry: QueuedEntry, signal: AbortSignal): Promise<boolean> {
    const timer = setTimeout(() => reflector.pause(), pauseAfterMs);
    this.#arriving = 1;
    const accepted = await this.#queue.put(entry, signal);
    clearTimeout(timer);
    // From here on it is counted in the queue, or handed over.
    this.#arriving = 0;
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

  #encode({ event, key, revision, count, previous }: Revision, position: Position): QueuedEntry {
    const arrival = BigInt(Date.now()) * 1_000_000n;
    const redacted = this.#redactor?.redact(event) ?? event;
    const entry = encodeEntry(toEntry(redacted, previous, this.#entry, arrival));
    return { ...entry, uid: key, revision, count, position };
  }
}

/** Counts are there at zero, for every pattern that there is. */
function createRedactor({ enabled, patterns }: RedactConfig, { redactions }: Metrics): Redactor | undefined {
  if (!enabled) return undefined;
  for (const pattern of [...builtInNames, ...patterns.map(({ name }) => name)])
    redactions.inc({ pattern }, 0);
  return new Redactor({ patterns, found: pattern => redactions.inc({ pattern }) });
}

function isSpooled(entry: QueuedEntry): entry is QueuedEntry & { sequence: number } {
  return entry.sequence !== undefined;
}
