import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';
import type { EncodedEntry } from './encode.ts';

/** What an encoded entry says. */
export interface DecodedEntry {
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads an entry's protobuf bytes, as `encodeEntry` wrote them. */
export function decodeEntry({ bytes }: Pick<EncodedEntry, 'bytes'>): DecodedEntry {
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
      reader.skip(reader.uint32());
    }
  }
  return { line, metadata };
}

/**
 * One push request in JSON, gzip-compressed, for what stands in front of Loki and reads no protobuf
 * (https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs).
 */
export function encodePushJson(entries: readonly EncodedEntry[]): Uint8Array {
  const streams = Array.from(
    Map.groupBy(entries, entry => entry.stream),
    ([stream, members]) => ({
      stream: parseLabels(stream),
      values: members
        .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
        .map(member => {
          const { line, metadata } = decodeEntry(member);
          return [String(member.timestamp), line, metadata];
        }),
    }),
  );
  return gzipSync(JSON.stringify({ streams }));
}

/** The labels of a stream, as `formatLabels` wrote them: its quoting is JSON's. */
export function parseLabels(stream: string): Record<string, string> {
  const pairs = stream.matchAll(/([a-z_][a-z0-9_]*)=("(?:[^"\\]|\\.)*")/gi);
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, JSON.parse(value ?? '""')]));
}
