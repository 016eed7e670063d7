import { setTimeout as sleep } from 'node:timers/promises';
import { restamp } from '../loki/encode.ts';
import { nearestAcceptable, type RefusalCause } from '../loki/refusal.ts';
import { Backoff } from './backoff.ts';
import { Parked } from './parked.ts';
import type { BatchLimits, EntryQueue, QueuedEntry } from './queue.ts';
import type { PushResult, RetryCause, Sink } from './sink.ts';
import { byTime, Streams } from './streams.ts';

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

type Refused = PushResult & { readonly kind: 'refused' };
type Retry = PushResult & { readonly kind: 'retry' };

/** So many entries that wait apart are tried at once. */
const parkedBatch = 500;

/** No push is cut smaller than this by the rate limit. */
const minPushBytes = 4096;

/** An entry whose time Loki refuses so often is given up. */
const maxRestamps = 3;

/** Pushes under way at a time, of entries that share no stream. */
const maxConcurrent = 8;

/** How often a replica that isn't the leader looks whether it is. */
const leaderPollMs = 200;

/** The signal ended the delivery in the middle of a push. */
class Aborted extends Error {}

/**
 * Takes what waits and pushes it: at once when the wire is free, and in larger batches the longer a push takes.
 * Of a stream one push is under way at a time, so that its entries arrive in the order in which they came. What Loki
 * refuses of a push is taken apart from what it stores.
 */
export class Delivery {
  readonly #queue: EntryQueue;
  readonly #sink: Sink;
  readonly #options: DeliveryOptions;
  readonly #observer: DeliveryObserver;
  readonly #mayPush: () => boolean;
  readonly #replaced: (entries: readonly QueuedEntry[]) => void;
  readonly #backoff = new Backoff(500, 30_000);
  readonly #parked = new Parked();
  readonly #streams = new Streams();
  /** Bytes per push: fewer where Loki's rate limit wouldn't take so many at once. */
  #maxBytes: number;
  #signal = new AbortController().signal;
  /** When the next batch may be taken, and until when pushes wait after one that failed. */
  #earliest = 0;
  #resumeAt = 0;

  constructor(parts: {
    queue: EntryQueue;
    sink: Sink;
    options: DeliveryOptions;
    observer: DeliveryObserver;
    /** Asked before each push: whether this replica is the leader. */
    mayPush?: () => boolean;
    /** Entries have got another time. */
    replaced?: (entries: readonly QueuedEntry[]) => void;
  }) {
    this.#queue = parts.queue;
    this.#sink = parts.sink;
    this.#options = parts.options;
    this.#maxBytes = parts.options.maxBytes;
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
        const limits = { maxBytes: this.#maxBytes, maxEntries: this.#options.maxEntries };
        await this.#pace();
        const batch = await this.#queue.take(limits, wake);
        if (batch.length === 0 && !wake.aborted) return;
        for (const pushes of this.#streams.plan(this.#divert(batch))) await this.#deliverTogether(pushes);
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
      const entries = this.#parked.takeFirst();
      for (let start = 0; start < entries.length; start += parkedBatch) {
        const some = entries.slice(start, start + parkedBatch);
        await this.#deliver(some);
        const stream = some[0]?.stream ?? '';
        if (!this.#parked.has(stream)) continue;
        this.#parked.add(stream, entries.slice(start + parkedBatch));
        return;
      }
    }
    this.#observer.parked(0, '');
  }

  /** Sees each of the entries to its end: delivered, dropped, or parked. */
  async #deliver(entries: readonly QueuedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const result = await this.#push(entries);
    switch (result.kind) {
      case 'accepted':
        this.#maxBytes = Math.min(this.#options.maxBytes, this.#maxBytes * 2);
        this.#streams.accepted(entries);
        return this.#settle(entries);
      case 'retry':
        return this.#deliverAll(halves(entries));
      case 'stream_limit': {
        const parts = halvesOfStreams(entries);
        if (parts.length > 1) return this.#deliverAll(parts);
        this.#parked.add(entries[0]?.stream ?? '', entries);
        return this.#observer.parked(this.#parked.streams, result.message);
      }
      case 'refused':
        return this.#takeApart(entries, result);
    }
  }

  /** Several at a time: every new stream takes a push of its own, and there are hundreds at a first start. */
  async #deliverTogether(pushes: readonly (readonly QueuedEntry[])[]): Promise<void> {
    const left = pushes.values();
    const deliverNext = async () => {
      for (const push of left) await this.#deliver(push);
    };
    const workers = Array.from({ length: Math.min(maxConcurrent, pushes.length) }, deliverNext);
    const ends = await Promise.allSettled(workers);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #deliverAll(parts: readonly (readonly QueuedEntry[])[]): Promise<void> {
    for (const part of parts) await this.#deliver(part);
  }

  #settle(entries: readonly QueuedEntry[]): void {
    this.#observer.delivered(entries.length);
    this.#queue.settle(entries);
  }

  /** Finds which of the entries Loki refused; the others it has stored, or stores again without a trace. */
  async #takeApart(entries: readonly QueuedEntry[], result: Refused): Promise<void> {
    const streams = halvesOfStreams(entries);
    if (streams.length > 1) return this.#deliverAll(streams);
    const { ignored, cause } = result.refusal;
    if (ignored?.of === entries.length && ignored.entries < entries.length) {
      // It names how many were too far behind: the oldest, and the others are stored.
      const sorted = entries.toSorted(byTime);
      this.#settle(sorted.slice(ignored.entries));
      return this.#moveOrDrop(sorted.slice(0, ignored.entries), result);
    }
    const nearest = nearestAcceptable(result.refusal, result.now);
    const certain = entries.filter(({ timestamp }) => nearest?.refuses(timestamp));
    if (certain.length > 0 && certain.length < entries.length) {
      const rest = entries.filter(entry => !certain.includes(entry));
      // A newer entry makes Loki's window for older ones move on, so it goes last.
      if (cause === 'too_new') await this.#deliver(rest);
      await this.#moveOrDrop(certain, result);
      if (cause !== 'too_new') await this.#deliver(rest);
      return;
    }
    if (entries.length > 1 && certain.length === 0) return this.#deliverAll(halves(entries));
    // A refusal in words that Loki isn't known for may be somebody else's.
    if (cause === 'refused' && !(await this.#isLoki())) return this.#deliver(entries);
    return this.#moveOrDrop(entries, result);
  }

  /** Whether it is Loki that answers; after a wait where it is not. @throws Aborted */
  async #isLoki(): Promise<boolean> {
    const result = await this.#sink.probe(this.#signal);
    if (result.kind !== 'retry') return true;
    await this.#waitAfter(result);
    return false;
  }

  /** Entries that Loki refuses, each of them: another time where that was the cause, else it is lost. */
  async #moveOrDrop(entries: readonly QueuedEntry[], result: Refused): Promise<void> {
    const nearest = nearestAcceptable(result.refusal, result.now);
    const movable = nearest ? entries.filter(({ restamps = 0 }) => restamps < maxRestamps) : [];
    const lost = entries.filter(entry => !movable.includes(entry));
    for (const entry of lost) this.#observer.dropped(result.refusal.cause, entry, result.message);
    this.#queue.settle(lost);
    if (!nearest || movable.length === 0) return;
    for (const entry of movable) {
      restamp(entry, nearest.timestamp);
      entry.restamps = (entry.restamps ?? 0) + 1;
    }
    this.#replaced(movable);
    this.#observer.restamped(result.refusal.cause, movable.length);
    return this.#deliver(movable);
  }

  /**
   * Pushes until Loki has given an answer that a retry of the same push wouldn't change. `retry` is a push above what
   * the rate limit takes at once: it goes in halves.
   * @throws Aborted
   */
  async #push(entries: readonly QueuedEntry[]): Promise<PushResult> {
    const body = this.#sink.encode(entries);
    for (;;) {
      await this.#turn();
      const began = performance.now();
      const result = await this.#sink.push(body, this.#signal);
      if (this.#signal.aborted && result.kind === 'retry') throw new Aborted();
      this.#observer.pushed((performance.now() - began) / 1000);
      if (result.kind !== 'retry') {
        this.#backoff.reset();
        return result;
      }
      await this.#waitAfter(result);
      if (result.cause === 'rate_limited' && entries.length > 1) {
        const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
        this.#maxBytes = Math.max(minPushBytes, bytes / 2);
        return result;
      }
    }
  }

  /** Waits until the pace allows another batch. */
  async #pace(): Promise<void> {
    const waitMs = this.#earliest - performance.now();
    if (waitMs > 0) await this.#pause(waitMs);
    this.#earliest = performance.now() + 1000 / this.#options.maxPushesPerSecond;
  }

  /** Waits until this replica leads. */
  async #turn(): Promise<void> {
    while (!this.#mayPush()) await this.#pause(leaderPollMs);
  }

  /** Waits after a push that failed; pushes that fail side by side wait together. */
  async #waitAfter(result: Retry): Promise<void> {
    const now = performance.now();
    if (this.#resumeAt <= now) this.#resumeAt = now + this.#backoff.next();
    this.#resumeAt = Math.max(this.#resumeAt, now + (result.retryAfterMs ?? 0));
    // What is added and taken away again is a fraction off.
    const waitMs = Math.round(this.#resumeAt - now);
    this.#observer.retrying(result.cause, result.message, waitMs);
    await this.#pause(waitMs);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
    if (this.#signal.aborted) throw new Aborted();
  }
}

function halves(entries: readonly QueuedEntry[]): QueuedEntry[][] {
  const middle = entries.length >> 1;
  return [entries.slice(0, middle), entries.slice(middle)];
}

/** Halves that share no stream; the whole where there is one stream only. */
function halvesOfStreams(entries: readonly QueuedEntry[]): QueuedEntry[][] {
  const streams = [...Map.groupBy(entries, entry => entry.stream).values()];
  if (streams.length < 2) return streams;
  const middle = streams.length >> 1;
  return [streams.slice(0, middle).flat(), streams.slice(middle).flat()];
}
