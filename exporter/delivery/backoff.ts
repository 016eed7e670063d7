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

/**
 * Milliseconds that a `Retry-After` header asks for (seconds, or an HTTP date); undefined where it says nothing
 * that can be read. Source: RFC 9110, 10.2.3.
 */
export function parseRetryAfter(header: string | string[] | undefined, now = Date.now()): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
