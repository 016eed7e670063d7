import { setTimeout as sleep } from 'node:timers/promises';
import type { LokiClient, PushResult, RetryCause } from '../loki/client.ts';
import { encodePush, restamp } from '../loki/encode.ts';
import { nearestAcceptable, type RefusalCause } from '../loki/refusal.ts';
import { Backoff } from './backoff.ts';
import { Parked } from './parked.ts';
import type { BatchLimits, Queue, QueuedEntry } from './queue.ts';

export interface DeliveryOptions extends BatchLimits {
  readonly maxPushesPerSecond: number;
}

/** What the delivery tells of itself, to metrics, health and the log. */
export interface DeliveryObserver {
  delivered(entries: number): void;
  dropped(cause: RefusalCause, entry: QueuedEntry, message: string): void;
  /** Entries got another time, because Loki refused theirs. */
  restamped(cause: RefusalCause, entries: number): void;
  retrying(cause: RetryCause, message: string, inMs: number): void;
  /** So many streams wait for room under the tenant's limit; the message is Loki's last word about it. */
  parked(streams: number, message: string): void;
  /** One push, answered or failed, in seconds. */
  pushed(seconds: number): void;
}

/** An entry whose time Loki refuses so often is given up. */
const maxRestamps = 3;

/** How often a replica that isn't the leader looks whether it is. */
const leaderPollMs = 200;

/** The signal ended the delivery in the middle of a push. */
class Aborted extends Error {}

/**
 * Takes what waits and pushes it: at once when the wire is free, and in larger batches the longer a push takes.
 * One push is under way at a time, so that entries arrive in the order in which they came. What Loki refuses of a push
 * is taken apart from what it stores.
 */
export class Delivery {
  readonly #queue: Queue;
  readonly #client: LokiClient;
  readonly #options: DeliveryOptions;
  readonly #observer: DeliveryObserver;
  readonly #mayPush: () => boolean;
  readonly #replaced: (entries: readonly QueuedEntry[]) => void;
  readonly #backoff = new Backoff(500, 30_000);
  readonly #parked = new Parked();
  #signal = new AbortController().signal;
  #earliest = 0;

  constructor(parts: {
    queue: Queue;
    client: LokiClient;
    options: DeliveryOptions;
    observer: DeliveryObserver;
    /** Asked before each push: whether this replica is the leader. */
    mayPush?: () => boolean;
    /** Entries have got another time. */
    replaced?: (entries: readonly QueuedEntry[]) => void;
  }) {
    this.#queue = parts.queue;
    this.#client = parts.client;
    this.#options = parts.options;
    this.#observer = parts.observer;
    this.#mayPush = parts.mayPush ?? (() => true);
    this.#replaced = parts.replaced ?? (() => {});
  }

  /** Runs until the queue is closed and empty, or the signal aborts; what is undelivered then stays unsettled. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    try {
      while (!signal.aborted) {
        const { dueInMs } = this.#parked;
        if (dueInMs === 0) await this.#retryParked();
        const wake =
          dueInMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(dueInMs))]);
        const batch = await this.#queue.take(this.#options, wake);
        if (batch.length > 0) await this.#deliver(this.#divert(batch));
        else if (!wake.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
    }
  }

  /** Leaves out what belongs behind entries that wait apart. */
  #divert(batch: readonly QueuedEntry[]): readonly QueuedEntry[] {
    if (this.#parked.streams === 0) return batch;
    return batch.filter(entry => {
      const waits = this.#parked.has(entry.stream);
      if (waits) this.#parked.add(entry.stream, [entry]);
      return !waits;
    });
  }

  /** Tries the streams that wait apart, one by one until Loki has no room for one. */
  async #retryParked(): Promise<void> {
    for (let left = this.#parked.streams; left > 0; left -= 1) {
      const before = this.#parked.streams;
      await this.#deliver(this.#parked.takeFirst());
      if (this.#parked.streams >= before) return;
    }
    this.#observer.parked(0, '');
  }

  /** Sees each of the entries to its end: delivered, dropped, or parked. */
  async #deliver(entries: readonly QueuedEntry[], restamps = 0): Promise<void> {
    if (entries.length === 0) return;
    const result = await this.#push(entries);
    if (result.kind === 'accepted') {
      this.#observer.delivered(entries.length);
      this.#queue.settle(entries);
      return;
    }
    const parts = split(entries, result.kind === 'refused');
    if (result.kind === 'stream_limit') {
      if (parts.length > 1) return this.#deliverAll(parts, restamps);
      this.#parked.add(entries[0]?.stream ?? '', entries);
      this.#observer.parked(this.#parked.streams, result.message);
      return;
    }
    if (result.kind !== 'refused') return;
    const oneStream = entries.every(entry => entry.stream === entries[0]?.stream);
    if (oneStream && restamps < maxRestamps && this.#restamp(entries, result)) {
      return this.#deliver(entries, restamps + 1);
    }
    if (parts.length > 1) return this.#deliverAll(parts, restamps);
    for (const entry of entries) this.#observer.dropped(result.refusal.cause, entry, result.message);
    this.#queue.settle(entries);
  }

  async #deliverAll(parts: readonly (readonly QueuedEntry[])[], restamps: number): Promise<void> {
    for (const part of parts) await this.#deliver(part, restamps);
  }

  /** Gives the entries whose time Loki refuses the nearest one that it takes. @returns whether there were any */
  #restamp(entries: readonly QueuedEntry[], { refusal, now }: PushResult & { kind: 'refused' }): boolean {
    const nearest = nearestAcceptable(refusal, now);
    if (!nearest) return false;
    const refused = entries.filter(entry => entries.length === 1 || nearest.refuses(entry.timestamp));
    if (refused.length === 0) return false;
    for (const entry of refused) restamp(entry, nearest.timestamp);
    this.#replaced(refused);
    this.#observer.restamped(refusal.cause, refused.length);
    return true;
  }

  /** Pushes until Loki has given an answer that a retry wouldn't change. @throws Aborted */
  async #push(entries: readonly QueuedEntry[]): Promise<Exclude<PushResult, { kind: 'retry' }>> {
    const body = encodePush(entries);
    for (;;) {
      await this.#turn();
      const began = performance.now();
      const result = await this.#client.push(body, this.#signal);
      if (this.#signal.aborted && result.kind === 'retry') throw new Aborted();
      this.#observer.pushed((performance.now() - began) / 1000);
      if (result.kind !== 'retry') {
        this.#backoff.reset();
        return result;
      }
      const waitMs = Math.max(this.#backoff.next(), result.retryAfterMs ?? 0);
      this.#observer.retrying(result.cause, result.message, waitMs);
      await this.#pause(waitMs);
    }
  }

  /** Waits until the pace allows a push, and until this replica leads. */
  async #turn(): Promise<void> {
    const waitMs = this.#earliest - performance.now();
    if (waitMs > 0) await this.#pause(waitMs);
    while (!this.#mayPush()) await this.#pause(leaderPollMs);
    this.#earliest = performance.now() + 1000 / this.#options.maxPushesPerSecond;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
    if (this.#signal.aborted) throw new Aborted();
  }
}

/** Halves: of the streams where there are several, else, if wanted, of the one stream's entries. */
function split(entries: readonly QueuedEntry[], withinStream: boolean): QueuedEntry[][] {
  const streams = [...Map.groupBy(entries, entry => entry.stream).values()];
  const parts = streams.length > 1 ? streams : withinStream ? entries.map(entry => [entry]) : streams;
  if (parts.length < 2) return parts;
  const middle = parts.length >> 1;
  return [parts.slice(0, middle).flat(), parts.slice(middle).flat()];
}
