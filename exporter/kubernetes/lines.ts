const newline = 0x0a;

/** A line that was longer than the limit and was passed over. */
export const oversizedLine = Symbol('oversized line');

/**
 * Splits a stream of bytes into lines. Bytes are decoded only when a line is whole, so that it doesn't matter
 * where the chunks were cut, inside a character either. What follows the last newline is no line: a frame cut off
 * in the middle is not a frame.
 * @param maxBytes a longer line is read past without being kept, and comes out as {@link oversizedLine}
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string | typeof oversizedLine> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      length += end - start;
      if (length > maxBytes) yield oversizedLine;
      else yield decode([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > maxBytes) pieces = [];
    else if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
}

function decode(pieces: readonly Uint8Array[]): string {
  const [only] = pieces;
  const whole = pieces.length === 1 && only ? only : Buffer.concat(pieces);
  return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
}
