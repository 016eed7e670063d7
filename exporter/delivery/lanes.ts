import { Change } from './change.ts';
import { type BatchLimits, cut, type EntryQueue, type QueuedEntry } from './queue.ts';

/**
 * Parts one queue among deliveries that don't wait for each other: a tenant that Loki holds back leaves the others to
 * go on, until what waits for it fills the memory.
 */
export class Lanes {
  readonly #queue: EntryQueue;
  readonly #laneOf: (entry: QueuedEntry) => string;
  readonly #waiting: ReadonlyMap<string, QueuedEntry[]>;
  readonly #maxBytes: number;
  #bytes = 0;
  #filling: Promise<void> | undefined;
  /** Nothing more comes, or what ended it. */
  #ended = false;
  #fault: unknown;
  readonly #changed = new Change();

  /**
   * @param laneOf the name of the lane that an entry goes by, one of `names`
   * @param maxBytes of entries that are taken from the queue and wait here
   */
  constructor(
    queue: EntryQueue,
    names: Iterable<string>,
    laneOf: (entry: QueuedEntry) => string,
    maxBytes: number,
  ) {
    this.#queue = queue;
    this.#laneOf = laneOf;
    this.#waiting = new Map(Array.from(names, name => [name, []]));
    this.#maxBytes = maxBytes;
  }

  /** The entries of one lane, as a queue. @throws RangeError where there is no such lane */
  lane(name: string): EntryQueue {
    const waiting = this.#waitingIn(name);
    return {
      take: (limits, signal) => this.#take(waiting, limits, signal),
      settle: entries => this.#queue.settle(entries),
    };
  }

  async #take(waiting: QueuedEntry[], limits: BatchLimits, signal: AbortSignal): Promise<QueuedEntry[]> {
    while (!signal.aborted) {
      if (waiting.length > 0) {
        const batch = waiting.splice(0, cut(waiting, limits));
        this.#bytes -= bytesOf(batch);
        this.#changed.notify();
        return batch;
      }
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#ended) return [];
      // One at a time, so that the entries of a lane stay in order.
      if (this.#bytes < this.#maxBytes) this.#filling ??= this.#fill(limits, signal);
      await this.#changed.wait(signal);
    }
    return [];
  }

  /** Takes from the queue what all lanes want. */
  async #fill(limits: BatchLimits, signal: AbortSignal): Promise<void> {
    try {
      const batch = await this.#queue.take(limits, signal);
      this.#ended = batch.length === 0 && !signal.aborted;
      for (const entry of batch) this.#waitingIn(this.#laneOf(entry)).push(entry);
      this.#bytes += bytesOf(batch);
    } catch (error) {
      this.#fault = error;
    }
    this.#filling = undefined;
    this.#changed.notify();
  }

  #waitingIn(name: string): QueuedEntry[] {
    const waiting = this.#waiting.get(name);
    if (!waiting) throw new RangeError(`there is no lane ${name}`);
    return waiting;
  }
}

function bytesOf(entries: readonly QueuedEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
