import type { QueuedEntry } from './queue.ts';

/** How long a refused stream waits before it is tried again, in milliseconds. */
const retryMs = 15_000;

/**
 * Entries of streams that Loki has no room for: they wait apart, in order, so that the other streams go on. Their bytes
 * stay counted in the queue.
 */
export class Parked {
  readonly #streams = new Map<string, QueuedEntry[]>();
  #retryAt = 0;

  /** Streams that wait. */
  get streams(): number {
    return this.#streams.size;
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** Milliseconds until the next try; undefined where nothing waits. */
  get dueInMs(): number | undefined {
    return this.#streams.size === 0 ? undefined : Math.max(0, this.#retryAt - performance.now());
  }

  /** Entries of one stream, behind those of it that wait already. */
  add(stream: string, entries: readonly QueuedEntry[]): void {
    const waiting = this.#streams.get(stream);
    if (waiting) waiting.push(...entries);
    else this.#streams.set(stream, [...entries]);
    if (this.#retryAt <= performance.now()) this.#retryAt = performance.now() + retryMs;
  }

  /** Takes the entries of the stream that has waited longest. */
  takeFirst(): readonly QueuedEntry[] {
    for (const [stream, entries] of this.#streams) {
      this.#streams.delete(stream);
      return entries;
    }
    return [];
  }
}
