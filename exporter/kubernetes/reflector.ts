import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../delivery/backoff.ts';
import { countOf, type PreviousCount } from '../event/occurrences.ts';
import { lastOccurrence } from '../event/timestamp.ts';
import type { CoreEvent } from '../event/wire.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { type Listed, list } from './list.ts';
import { keyOf, LiveEvents } from './live-events.ts';
import type { Position } from './position.ts';
import type { Reader, Revision, Start, Step } from './reader.ts';
import type { Source } from './source.ts';
import { type WatchFrame, watch } from './watch.ts';
import { confirmWitness } from './witness.ts';

/** Why a frame or a listed item brings no new revision. */
export const ignoredCauses = ['deleted', 'bookmark', 'known', 'older', 'malformed'] as const;
export type IgnoredCause = (typeof ignoredCauses)[number];

/** Why a watch ended. */
export const restartCauses = ['timeout', 'expired', 'paused', 'error'] as const;
export type RestartCause = (typeof restartCauses)[number];

/** A time from which events may be missing for good, in milliseconds since 1970. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface ReflectorOptions {
  readonly source: Source<CoreEvent>;
  /** A first start ships only events that occurred after it; nanoseconds since 1970. */
  readonly since: bigint | undefined;
  /** Asks someone else for counts that nobody here knows: by key, as of revisions up to the given one. */
  readonly recall?: (keys: readonly string[], through: bigint) => Promise<Map<string, number>>;
  /** How long the API server keeps an event after its last revision. */
  readonly eventTtlMs: number;
}

/** What the reflector tells of itself, to metrics, health and the log. */
export interface ReflectorObserver {
  frame(): void;
  ignored(cause: IgnoredCause, count: number): void;
  /**
   * A list is in, and will be shipped.
   * @param from what is newer than this will be; the counts of the rest are as they are listed
   * @param known whether the counts from before the list are known
   */
  listed(revision: bigint, live: LiveEvents, from: bigint, known: boolean): void;
  /** A watch has been answered. */
  watching(): void;
  restarted(cause: RestartCause): void;
  failed(error: ApiError, retryInMs: number): void;
  gap(gap: Gap): void;
}

/** The counts before a list: of the events that were known, and of those that were not. */
interface Before {
  readonly known?: LiveEvents | undefined;
  readonly absent: PreviousCount;
  /** What occurred before it was not wanted; nanoseconds since 1970. */
  readonly since?: bigint | undefined;
}

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
 * Lists, then watches, for as long as the signal allows; every revision since the position comes out once, oldest
 * first. It remembers two numbers per live event: its last revision and count.
 */
export class Reflector implements Reader {
  readonly #cluster: Cluster;
  readonly #observer: ReflectorObserver;
  readonly #options: ReflectorOptions;
  readonly #backoff = new Backoff(500, 30_000);
  /** What is live at `#position`; undefined where nobody knows, as at a first start. */
  #live: LiveEvents | undefined;
  #position: Position | undefined;
  #watching = new AbortController();
  /** The connection broke: what answers next may be another history. */
  #doubtful = false;

  constructor(cluster: Cluster, observer: ReflectorObserver, options: ReflectorOptions) {
    this.#cluster = cluster;
    this.#observer = observer;
    this.#options = options;
  }

  /** @param start where an earlier run ended; undefined for a first start, which ships what the API still has */
  async *run(start: Start | undefined, signal: AbortSignal): AsyncGenerator<Step> {
    this.#position = start?.position;
    if (start?.known) this.#live = new LiveEvents(start.known);
    let next: (signal: AbortSignal) => AsyncGenerator<Step> = start ? this.#resume : this.#begin;
    while (!signal.aborted) {
      const began = Date.now();
      try {
        yield* next.call(this, signal);
        next = this.#follow;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        if (Date.now() - began > healthyMs) this.#backoff.reset();
        if (error.class === 'expired' && next !== this.#adopt)
          next = this.#position ? this.#relist : this.#begin;
        if (error.class === 'foreign') next = this.#adopt;
        this.#doubtful = true;
        const waitMs = Math.max(this.#backoff.next(), error.retryAfterMs ?? 0);
        this.#observer.failed(error, waitMs);
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Closes the watch under way, because nobody takes its frames; it goes on from its position when they do. */
  pause(): void {
    this.#watching.abort();
  }

  /** A first start: everything that the API server still has. */
  async *#begin(signal: AbortSignal): AsyncGenerator<Step> {
    const { items, revision } = await this.#list(undefined, signal);
    const { since } = this.#options;
    const wanted = this.#wanted(items, since);
    yield* this.#ship(wanted, 0n, revision, { absent: 'unknown', since });
  }

  /** The state at the checkpoint, and of it what had not been delivered. */
  async *#resume(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.#position;
    if (!start) return;
    const given = this.#live;
    const known = given ?? recorded(start);
    const { items, revision } = await this.#list(start.at, signal);
    // By another selection, what is not in the list may be there all the same.
    const comparable = start.selector === this.#options.source.fieldSelector;
    if (comparable && start.witness && !this.#live?.has(start.witness)) {
      this.#live = given;
      throw new ApiError(`event ${start.witness.name} is not what it was at ${start.at}`, 0, {
        class: 'foreign',
      });
    }
    const fresh = items.filter(item => item.revision > start.from);
    this.#observer.ignored('known', items.length - fresh.length);
    // A list that was cut short is shipped on with what was known when it began.
    const wanted = this.#wanted(fresh, start.since);
    yield* this.#ship(wanted, start.from, revision, before(start, known));
  }

  /** The state now, and of it what is newer than the position. */
  async *#relist(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.#position;
    if (!start) return;
    const exact = this.#live !== undefined;
    const known = this.#live ?? recorded(start);
    const { items, revision } = await this.#list(undefined, signal);
    const rewound = items.some(item => (known?.get(item.object)?.revision ?? 0n) > item.revision);
    if (revision < start.at || rewound) {
      yield* this.#shipForeign(items, revision, known);
      return;
    }
    const fresh = items.filter(item => item.revision > start.from);
    this.#observer.ignored('known', items.length - fresh.length);
    if (fresh.length === items.length) this.#reportExpired(start);
    // What a list was cut short with tells of its own items alone.
    const absent = exact ? before(start, known).absent : 'unknown';
    const { since } = start;
    yield* this.#ship(this.#wanted(fresh, since), start.from, revision, { known, absent, since });
  }

  /** The position is not of this cluster's history: everything that isn't known to have been shipped. */
  async *#adopt(signal: AbortSignal): AsyncGenerator<Step> {
    const known = this.#live;
    const { items, revision } = await this.#list(undefined, signal);
    yield* this.#shipForeign(items, revision, known);
  }

  async *#shipForeign(
    items: Listed<CoreEvent>[],
    revision: bigint,
    known: LiveEvents | undefined,
  ): AsyncGenerator<Step> {
    const from = this.#position?.time ?? Date.now();
    this.#observer.gap({
      from,
      to: Date.now(),
      reason: 'the cluster was restored from a backup, or is another one',
    });
    // Up to the newest revision that is known, both histories are one.
    const shared = items.reduce((newest, { object, revision }) => {
      return known?.get(object)?.revision === revision && revision > newest ? revision : newest;
    }, 0n);
    const fresh = items.filter(({ object, revision }) => {
      return revision > shared && countOf(object) > (known?.get(object)?.count ?? 0);
    });
    this.#observer.ignored('known', items.length - fresh.length);
    yield* this.#ship(fresh, shared, revision, { known, absent: known ? 0 : 'unknown' });
  }

  /** Hands on the items of a list, oldest first. */
  async *#ship(
    items: readonly Listed<CoreEvent>[],
    from: bigint,
    at: bigint,
    { known, absent, since }: Before,
  ): AsyncGenerator<Step> {
    if (this.#live) this.#observer.listed(at, this.#live, from, known !== undefined);
    const base = { at, ...this.#trace() };
    const recalled = absent === 'unknown' ? await this.#recall(items, from) : undefined;
    const before = { ...beforeItems(items, known, absent), ...(since !== undefined && { since }) };
    this.#position = { ...base, from: at };
    yield { position: { ...base, ...before, from } };
    for (const { object, revision } of items) {
      const previous = known?.get(object)?.count ?? recalled?.get(keyOf(object)) ?? absent;
      const position = { ...base, ...before, from: revision };
      yield { position, revision: revisionOf(object, revision, previous) };
    }
    yield { position: this.#position };
  }

  #wanted(items: Listed<CoreEvent>[], since: bigint | undefined): Listed<CoreEvent>[] {
    if (since === undefined) return items;
    const wanted = items.filter(item => (lastOccurrence(item.object) ?? since) >= since);
    this.#observer.ignored('older', items.length - wanted.length);
    return wanted;
  }

  /** Only what has occurred more than once can have been shipped before. */
  async #recall(items: readonly Listed<CoreEvent>[], from: bigint): Promise<Map<string, number> | undefined> {
    const keys = items.filter(({ object }) => countOf(object) > 1).map(({ object }) => keyOf(object));
    if (keys.length === 0 || from === 0n) return undefined;
    return this.#options.recall?.(keys, from);
  }

  /** Watches until the server ends it. After one without a frame, or none lately, it lists, lest the position grow old. */
  async *#follow(signal: AbortSignal): AsyncGenerator<Step> {
    const began = Date.now();
    const start = this.#position;
    if (!start) return;
    if (this.#doubtful) await confirmWitness(this.#cluster, this.#options.source, start, signal);
    this.#doubtful = false;
    this.#watching = new AbortController();
    const frames = watch(this.#cluster, {
      source: this.#options.source,
      from: start.at,
      timeoutSeconds: watchSeconds(),
      signal: AbortSignal.any([signal, this.#watching.signal]),
      answered: () => this.#observer.watching(),
    });
    let quiet = true;
    try {
      for await (const frame of frames) {
        quiet = false;
        this.#observer.frame();
        const step = this.#read(frame);
        if (step) yield step;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const expired = error instanceof ApiError && error.class === 'expired';
      this.#observer.restarted(this.#watching.signal.aborted ? 'paused' : expired ? 'expired' : 'error');
      if (this.#watching.signal.aborted) return;
      throw error;
    }
    this.#observer.restarted('timeout');
    if (Date.now() - began < 1000) throw new ApiError('the watch was ended as soon as it began', 0);
    this.#backoff.reset();
    const isOld = Date.now() - (this.#position?.time ?? 0) > youngMs;
    if (quiet || isOld) yield* this.#relist(signal);
  }

  #read(frame: WatchFrame<CoreEvent>): Step | undefined {
    if (frame.type === 'malformed') {
      this.#observer.ignored('malformed', 1);
      return undefined;
    }
    const { object, revision } = frame;
    // Events that expire together are deleted together, under one resourceVersion.
    const at = this.#position?.at ?? -1n;
    if (revision < at || (revision === at && frame.type !== 'DELETED')) {
      this.#observer.ignored('known', 1);
      return undefined;
    }
    const key = keyOf(object);
    if (frame.type === 'DELETED' || frame.type === 'BOOKMARK') {
      const gone = frame.type === 'DELETED';
      if (gone) this.#live?.delete(object);
      this.#observer.ignored(gone ? 'deleted' : 'bookmark', 1);
      return { position: this.#moveTo(revision), ...(gone && { gone: key }) };
    }
    const previous = this.#live?.get(object)?.count ?? 0;
    this.#live?.set(object, revision);
    return { position: this.#moveTo(revision), revision: revisionOf(object, revision, previous) };
  }

  #moveTo(revision: bigint): Position {
    this.#position = { from: revision, at: revision, ...this.#trace() };
    return this.#position;
  }

  /** What a position tells of when, and of what, it was read. */
  #trace(): Pick<Position, 'time' | 'witness' | 'selector'> {
    const witness = this.#live?.witness;
    const selector = this.#options.source.fieldSelector;
    return { time: Date.now(), ...(witness && { witness }), ...(selector && { selector }) };
  }

  /** Reads a whole list, which then is what is live. */
  async #list(at: bigint | undefined, signal: AbortSignal) {
    const live = new LiveEvents();
    const items: Listed<CoreEvent>[] = [];
    let revision = 0n;
    let malformed = 0;
    for await (const page of list(this.#cluster, this.#options.source, at, signal)) {
      revision = page.revision;
      malformed += page.malformed;
      for (const item of page.items) {
        live.set(item.object, item.revision);
        items.push(item);
      }
    }
    items.sort((a, b) => (a.revision < b.revision ? -1 : 1));
    this.#live = live;
    this.#doubtful = false;
    this.#observer.ignored('malformed', malformed);
    return { items, revision };
  }

  /**
   * Events expire in the order of their last revision. Where one from before the position is still there, nothing
   * after it has expired; where none is, what came and expired in between is lost.
   */
  #reportExpired(start: Position): void {
    const to = Date.now() - this.#options.eventTtlMs;
    if (!start.witness || start.time === undefined || to <= start.time) return;
    this.#observer.gap({
      from: start.time,
      to,
      reason: 'events of this time have expired in the API server',
    });
  }
}

function revisionOf(event: CoreEvent, revision: bigint, previous: PreviousCount): Revision {
  return { event, key: keyOf(event), revision, count: countOf(event), previous };
}

function before(start: Position, known: LiveEvents | undefined): Before {
  return { known, absent: start.baseline === 'unknown' || !known ? 'unknown' : 0, since: start.since };
}

/** So many counts fit on a Lease, whose annotations hold 256 KiB. */
const maxRecorded = 2000;

/** What a position says of the counts before a list, so that a restart makes the same entries of it. */
function beforeItems(
  items: readonly Listed<CoreEvent>[],
  known: LiveEvents | undefined,
  absent: PreviousCount,
): Pick<Position, 'baseline' | 'counts'> {
  if (absent === 'unknown') return { baseline: 'unknown' };
  const counts = items.flatMap(({ object }) => {
    const count = known?.get(object)?.count;
    return count === undefined ? [] : [[keyOf(object), count] as const];
  });
  if (counts.length > maxRecorded) return { baseline: 'unknown' };
  return counts.length > 0 || items.length > 0 ? { counts: Object.fromEntries(counts) } : {};
}

/** The counts that a position carries. */
function recorded({ counts }: Position): LiveEvents | undefined {
  if (!counts) return undefined;
  return new LiveEvents(
    new Map(Object.entries(counts).map(([key, count]) => [key, { revision: 0n, count }])),
  );
}
