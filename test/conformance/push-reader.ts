import protobuf from 'protobufjs';
import { formatTimestamp } from '../../exporter/event/timestamp.ts';
import type { EncodedEntry } from '../../exporter/loki/encode.ts';

/** Loki's own definition (pkg/push/push.proto), read by reflection: nothing shared with what writes it. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Entry { Timestamp timestamp = 1; string line = 2; repeated LabelPair structuredMetadata = 3; }
  message LabelPair { string name = 1; string value = 2; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`);
const entryType = root.lookupType('Entry');

/** An entry as Loki reads it. */
export interface ReadEntry {
  readonly labels: ReadonlyMap<string, string>;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  /** RFC 3339 with nine digits. */
  readonly time: string;
  readonly line: string;
  readonly metadata: ReadonlyMap<string, string>;
}

/** @throws where the bytes are no entry, or the labels none that Loki would parse */
export function readEntry(encoded: EncodedEntry): ReadEntry {
  const { timestamp, line, structuredMetadata } = entryType.toObject(entryType.decode(encoded.bytes), {
    longs: String,
    defaults: true,
  }) as {
    timestamp: { seconds: string; nanos: number };
    line: string;
    structuredMetadata: { name: string; value: string }[];
  };
  const nanoseconds = BigInt(timestamp.seconds) * 1_000_000_000n + BigInt(timestamp.nanos);
  return {
    labels: readLabels(encoded.stream),
    timestamp: nanoseconds,
    time: formatTimestamp(nanoseconds),
    line,
    metadata: new Map(structuredMetadata.map(({ name, value }) => [name, value])),
  };
}

/** One pair, its value quoted as Go quotes strings; of the escapes, those that Go and JSON share. */
const pair = /([a-z_]+)=("(?:[^["\\\ufffd][\p{Cc}--[\u0080-\u009f]]]|\\["\\]|\\u[0-9a-f]{4})*")(?:, |\}$)/vy;

function readLabels(stream: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  pair.lastIndex = 1;
  while (pair.lastIndex < stream.length) {
    const match = pair.exec(stream);
    if (!match) throw new SyntaxError(`no labels: ${stream.slice(0, 200)}`);
    labels.set(match[1] ?? '', JSON.parse(match[2] ?? ''));
  }
  return labels;
}
