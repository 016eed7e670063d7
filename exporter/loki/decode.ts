import protobuf from 'protobufjs/minimal.js';

/** What an encoded entry says. */
export interface DecodedEntry {
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads an entry's protobuf bytes, as `encodeEntry` wrote them. */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  const reader = protobuf.Reader.create(bytes);
  const metadata: Record<string, string> = {};
  let line = '';
  while (reader.pos < reader.len) {
    const field = reader.uint32() >>> 3;
    if (field === 2) {
      line = reader.string();
    } else if (field === 3) {
      reader.uint32();
      reader.uint32();
      const name = reader.string();
      reader.uint32();
      metadata[name] = reader.string();
    } else {
      reader.bytes();
    }
  }
  return { line, metadata };
}
