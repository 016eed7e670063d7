import type { PreviousCount } from '../event/occurrences.ts';
import type { CoreEvent } from '../event/wire.ts';
import type { LiveEvent } from './live-events.ts';
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
