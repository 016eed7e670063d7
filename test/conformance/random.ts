/** Choices by chance: the same ones for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** True so often out of one. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** From 0 up to the limit, which is not in it. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** @throws RangeError where there is nothing to choose from */
  pick<Value>(values: readonly Value[]): Value {
    const index = this.below(values.length);
    if (index >= values.length) throw new RangeError('nothing to choose from');
    return values[index] as Value;
  }

  /** Mulberry32: 32 bits of state, in [0, 1). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
