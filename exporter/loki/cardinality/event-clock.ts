/** Two minutes: times are kept no finer, because a sixtieth of two hours is fine enough. */
const tickNs = 120e9;

/** Events whose median is taken as the time. */
const windowLength = 15;

/** What a clock goes on with; all in ticks since 1970. */
export interface ClockState {
  /** The times of the last events, in the order in which they came. */
  readonly window: readonly number[];
  readonly reference: number;
}

/** The tick that a time is in. @param time nanoseconds since 1970 */
export function tickOf(time: bigint): number {
  return Math.floor(Number(time) / tickNs);
}

/**
 * Time as the events tell it, so that the same events make the same time whenever they are read. Some nodes' clocks
 * are wrong, so it follows the median of the last 15 events, by one tick an event at most: an event from 2262 moves
 * nothing, and 60 in a row make two hours of it. A median more than two hours back says that it ran ahead: it goes on
 * from there, and never goes back itself.
 */
export class EventClock {
  /** Ticks since this clock was made. */
  now = 0;
  readonly #maxBehind: number;
  readonly #window: number[];
  readonly #sorted: number[];
  #reference: number;

  /** @param maxBehind ticks that the median may stand back before the clock takes it for the time */
  constructor(maxBehind: number, state?: ClockState) {
    this.#maxBehind = maxBehind;
    this.#window = [...(state?.window ?? [])].slice(-windowLength);
    this.#sorted = this.#window.toSorted((a, b) => a - b);
    this.#reference = state?.reference ?? Number.NEGATIVE_INFINITY;
  }

  /** An event of this tick has come. Returns whether time moved on. */
  advance(tick: number): boolean {
    this.#remember(tick);
    const median = this.#sorted[(this.#sorted.length - 1) >> 1] ?? tick;
    if (this.#window.length === 1 || median < this.#reference - this.#maxBehind) this.#reference = median;
    if (median <= this.#reference) return false;
    this.#reference += 1;
    this.now += 1;
    return true;
  }

  state(): ClockState {
    return { window: [...this.#window], reference: this.#window.length === 0 ? 0 : this.#reference };
  }

  #remember(tick: number): void {
    this.#window.push(tick);
    const oldest = this.#window.length > windowLength ? this.#window.shift() : undefined;
    if (oldest === tick) return;
    if (oldest !== undefined) this.#sorted.splice(this.#sorted.indexOf(oldest), 1);
    const place = this.#sorted.findIndex(other => other > tick);
    this.#sorted.splice(place === -1 ? this.#sorted.length : place, 0, tick);
  }
}
