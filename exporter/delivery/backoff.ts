/** How long to wait between tries of something that keeps failing: doubling, with jitter, up to a limit. */
export class Backoff {
  readonly #firstMs: number;
  readonly #limitMs: number;
  #tries = 0;

  constructor(firstMs: number, limitMs: number) {
    this.#firstMs = firstMs;
    this.#limitMs = limitMs;
  }

  /** Milliseconds before the next try, between half of the step and all of it. Each call is one more failure. */
  next(): number {
    const step = Math.min(this.#limitMs, this.#firstMs * 2 ** this.#tries);
    this.#tries += 1;
    return step / 2 + Math.random() * (step / 2);
  }

  reset(): void {
    this.#tries = 0;
  }
}

const longestMs = 5 * 60_000;

/**
 * Milliseconds that a `Retry-After` header asks for (seconds, or an HTTP date); undefined where it says nothing
 * that can be read, and five minutes at most: a date is told by another's clock. Source: RFC 9110, 10.2.3.
 */
export function parseRetryAfter(header: string | string[] | undefined, now = Date.now()): number | undefined {
  if (typeof header !== 'string') return undefined;
  const asked = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(0, asked), longestMs);
}
