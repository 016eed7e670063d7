import type { QueuedEntry } from './queue.ts';

/**
 * The checkpoint's arithmetic: entries are taken in order and settled in any order (some wait apart), and the position
 * is that of the newest entry with nothing unsettled before it.
 */
export class Progress {
  readonly #advanced: (passed: readonly QueuedEntry[]) => void;
  #taken: QueuedEntry[] = [];
  readonly #settled = new Set<QueuedEntry>();

  /** @param advanced called with the entries that the position has moved over, in order; its last one holds it */
  constructor(advanced: (passed: readonly QueuedEntry[]) => void) {
    this.#advanced = advanced;
  }

  /** What was taken and not passed, in order; some of it may be settled. */
  open(): readonly QueuedEntry[] {
    return this.#taken;
  }

  take(entry: QueuedEntry): void {
    this.#taken.push(entry);
  }

  settle(entries: Iterable<QueuedEntry>): void {
    for (const entry of entries) this.#settled.add(entry);
    const open = this.#taken.findIndex(entry => !this.#settled.has(entry));
    const passed = this.#taken.splice(0, open === -1 ? this.#taken.length : open);
    for (const entry of passed) this.#settled.delete(entry);
    if (passed.length > 0) this.#advanced(passed);
  }
}
