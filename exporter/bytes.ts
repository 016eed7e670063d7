/** Bytes that come in pieces of any size, kept in one block: small pieces would take many times their length. */
export class ByteBuffer {
  #block: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#block.length) {
      const block = Buffer.allocUnsafeSlow(Math.max(length, this.#block.length * 2));
      block.set(this.#block.subarray(0, this.#length));
      this.#block = block;
    }
    this.#block.set(piece, this.#length);
    this.#length = length;
  }

  /** Forgets what is in it, and lets the block go. */
  clear(): void {
    this.#block = Buffer.alloc(0);
    this.#length = 0;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  toString(): string {
    return this.#block.toString('utf8', 0, this.#length);
  }
}

/**
 * Reads a body of at most so many bytes; of a longer one the bytes before, and its connection is let go.
 * @throws where the connection breaks
 */
export async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly text: string; readonly complete: boolean }> {
  const bytes = new ByteBuffer();
  for await (const piece of body) {
    const room = maxBytes - bytes.length;
    bytes.append(piece.subarray(0, room));
    if (piece.length > room) return { text: bytes.toString(), complete: false };
  }
  return { text: bytes.toString(), complete: true };
}
