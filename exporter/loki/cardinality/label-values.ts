import { otherValue } from '../schema.ts';

/** A longer one is always folded: namespaces and kinds have at most 63 characters, reasons of the new style 128. */
export const maxValueBytes = 128;
/** What the values of a label may take on average. */
const meanBytes = 64;

/** A value that is not there yet, and that there is room for. */
export const newSlot = -1;
/** The slot of `__other__`. */
export const otherSlot = 0;

/**
 * The values of one label that active streams use, each in a numbered slot, bounded in number and in bytes: they
 * stand in the checkpoint.
 */
export class LabelValues {
  readonly limit: number;
  readonly #slots = new Map<string, number>();
  /** By slot. */
  readonly #texts: string[] = [otherValue];
  readonly #streams: number[] = [0];
  readonly #free: number[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** A value's slot, `newSlot` where it may have one while there are fewer values than `below`, or `otherSlot`. */
  find(value: string, below: number): number {
    // Before it is looked up, because what comes may be a megabyte long.
    if (value.length > maxValueBytes || value === otherValue) return otherSlot;
    const slot = this.#slots.get(value);
    if (slot !== undefined) return slot;
    if (this.size >= below) return otherSlot;
    const bytes = bytesOf(value);
    return bytes > maxValueBytes || this.#bytes + bytes > this.limit * meanBytes ? otherSlot : newSlot;
  }

  /** One more stream uses the value. Returns its slot. */
  acquire(value: string): number {
    const slot = this.#slots.get(value) ?? this.#add(value);
    this.#streams[slot] = (this.#streams[slot] ?? 0) + 1;
    return slot;
  }

  /** One stream less uses the value in the slot; without any it leaves. */
  release(slot: number): void {
    const left = (this.#streams[slot] ?? 0) - 1;
    this.#streams[slot] = left;
    if (left > 0) return;
    const value = this.#texts[slot] ?? '';
    this.#slots.delete(value);
    this.#bytes -= bytesOf(value);
    this.#free.push(slot);
  }

  /** Every value with its slot. */
  entries(): IterableIterator<[string, number]> {
    return this.#slots.entries();
  }

  #add(value: string): number {
    const slot = this.#free.pop() ?? this.#texts.length;
    this.#slots.set(value, slot);
    this.#texts[slot] = value;
    this.#streams[slot] = 0;
    this.#bytes += bytesOf(value);
    return slot;
  }
}

/** Bytes in JSON without the quotes. */
function bytesOf(value: string): number {
  return Buffer.byteLength(JSON.stringify(value)) - 2;
}
