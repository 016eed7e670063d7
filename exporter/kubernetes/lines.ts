import { ByteBuffer } from '../bytes.ts';

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
  const begun = new ByteBuffer();
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      length += end - start;
      if (length > maxBytes) yield oversizedLine;
      else yield take(begun, chunk.subarray(start, end));
      begun.clear();
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > maxBytes) begun.clear();
    else begun.append(chunk.subarray(start));
  }
}

/** The line that has begun and ends with these bytes. */
function take(begun: ByteBuffer, end: Uint8Array): string {
  if (begun.length > 0) {
    begun.append(end);
    return begun.toString();
  }
  return Buffer.from(end.buffer, end.byteOffset, end.byteLength).toString('utf8');
}
