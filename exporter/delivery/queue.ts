import type { EncodedEntry } from '../loki/encode.ts';
import type { Ticket } from './progress.ts';

/** An entry that waits for Loki. */
export interface QueuedEntry extends EncodedEntry {
  readonly ticket: Ticket;
}

/** What an entry costs beside its bytes and its labels: objects, a bigint, an array's slot. An estimate. */
const overheadBytes = 200;

/**
 * Entries in the order in which they came, bounded in bytes, between one producer and one consumer. What is being
 * pushed stays in it until Loki has answered, so the bound holds for all that waits.
 */
export class Queue {
  readonly #maxBytes: number;
  #entries: QueuedEntry[] = [];
  #head = 0;
  #bytes = 0;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /**
   * Adds an entry, once there is room. An entry larger than the whole queue is let in when it is empty: it could
   * never be otherwise.
   * @returns false where the queue was closed, or the signal aborted, before there was room
   */
  async put(entry: QueuedEntry, signal: AbortSignal): Promise<boolean> {
    const bytes = sizeOf(entry);
    while (this.length > 0 && this.#bytes + bytes > this.#maxBytes && !this.#closed && !signal.aborted) {
      await this.#change(signal);
    }
    if (this.#closed || signal.aborted) return false;
    this.#entries.push(entry);
    this.#bytes += bytes;
    this.#notify();
    return true;
  }

  /**
   * The oldest entries, up to the limits but at least one, once there is one. They stay until they are released.
   * @returns an empty array where the queue is closed and empty, or the signal aborted
   */
  async peek(limits: { maxBytes: number; maxEntries: number }, signal: AbortSignal): Promise<QueuedEntry[]> {
    while (this.length === 0 && !this.#closed && !signal.aborted) await this.#change(signal);
    const batch: QueuedEntry[] = [];
    if (signal.aborted) return batch;
    let bytes = 0;
    for (
      let index = this.#head;
      index < this.#entries.length && batch.length < limits.maxEntries;
      index += 1
    ) {
      const entry = this.#entries[index];
      if (!entry) break;
      bytes += entry.bytes.length;
      if (batch.length > 0 && bytes > limits.maxBytes) break;
      batch.push(entry);
    }
    return batch;
  }

  /** Forgets the oldest entries, which have been settled. */
  release(count: number): void {
    for (const entry of this.#entries.slice(this.#head, this.#head + count)) this.#bytes -= sizeOf(entry);
    this.#head += count;
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    this.#notify();
  }

  /** No more entries come; what is in it may still be taken. */
  close(): void {
    this.#closed = true;
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([this.#changed.promise, aborted.promise]);
    signal.removeEventListener('abort', abort);
  }
}

function sizeOf(entry: QueuedEntry): number {
  return entry.bytes.length + entry.stream.length + overheadBytes;
}
