import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../delivery/backoff.ts';
import { countOf, type PreviousCount } from '../event/occurrences.ts';
import type { CoreEvent } from '../event/wire.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { type ListedEvent, list } from './list.ts';
import { type WatchFrame, watch } from './watch.ts';

/**
 * How far a source has come. A restart lists exactly at `at`, ships what is newer than `from`, and watches from
 * `at`. In steady state both are the same; while a list is shipped, `from` moves up to `at`.
 */
export interface Position {
  readonly from: bigint;
  readonly at: bigint;
  /** When it was read, in milliseconds since 1970. */
  readonly time?: number;
  /** The newest event that was live at `at`: another cluster, or one restored from a backup, doesn't have it. */
  readonly witness?: Witness;
}

/** One revision of one event. */
export interface Witness {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: bigint;
}

/** One new revision of an event. */
export interface Revision {
  readonly event: CoreEvent;
  /** The event's count at its revision before this one. */
  readonly previous: PreviousCount;
}

/** What the reflector hands on: a revision or only a move, and the position once it and all before are settled. */
export interface Step {
  readonly position: Position;
  readonly revision?: Revision;
}

/** Why a frame or a listed item brings no new revision. */
export const ignoredCauses = ['deleted', 'bookmark', 'known', 'malformed'] as const;
export type IgnoredCause = (typeof ignoredCauses)[number];

/** Why a watch ended. */
export const restartCauses = ['timeout', 'expired', 'error'] as const;
export type RestartCause = (typeof restartCauses)[number];

/** What the reflector tells of itself, to metrics, health and the log. */
export interface ReflectorObserver {
  frame(): void;
  ignored(cause: IgnoredCause, count: number): void;
  listed(revision: bigint, events: number): void;
  restarted(cause: RestartCause): void;
  failed(error: ApiError, retryInMs: number): void;
}

/** A watch that lived this long has earned a fresh backoff. */
const healthyMs = 10_000;

/** The watch is ended by the server inside etcd's compaction window of five minutes, with jitter. */
const watchSeconds = () => 180 + Math.floor(Math.random() * 60);

/** core/v1 holds both generations of an event's fields. */
const path = '/api/v1/events';

/**
 * Lists, then watches, for as long as the signal allows; every revision since the position comes out once, oldest
 * first. It remembers one number per live event: its last count.
 */
export class Reflector {
  readonly #cluster: Cluster;
  readonly #observer: ReflectorObserver;
  readonly #backoff = new Backoff(500, 30_000);
  /** Every live event's count at `#at`. */
  #counts = new Map<string, number>();
  /** Whether `#counts` is complete: an event that isn't in it is a new one. */
  #complete = false;
  #at: bigint | undefined;

  constructor(cluster: Cluster, observer: ReflectorObserver) {
    this.#cluster = cluster;
    this.#observer = observer;
  }

  /** @param start where an earlier run ended; undefined for a first start, which ships all that the API still has */
  async *run(start: Position | undefined, signal: AbortSignal): AsyncGenerator<Step> {
    let next: () => AsyncGenerator<Step> = start
      ? () => this.#resume(start, signal)
      : () => this.#relist(0n, signal);
    while (!signal.aborted) {
      const began = Date.now();
      try {
        yield* next();
        next = () => this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (Date.now() - began > healthyMs) this.#backoff.reset();
        const from = this.#at ?? start?.from ?? 0n;
        if (error.class === 'expired') next = () => this.#relist(from, signal);
        if (error.class === 'future') next = () => this.#startAnew(signal);
        const waitMs = Math.max(this.#backoff.next(), error.retryAfterMs ?? 0);
        this.#observer.failed(error, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** The state at the checkpoint, and of it what had not been delivered. */
  async *#resume(start: Position, signal: AbortSignal): AsyncGenerator<Step> {
    const { items, revision } = await this.#list(start.at, start.from, signal);
    for (const item of items) yield step({ from: item.revision, at: revision }, item.object, 'unknown');
    this.#at = revision;
    yield { position: { from: revision, at: revision } };
  }

  /** The state now, and of it what is newer than `from`. */
  async *#relist(from: bigint, signal: AbortSignal): AsyncGenerator<Step> {
    const known = this.#complete ? this.#counts : undefined;
    const { items, revision } = await this.#list(undefined, from, signal);
    yield { position: { from, at: revision } };
    for (const item of items) {
      const previous = known ? (known.get(keyOf(item.object)) ?? 0) : 'unknown';
      yield step({ from: item.revision, at: revision }, item.object, previous);
    }
    this.#at = revision;
    yield { position: { from: revision, at: revision } };
  }

  async *#startAnew(signal: AbortSignal): AsyncGenerator<Step> {
    this.#complete = false;
    yield* this.#relist(0n, signal);
  }

  /** Watches until the server ends it. After a watch without one frame it lists, lest the position grow too old. */
  async *#follow(signal: AbortSignal): AsyncGenerator<Step> {
    const began = Date.now();
    let quiet = true;
    const frames = watch(this.#cluster, {
      path,
      from: this.#at ?? 0n,
      timeoutSeconds: watchSeconds(),
      signal,
    });
    try {
      for await (const frame of frames) {
        quiet = false;
        this.#observer.frame();
        const next = this.#read(frame);
        if (next) yield next;
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#observer.restarted(
          error instanceof ApiError && error.class === 'expired' ? 'expired' : 'error',
        );
      }
      throw error;
    }
    this.#observer.restarted('timeout');
    if (Date.now() - began < 1000) throw new ApiError('the watch was ended as soon as it began', 0);
    this.#backoff.reset();
    if (quiet) yield* this.#relist(this.#at ?? 0n, signal);
  }

  #read(frame: WatchFrame): Step | undefined {
    if (frame.type === 'malformed') {
      this.#observer.ignored('malformed', 1);
      return undefined;
    }
    const { object, revision } = frame;
    if (this.#at !== undefined && revision <= this.#at) {
      this.#observer.ignored('known', 1);
      return undefined;
    }
    this.#at = revision;
    const position = { from: revision, at: revision };
    const key = keyOf(object);
    if (frame.type === 'DELETED' || frame.type === 'BOOKMARK') {
      if (frame.type === 'DELETED') this.#counts.delete(key);
      this.#observer.ignored(frame.type === 'DELETED' ? 'deleted' : 'bookmark', 1);
      return { position };
    }
    const previous = this.#counts.get(key) ?? 0;
    this.#counts.set(key, countOf(object));
    return step(position, object, previous);
  }

  /** Reads a whole list: all counts, and the events that are newer than `from`, oldest first. */
  async #list(at: bigint | undefined, from: bigint, signal: AbortSignal) {
    const counts = new Map<string, number>();
    const items: ListedEvent[] = [];
    let revision = 0n;
    let malformed = 0;
    for await (const page of list(this.#cluster, path, at, signal)) {
      revision = page.revision;
      malformed += page.malformed;
      for (const item of page.items) {
        counts.set(keyOf(item.object), countOf(item.object));
        if (item.revision > from) items.push(item);
      }
    }
    items.sort((a, b) => (a.revision < b.revision ? -1 : 1));
    this.#counts = counts;
    this.#complete = true;
    this.#observer.listed(revision, counts.size);
    this.#observer.ignored('known', counts.size - items.length);
    this.#observer.ignored('malformed', malformed);
    return { items, revision };
  }
}

function step(position: Position, event: CoreEvent, previous: PreviousCount): Step {
  return { position, revision: { event, previous } };
}

/** An event is told by its uid; a name may be used again. */
function keyOf(event: CoreEvent): string {
  return event.metadata?.uid ?? `${event.metadata?.namespace}/${event.metadata?.name}`;
}
