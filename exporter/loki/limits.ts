/*
 * What Loki refuses by default is cut before it is sent, so that an event is never lost for its length
 * (limits_config: max_line_size 256 KiB, max_label_value_length 2048, max_structured_metadata_size 64 KiB).
 */
const maxLineBytes = 256 * 1024;
const maxLabelBytes = 2048;
/** Twenty values of this length are well inside 64 KiB. */
const maxMetadataBytes = 2048;

/** The line as Loki takes it; where it is cut, a mark says how many bytes are missing. */
export function fitLine(line: string): string {
  const bytes = Buffer.byteLength(line);
  if (bytes <= maxLineBytes) return line;
  // The mark takes at most 40 bytes.
  const kept = cut(line, maxLineBytes - 40);
  return `${kept}… [${bytes - Buffer.byteLength(kept)} bytes cut]`;
}

export function fitLabel(value: string): string {
  return fit(value, maxLabelBytes);
}

export function fitMetadata(value: string): string {
  return fit(value, maxMetadataBytes);
}

function fit(value: string, maxBytes: number): string {
  // A character takes three bytes at most, so what is short needs no count.
  if (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes) return value;
  return `${cut(value, maxBytes - 3)}…`;
}

/** At most so many bytes of UTF-8, cut between two characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(maxBytes, bytes.length);
  // A byte of the form 10xxxxxx continues a character.
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
