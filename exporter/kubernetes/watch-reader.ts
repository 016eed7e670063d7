import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../delivery/backoff.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import type { Position } from './position.ts';
import type { Reader, ReaderObserver, Start, Step } from './reader.ts';
import type { Source, WatchedObject } from './source.ts';
import { type WatchFrame, watch } from './watch.ts';
import { confirmWitness } from './witness.ts';

/** A watch that lived this long has earned a fresh backoff. */
const healthyMs = 10_000;

/**
 * A position that is older than this when a watch ends would leave etcd's compaction window of five minutes during the
 * next watch.
 */
const youngMs = 60_000;

/** The watch is ended by the server inside that window, with jitter. */
const watchSeconds = () => 180 + Math.floor(Math.random() * 60);

/**
 * Lists, then watches, for as long as the signal allows, and decides after each failure how to go on. What objects mean
 * is up to those who extend it.
 */
export abstract class WatchReader<T extends WatchedObject> implements Reader {
  protected readonly cluster: Cluster;
  protected readonly source: Source<T>;
  protected readonly observer: ReaderObserver;
  protected position: Position | undefined;
  readonly #backoff = new Backoff(500, 30_000);
  #watching = new AbortController();
  /** The connection broke: what answers next may be another history. */
  #doubtful = false;

  constructor(cluster: Cluster, source: Source<T>, observer: ReaderObserver) {
    this.cluster = cluster;
    this.source = source;
    this.observer = observer;
  }

  async *run(start: Start | undefined, signal: AbortSignal): AsyncGenerator<Step> {
    this.position = start?.position;
    if (start?.known) this.recallKnown(start.known);
    let next: (signal: AbortSignal) => AsyncGenerator<Step> = start ? this.resume : this.begin;
    while (!signal.aborted) {
      const began = Date.now();
      try {
        yield* next.call(this, signal);
        next = this.#follow;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (Date.now() - began > healthyMs) this.#backoff.reset();
        if (error.class === 'expired' && next !== this.adopt) next = this.position ? this.relist : this.begin;
        if (error.class === 'foreign') next = this.adopt;
        this.#doubtful = true;
        const waitMs = Math.max(this.#backoff.next(), error.retryAfterMs ?? 0);
        this.observer.failed(error, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  pause(): void {
    this.#watching.abort();
  }

  /** What an earlier run knew. */
  protected abstract recallKnown(known: NonNullable<Start['known']>): void;

  /** A first start. */
  protected abstract begin(signal: AbortSignal): AsyncGenerator<Step>;

  /** The state at the position, and of it what had not been handed on. */
  protected abstract resume(signal: AbortSignal): AsyncGenerator<Step>;

  /** The state now, and of it what is newer than the position. */
  protected abstract relist(signal: AbortSignal): AsyncGenerator<Step>;

  /** The state now, of another history than the position's. */
  protected abstract adopt(signal: AbortSignal): AsyncGenerator<Step>;

  /** An object was created or changed. */
  protected abstract changed(object: T, revision: bigint): Iterable<Step>;

  /** An object is gone. */
  protected abstract deleted(object: T, revision: bigint): Iterable<Step>;

  /** What the position tells besides where it is. */
  protected abstract trace(): Omit<Position, 'from' | 'at'>;

  /** A list has answered: it is of the history that goes on. */
  protected trust(): void {
    this.#doubtful = false;
  }

  protected moveTo(revision: bigint): Position {
    this.position = { from: revision, at: revision, ...this.trace() };
    return this.position;
  }

  /** Watches until the server ends it. After one without a frame, or none lately, it lists, lest the position grow old. */
  async *#follow(signal: AbortSignal): AsyncGenerator<Step> {
    const began = Date.now();
    const start = this.position;
    if (!start) return;
    if (this.#doubtful) await confirmWitness(this.cluster, this.source, start, signal);
    this.#doubtful = false;
    this.#watching = new AbortController();
    const frames = watch(this.cluster, {
      source: this.source,
      from: start.at,
      timeoutSeconds: watchSeconds(),
      signal: AbortSignal.any([signal, this.#watching.signal]),
      answered: () => this.observer.watching(),
    });
    let quiet = true;
    try {
      for await (const frame of frames) {
        quiet = false;
        this.observer.frame();
        yield* this.#read(frame);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const expired = error instanceof ApiError && error.class === 'expired';
      this.observer.restarted(this.#watching.signal.aborted ? 'paused' : expired ? 'expired' : 'error');
      if (this.#watching.signal.aborted) return;
      throw error;
    }
    this.observer.restarted('timeout');
    if (Date.now() - began < 1000) throw new ApiError('the watch was ended as soon as it began', 0);
    this.#backoff.reset();
    const isOld = Date.now() - (this.position?.time ?? 0) > youngMs;
    if (quiet || isOld) yield* this.relist(signal);
  }

  *#read(frame: WatchFrame<T>): Generator<Step> {
    if (frame.type === 'malformed') {
      this.observer.ignored('malformed', 1);
      return;
    }
    const { type, object, revision } = frame;
    // Objects that expire together are deleted together, under one resourceVersion.
    const at = this.position?.at ?? -1n;
    if (revision < at || (revision === at && type !== 'DELETED')) {
      this.observer.ignored('known', 1);
    } else if (type === 'BOOKMARK') {
      this.observer.ignored('bookmark', 1);
      yield { position: this.moveTo(revision) };
    } else if (type === 'DELETED') {
      this.observer.ignored('deleted', 1);
      yield* this.deleted(object, revision);
    } else {
      yield* this.changed(object, revision);
    }
  }
}
