import type { Counter } from 'prom-client';

/**
 * A counter whose value moves only when it is published, so that all accounts of one scrape are from one moment, and
 * add up.
 */
export class Account {
  readonly #counter: Counter<string>;
  #pending = 0;
  readonly #pendingByCause = new Map<string, number>();

  constructor(counter: Counter<string>) {
    this.#counter = counter;
  }

  /** Adds to it, or to one of its causes. */
  inc(what: number | { readonly cause: string } = 1, by = 1): void {
    if (typeof what === 'number') this.#pending += what;
    else this.#pendingByCause.set(what.cause, (this.#pendingByCause.get(what.cause) ?? 0) + by);
  }

  publish(): void {
    if (this.#pending > 0) this.#counter.inc(this.#pending);
    this.#pending = 0;
    for (const [cause, by] of this.#pendingByCause) this.#counter.inc({ cause }, by);
    this.#pendingByCause.clear();
  }
}
