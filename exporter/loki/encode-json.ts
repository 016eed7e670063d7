import { gzipSync } from 'node:zlib';
import { decodeEntry } from './decode.ts';
import type { EncodedEntry } from './encode.ts';

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
          const { line, metadata } = decodeEntry(member.bytes);
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
