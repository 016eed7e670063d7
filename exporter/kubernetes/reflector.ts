import { countOf, type PreviousCount } from '../event/occurrences.ts';
import { lastOccurrence } from '../event/timestamp.ts';
import type { CoreEvent } from '../event/wire.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { type Listed, list } from './list.ts';
import { keyOf, type LiveEvent, LiveEvents } from './live-events.ts';
import type { Position } from './position.ts';
import type { ReaderObserver, Revision, Step } from './reader.ts';
import type { Source } from './source.ts';
import { WatchReader } from './watch-reader.ts';

export interface ReflectorOptions {
  readonly source: Source<CoreEvent>;
  /** A first start ships only events that occurred after it; nanoseconds since 1970. */
  readonly since: bigint | undefined;
  /** Asks someone else for counts that nobody here knows: by key, as of revisions up to the given one. */
  readonly recall?: (keys: readonly string[], through: bigint) => Promise<Map<string, number>>;
  /** How long the API server keeps an event after its last revision. */
  readonly eventTtlMs: number;
}

/** The counts before a list: of the events that were known, and of those that were not. */
interface Before {
  readonly known?: LiveEvents | undefined;
  readonly absent: PreviousCount;
  /** What occurred before it was not wanted; nanoseconds since 1970. */
  readonly since?: bigint | undefined;
}

/**
 * Lists, then watches, for as long as the signal allows; every revision since the position comes out once, oldest
 * first. It remembers two numbers per live event: its last revision and count.
 */
export class Reflector extends WatchReader<CoreEvent> {
  readonly #options: ReflectorOptions;
  /** What is live at the position; undefined where nobody knows, as at a first start. */
  #live: LiveEvents | undefined;

  constructor(cluster: Cluster, observer: ReaderObserver, options: ReflectorOptions) {
    super(cluster, options.source, observer);
    this.#options = options;
  }

  protected override recallKnown(known: Map<string, LiveEvent>): void {
    this.#live = new LiveEvents(known);
  }

  /** A first start: everything that the API server still has. */
  protected override async *begin(signal: AbortSignal): AsyncGenerator<Step> {
    const { items, revision } = await this.#list(undefined, signal);
    const { since } = this.#options;
    const wanted = this.#wanted(items, since);
    yield* this.#ship(wanted, 0n, revision, { absent: 'unknown', since });
  }

  /** The state at the checkpoint, and of it what had not been delivered. */
  protected override async *resume(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.position;
    if (!start) return;
    const given = this.#live;
    const known = given ?? recorded(start);
    const { items, revision } = await this.#list(start.at, signal);
    // By another selection, what is not in the list may be there all the same.
    const comparable = start.selector === this.source.fieldSelector;
    if (comparable && start.witness && !this.#live?.has(start.witness)) {
      this.#live = given;
      throw new ApiError(`event ${start.witness.name} is not what it was at ${start.at}`, 0, {
        class: 'foreign',
      });
    }
    const fresh = items.filter(item => item.revision > start.from);
    this.observer.ignored('known', items.length - fresh.length);
    // A list that was cut short is shipped on with what was known when it began.
    const wanted = this.#wanted(fresh, start.since);
    yield* this.#ship(wanted, start.from, revision, before(start, known));
  }

  /** The state now, and of it what is newer than the position. */
  protected override async *relist(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.position;
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
    this.observer.ignored('known', items.length - fresh.length);
    if (fresh.length === items.length) this.#reportExpired(start);
    // What a list was cut short with tells of its own items alone.
    const absent = exact ? before(start, known).absent : 'unknown';
    const { since } = start;
    yield* this.#ship(this.#wanted(fresh, since), start.from, revision, { known, absent, since });
  }

  /** The position is not of this cluster's history: everything that isn't known to have been shipped. */
  protected override async *adopt(signal: AbortSignal): AsyncGenerator<Step> {
    const known = this.#live;
    const { items, revision } = await this.#list(undefined, signal);
    yield* this.#shipForeign(items, revision, known);
  }

  async *#shipForeign(
    items: Listed<CoreEvent>[],
    revision: bigint,
    known: LiveEvents | undefined,
  ): AsyncGenerator<Step> {
    const from = this.position?.time ?? Date.now();
    this.observer.gap({
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
    this.observer.ignored('known', items.length - fresh.length);
    yield* this.#ship(fresh, shared, revision, { known, absent: known ? 0 : 'unknown' });
  }

  /** Hands on the items of a list, oldest first. */
  async *#ship(
    items: readonly Listed<CoreEvent>[],
    from: bigint,
    at: bigint,
    { known, absent, since }: Before,
  ): AsyncGenerator<Step> {
    if (this.#live) this.observer.listed(at, this.#live, from, known !== undefined);
    const base = { at, ...this.trace() };
    const recalled = absent === 'unknown' ? await this.#recall(items, from) : undefined;
    const before = { ...beforeItems(items, known, absent), ...(since !== undefined && { since }) };
    this.position = { ...base, from: at };
    yield { position: { ...base, ...before, from } };
    for (const { object, revision } of items) {
      const previous = known?.get(object)?.count ?? recalled?.get(keyOf(object)) ?? absent;
      const position = { ...base, ...before, from: revision };
      yield { position, revision: revisionOf(object, revision, previous) };
    }
    yield { position: this.position };
  }

  #wanted(items: Listed<CoreEvent>[], since: bigint | undefined): Listed<CoreEvent>[] {
    if (since === undefined) return items;
    const wanted = items.filter(item => (lastOccurrence(item.object) ?? since) >= since);
    this.observer.ignored('older', items.length - wanted.length);
    return wanted;
  }

  /** Only what has occurred more than once can have been shipped before. */
  async #recall(items: readonly Listed<CoreEvent>[], from: bigint): Promise<Map<string, number> | undefined> {
    const keys = items.filter(({ object }) => countOf(object) > 1).map(({ object }) => keyOf(object));
    if (keys.length === 0 || from === 0n) return undefined;
    return this.#options.recall?.(keys, from);
  }

  protected override *deleted(event: CoreEvent, revision: bigint): Generator<Step> {
    this.#live?.delete(event);
    yield { position: this.moveTo(revision), gone: keyOf(event) };
  }

  protected override *changed(event: CoreEvent, revision: bigint): Generator<Step> {
    const previous = this.#live?.get(event)?.count ?? 0;
    this.#live?.set(event, revision);
    yield { position: this.moveTo(revision), revision: revisionOf(event, revision, previous) };
  }

  /** What a position tells of when, and of what, it was read. */
  protected override trace(): Pick<Position, 'time' | 'witness' | 'selector'> {
    const witness = this.#live?.witness;
    const selector = this.source.fieldSelector;
    return { time: Date.now(), ...(witness && { witness }), ...(selector && { selector }) };
  }

  /** Reads a whole list, which then is what is live. */
  async #list(at: bigint | undefined, signal: AbortSignal) {
    const live = new LiveEvents();
    const items: Listed<CoreEvent>[] = [];
    let revision = 0n;
    let malformed = 0;
    for await (const page of list(this.cluster, this.source, at, signal)) {
      revision = page.revision;
      malformed += page.malformed;
      for (const item of page.items) {
        live.set(item.object, item.revision);
        items.push(item);
      }
    }
    items.sort((a, b) => (a.revision < b.revision ? -1 : 1));
    this.#live = live;
    this.trust();
    this.observer.ignored('malformed', malformed);
    return { items, revision };
  }

  /**
   * Events expire in the order of their last revision. Where one from before the position is still there, nothing
   * after it has expired; where none is, what came and expired in between is lost.
   */
  #reportExpired(start: Position): void {
    const to = Date.now() - this.#options.eventTtlMs;
    if (!start.witness || start.time === undefined || to <= start.time) return;
    this.observer.gap({
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
