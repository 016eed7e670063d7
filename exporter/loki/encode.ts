import protobuf from 'protobufjs/minimal.js';
import { compress } from 'snappyjs';
import { formatTimestamp, splitTimestamp } from '../event/timestamp.ts';
import { decodeEntry } from './decode.ts';
import { fitLabel, fitLine, fitMetadata } from './limits.ts';
import { withEventTime } from './line.ts';
import type { Entry, MetadataName, StreamLabels } from './schema.ts';

/*
 * Loki's push.proto, written by hand because the entries are encoded once, when they come, and only joined when
 * they leave (https://github.com/grafana/loki/blob/main/pkg/push/push.proto):
 *
 *   PushRequest  { repeated Stream streams = 1 }
 *   Stream       { string labels = 1; repeated Entry entries = 2 }
 *   Entry        { Timestamp timestamp = 1; string line = 2; repeated LabelPair structuredMetadata = 3 }
 *   LabelPair    { string name = 1; string value = 2 }
 *   Timestamp    { int64 seconds = 1; int32 nanos = 2 }
 */
const field1 = (1 << 3) | 2;
const field2 = (2 << 3) | 2;
const field3 = (3 << 3) | 2;
const varint1 = 1 << 3;
const varint2 = 2 << 3;

/** An entry as it waits: its stream's labels, and its protobuf bytes. */
export interface EncodedEntry {
  /** The labels as Loki parses them: `{job="kube-events", …}`. */
  readonly stream: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly bytes: Uint8Array;
}

/** Encodes an entry once, for as often as it is sent. */
export function encodeEntry(entry: Entry<string>): EncodedEntry {
  const writer = protobuf.Writer.create();
  writeTimestamp(writer, entry.timestamp);
  writer.uint32(field2).string(fitLine(entry.line.toWellFormed()));
  for (const [name, value] of Object.entries(entry.metadata)) writeMetadata(writer, name, value);
  return { stream: formatLabels(entry.labels), timestamp: entry.timestamp, bytes: writer.finish() };
}

/**
 * Gives an encoded entry another time, and keeps the true one as `event_time`: in its metadata, or in the line of an
 * entry that has none.
 */
export function restamp(entry: { timestamp: bigint; bytes: Uint8Array }, timestamp: bigint): void {
  const { line, metadata } = decodeEntry(entry.bytes);
  const time = formatTimestamp(entry.timestamp);
  // Each entry has a count, so where there is no metadata the fields stand in the line.
  const inLine = Object.keys(metadata).length === 0;
  const writer = protobuf.Writer.create();
  writeTimestamp(writer, timestamp);
  writer.uint32(field2).string(inLine ? withEventTime(line, time) : line);
  const name: MetadataName = 'event_time';
  // A time that is moved twice stays the first one.
  const kept: Readonly<Record<string, string>> = inLine
    ? {}
    : { ...metadata, [name]: metadata[name] ?? time };
  for (const [key, value] of Object.entries(kept)) writeMetadata(writer, key, value);
  entry.bytes = writer.finish();
  entry.timestamp = timestamp;
}

function writeTimestamp(writer: protobuf.Writer, timestamp: bigint): void {
  const { seconds, nanos } = splitTimestamp(timestamp);
  writer
    .uint32(field1)
    .fork()
    .uint32(varint1)
    .int64(Number(seconds))
    .uint32(varint2)
    .int32(Number(nanos))
    .ldelim();
}

function writeMetadata(writer: protobuf.Writer, name: string, value: string | undefined): void {
  if (!value) return;
  writer.uint32(field3).fork().uint32(field1).string(name);
  writer.uint32(field2).string(fitMetadata(value.toWellFormed())).ldelim();
}

/**
 * One snappy-compressed push request. Streams stand in the order of their first entry, and each stream's entries
 * oldest first: Loki refuses an entry that is far behind one which it has just read of the same stream.
 */
export function encodePush(entries: readonly EncodedEntry[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [stream, members] of Map.groupBy(entries, entry => entry.stream)) {
    members.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
    writer.uint32(field1).fork().uint32(field1).string(stream);
    for (const member of members) writer.uint32(field2).bytes(member.bytes);
    writer.ldelim();
  }
  return compress(writer.finish());
}

/** Characters that Loki's label lexer refuses or misreads inside a quoted value. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const unsafeInLabel = /["\\\u0000-\u001f\u007f\ufffd]/g;

/** The labels as a selector, quoted as Go quotes strings. */
export function formatLabels(labels: StreamLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return `{${pairs.join(', ')}}`;
}

function quoted(value: string): string {
  return fitLabel(value.toWellFormed()).replace(unsafeInLabel, character => {
    // Loki refuses the replacement character in a label, escaped too.
    if (character === '\ufffd') return '?';
    if (character === '"' || character === '\\') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
