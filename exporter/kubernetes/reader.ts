import type { PreviousCount } from '../event/occurrences.ts';
import type { CoreEvent } from '../event/wire.ts';
import type { ApiError } from './api-error.ts';
import type { LiveEvent, LiveEvents } from './live-events.ts';
import type { Position } from './position.ts';

/** One new revision of an event. */
export interface Revision extends LiveEvent {
  readonly event: CoreEvent;
  /** What the event is told by. */
  readonly key: string;
  /** The event's count at its revision before this one. */
  readonly previous: PreviousCount;
}

/** What a reader hands on: a revision or only a move, and the position once it and all before are settled. */
export interface Step {
  readonly position: Position;
  readonly revision?: Revision;
  /** The key of an event that is gone. */
  readonly gone?: string;
}

/** Where an earlier run ended, and what it knew of the events that were live then. */
export interface Start {
  readonly position: Position;
  readonly known?: Map<string, LiveEvent> | undefined;
}

/** Reads one source of the API server. */
export interface Reader {
  /**
   * Every revision since the position, once, oldest first, for as long as the signal allows.
   * @param start where an earlier run ended; undefined for a first start, which hands on what the API still has
   */
  run(start: Start | undefined, signal: AbortSignal): AsyncIterable<Step>;
  /** Closes the watch under way, because nobody takes its frames; it goes on from its position when they do. */
  pause(): void;
}

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

/** What a reader tells of itself, to metrics, health and the log. */
export interface ReaderObserver {
  frame(): void;
  ignored(cause: IgnoredCause, count: number): void;
  /**
   * A list is in, and will be shipped.
   * @param live what is remembered now of what there is, by key
   * @param from what is newer than this will be; the counts of the rest are as they are listed
   * @param known whether the counts from before the list are known
   */
  listed(revision: bigint, live: Pick<LiveEvents, 'size' | 'entries'>, from: bigint, known: boolean): void;
  /** A watch has been answered. */
  watching(): void;
  restarted(cause: RestartCause): void;
  failed(error: ApiError, retryInMs: number): void;
  gap(gap: Gap): void;
}
