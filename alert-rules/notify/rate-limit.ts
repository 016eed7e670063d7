/** How many messages a service takes in a time. */
export interface Rate {
  readonly messages: number;
  readonly seconds: number;
}

/**
 * Keeps to the rates of a service, in every stretch of their time and not only on average: some services answer a burst by
 * taking nothing at all for minutes.
 */
export class RateLimit {
  readonly #rates: readonly Rate[];
  readonly #now: () => number;
  /** When the latest messages go, in milliseconds; those to come are among them. */
  #times: number[] = [];
  #pausedUntil = 0;

  /** @param now milliseconds of a clock */
  constructor(rates: readonly Rate[], now: () => number = Date.now) {
    this.#rates = rates;
    this.#now = now;
  }

  /** Milliseconds until the next message may go. */
  waitMs(): number {
    const now = this.#now();
    const waits = this.#rates.map(({ messages, seconds }) => {
      const before = this.#times.at(-messages);
      return before === undefined ? 0 : before + seconds * 1000 - now;
    });
    return Math.max(0, this.#pausedUntil - now, ...waits);
  }

  /**
   * Takes the place of a message, where one is free soon enough.
   * @returns milliseconds to wait before it is sent; undefined where it would be more than `mostMs`
   */
  take(mostMs: number): number | undefined {
    const wait = this.waitMs();
    if (wait > mostMs) return undefined;
    this.#times.push(this.#now() + wait);
    const kept = Math.max(0, ...this.#rates.map(({ messages }) => messages));
    this.#times = kept === 0 ? [] : this.#times.slice(-kept);
    return wait;
  }

  /** Lets nothing go for a time: the service has said so. */
  pause(forMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + forMs);
  }
}
