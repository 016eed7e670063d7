import type { Position } from '../kubernetes/position.ts';
import type { Foldable } from '../loki/cardinality/foldable.ts';
import type { EncodedEntry } from '../loki/encode.ts';
import { Change } from './change.ts';
import type { Positions } from './checkpoint.ts';
import { Progress } from './progress.ts';
import { StateError } from './state-error.ts';

/** An entry that waits for Loki. Its time and bytes change where Loki wouldn't take them as they were. */
export interface QueuedEntry extends EncodedEntry {
  timestamp: bigint;
  bytes: Uint8Array;
  /** How often Loki refused its time. */
  restamps?: number;
  /** Where the event was read, by name. */
  readonly source: string;
  /** The event, its revision and its count, which are known for delivered once this is settled. */
  readonly key: string;
  readonly revision: bigint;
  readonly count: number;
  /** Where its source is once this and all before are settled. */
  readonly position: Position;
  /** What its labels were folded by. */
  readonly foldable: Foldable;
  /** Its place in the spool, where it is in it. */
  sequence?: number;
}

/** A queue on disk. */
export interface Spool {
  /** Entries in it, those that are being pushed included. */
  readonly length: number;
  readonly bytes: number;
  readonly full: boolean;
  /** Adds entries at the end, in one transaction, and gives each its `sequence`. */
  append(entries: readonly QueuedEntry[]): void;
  /** The oldest entries after a sequence, up to the limits but at least one. */
  peek(afterSequence: number, limits: BatchLimits): QueuedEntry[];
  /** Forgets the entries after a sequence, up to and with another. */
  removeRange(afterSequence: number, throughSequence: number): void;
  /** Forgets the oldest entries after a sequence until there is room, and returns how many. */
  dropOldest(bytes: number, afterSequence: number): number;
}

export interface BatchLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** Where a delivery takes entries from, and says what has ended. */
export interface EntryQueue {
  /**
   * Takes the oldest entries, up to the limits but at least one, once there is one.
   * @returns an empty array where no more come, or the signal aborted
   */
  take(limits: BatchLimits, signal: AbortSignal): Promise<QueuedEntry[]>;
  /** These have ended, delivered or dropped. */
  settle(entries: readonly QueuedEntry[]): void;
}

export interface QueueOptions {
  /** Bytes in memory. */
  readonly maxBytes: number;
  /** With it, entries are written to disk before they may be taken. */
  readonly spool?: Spool | undefined;
  /** What a full spool does: hold the producer back, or drop the oldest. */
  readonly whenFull?: 'pause' | 'drop_oldest';
  /** The positions of some sources have moved, over these entries. */
  readonly advanced: (positions: Positions, passed: readonly QueuedEntry[]) => void;
  /** Entries were dropped from a full spool. */
  readonly dropped?: (entries: number) => void;
}

/** What an entry costs beside its bytes and its labels: objects, what it folds by, a bigint. An estimate. */
const overheadBytes = 450;

/** So many entries, or bytes, are written to the spool at once, or what has come in this time. */
const spoolBatch = 500;
const spoolBatchBytes = 1 << 20;
const spoolDelayMs = 100;
/** How long to wait before a full disk is tried again. */
const diskFullMs = 1000;

/**
 * Entries in the order in which they came, bounded in bytes, between one producer and one consumer. An entry counts
 * until it is settled. With a spool, what may have reached Loki is always on disk: a crash finds it there, and sends it
 * again as it was.
 */
export class Queue implements EntryQueue {
  readonly #options: QueueOptions;
  readonly #progress: Progress;
  /** In memory and not taken yet. */
  #waiting: QueuedEntry[] = [];
  /** To be written to the spool. */
  #unwritten: QueuedEntry[] = [];
  #unwrittenBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The newest sequence that is in `#waiting` or was. */
  #loaded = 0;
  /** Bytes in memory. */
  #bytes = 0;
  #unsettled = 0;
  /** Positions after every entry, by source. */
  readonly #marks = new Map<string, Position>();
  /** How many entries of each source its position has not moved over. */
  readonly #open = new Map<string, number>();
  /** `#open` doesn't hold what an earlier run left on disk, and holds what was dropped from there. */
  #openIsKnown: boolean;
  #closed = false;
  readonly #changed = new Change();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#progress = new Progress(passed => this.#advance(passed));
    this.#unsettled = options.spool?.length ?? 0;
    this.#openIsKnown = this.#unsettled === 0;
  }

  /** Bytes in memory, what is being pushed included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries that came and are not settled, in memory or in the spool. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Adds an entry if there is room now. An entry larger than the whole queue is let in when it is empty. */
  offer(entry: QueuedEntry): boolean {
    if (this.#closed) return false;
    const size = sizeOf(entry);
    const { spool, maxBytes } = this.#options;
    if (spool) {
      if (this.#batchIsFull && !this.#write(spool)) return false;
      if (spool.full && !this.#makeRoom(spool, size)) return false;
      this.#unwritten.push(entry);
      this.#unwrittenBytes += size;
      this.#timer ??= setTimeout(() => this.#write(spool), spoolDelayMs);
    } else {
      if (this.#bytes > 0 && this.#bytes + size > maxBytes) return false;
      this.#waiting.push(entry);
    }
    this.#bytes += size;
    this.#unsettled += 1;
    this.#open.set(entry.source, (this.#open.get(entry.source) ?? 0) + 1);
    this.#marks.delete(entry.source);
    this.#changed.notify();
    return true;
  }

  /**
   * Adds an entry once there is room.
   * @returns false where the queue was closed, or the signal aborted, before there was
   */
  async put(entry: QueuedEntry, signal: AbortSignal): Promise<boolean> {
    while (!this.#closed && !signal.aborted) {
      if (this.offer(entry)) return true;
      await this.#changed.wait(signal);
    }
    return false;
  }

  /** A source's position that brings no entry: it holds once all that came of the source before is settled. */
  mark(source: string, position: Position): void {
    this.#marks.set(source, position);
    this.#passMarks();
  }

  async take(limits: BatchLimits, signal: AbortSignal): Promise<QueuedEntry[]> {
    while (!signal.aborted) {
      if (this.#waiting.length === 0 && this.#hasRoom) this.#load(limits);
      if (this.#waiting.length > 0) return this.#cut(limits);
      if (this.#closed && this.#hasRoom) break;
      await this.#changed.wait(signal);
    }
    return [];
  }

  settle(entries: readonly QueuedEntry[]): void {
    this.#unsettled -= entries.length;
    this.#forget(entries);
    for (const entry of entries) {
      this.#bytes -= sizeOf(entry) - overheadBytes;
      // What is left of it waits for those before it.
      entry.bytes = noBytes;
    }
    this.#progress.settle(entries);
    this.#changed.notify();
  }

  /** No more entries come; what is in it may still be taken. */
  close(): void {
    this.#closed = true;
    if (this.#options.spool) this.#write(this.#options.spool);
    this.#changed.notify();
  }

  /** Whether entries may come from the disk, where there is one: what is on its way there has room of its own. */
  get #hasRoom(): boolean {
    return !this.#options.spool || this.#bytes - this.#unwrittenBytes < this.#options.maxBytes;
  }

  get #batchIsFull(): boolean {
    return this.#unwritten.length >= spoolBatch || this.#unwrittenBytes >= spoolBatchBytes;
  }

  #cut(limits: BatchLimits): QueuedEntry[] {
    const batch = this.#waiting.splice(0, cut(this.#waiting, limits));
    for (const entry of batch) this.#progress.take(entry);
    return batch;
  }

  /** @returns false where the disk is full, and Loki is to take first what is on it; it is tried again */
  #write(spool: Spool): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unwritten.length === 0) return true;
    // What is on disk answers for all before it, so what is in memory alone has to be settled first.
    const alone = [...this.#progress.open(), ...this.#waiting].some(({ sequence }) => sequence === undefined);
    if (!alone && whileRoom(() => spool.append(this.#unwritten))) {
      this.#bytes -= this.#unwrittenBytes;
    } else if (alone || spool.length > 0 || this.#waiting.length > 0) {
      if (!this.#closed) this.#timer = setTimeout(() => this.#write(spool), diskFullMs);
      return false;
    } else {
      // A disk that is full of something else is no reason to keep Loki waiting.
      this.#waiting = this.#unwritten;
    }
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    this.#changed.notify();
    return true;
  }

  #load(limits: BatchLimits): void {
    const { spool } = this.#options;
    if (!spool) return;
    let entries = spool.peek(this.#loaded, limits);
    if (entries.length === 0 && this.#unwritten.length > 0) {
      this.#write(spool);
      if (this.#waiting.length > 0) return;
      entries = spool.peek(this.#loaded, limits);
    }
    this.#loaded = entries.at(-1)?.sequence ?? this.#loaded;
    for (const entry of entries) this.#bytes += sizeOf(entry);
    this.#waiting = entries;
  }

  #makeRoom(spool: Spool, bytes: number): boolean {
    if (this.#options.whenFull !== 'drop_oldest') return false;
    this.#write(spool);
    // A batch of it, lest every entry cost a transaction.
    const dropped = spool.dropOldest(Math.max(bytes, spoolBatchBytes), this.#loaded);
    this.#unsettled -= dropped;
    this.#openIsKnown = false;
    this.#options.dropped?.(dropped);
    return dropped > 0;
  }

  #advance(passed: readonly QueuedEntry[]): void {
    this.#bytes -= passed.length * overheadBytes;
    const positions = new Map<string, Position>();
    for (const { source, position } of passed) {
      positions.set(source, position);
      this.#open.set(source, (this.#open.get(source) ?? 0) - 1);
    }
    this.#options.advanced(positions, passed);
    this.#passMarks();
  }

  /** Takes what is settled off the disk. A full one keeps it, to be sent again, the same, after a restart. */
  #forget(entries: readonly QueuedEntry[]): void {
    const { spool } = this.#options;
    if (!spool) return;
    const sequences = entries.flatMap(({ sequence }) => sequence ?? []).toSorted((a, b) => a - b);
    for (let start = 0; start < sequences.length; ) {
      let end = start;
      while (sequences[end + 1] === (sequences[end] ?? 0) + 1) end += 1;
      const [after, through] = [(sequences[start] ?? 0) - 1, sequences[end] ?? 0];
      whileRoom(() => spool.removeRange(after, through));
      start = end + 1;
    }
  }

  #passMarks(): void {
    if (this.#unsettled === 0) {
      this.#open.clear();
      this.#openIsKnown = true;
    }
    if (this.#marks.size === 0 || !this.#openIsKnown) return;
    const passed = new Map(Array.from(this.#marks).filter(([source]) => !this.#open.get(source)));
    if (passed.size === 0) return;
    this.#options.advanced(passed, []);
    for (const source of passed.keys()) this.#marks.delete(source);
  }
}

/** How many of the first entries are inside the limits; one at least. */
export function cut(entries: readonly QueuedEntry[], { maxBytes, maxEntries }: BatchLimits): number {
  let bytes = 0;
  let end = 0;
  for (const entry of entries) {
    bytes += entry.bytes.length;
    if (end > 0 && (bytes > maxBytes || end === maxEntries)) break;
    end += 1;
  }
  return end;
}

/** @returns false where the disk is full, and nothing was written */
function whileRoom(write: () => unknown): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (error instanceof StateError && error.class === 'full') return false;
    throw error;
  }
}

const noBytes = new Uint8Array();

function sizeOf(entry: QueuedEntry): number {
  return entry.bytes.length + entry.stream.length + overheadBytes;
}
