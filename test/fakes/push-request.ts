import protobuf from 'protobufjs/minimal.js';

/** A stream of a push request, as it stands on the wire. */
export interface PushedStream {
  /** The labels as a selector, `{job="kube-events", …}`. */
  readonly labels: string;
  readonly entries: PushedEntry[];
}

/** An entry of a push request. */
export interface PushedEntry {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/*
 * PushRequest { repeated Stream streams = 1 }
 * Stream      { string labels = 1; repeated Entry entries = 2; uint64 hash = 3 }
 * Entry       { google.protobuf.Timestamp timestamp = 1; string line = 2; repeated LabelPair structuredMetadata = 3 }
 */

/**
 * Decodes Loki's `PushRequest`, already uncompressed.
 *
 * @throws Error for bytes that are none.
 */
export function decodePushRequest(bytes: Uint8Array): PushedStream[] {
  const streams: PushedStream[] = [];
  read(protobuf.Reader.create(bytes), bytes.length, {
    1: (reader, end) => streams.push(decodeStream(reader, end)),
  });
  return streams;
}

function decodeStream(reader: protobuf.Reader, end: number): PushedStream {
  let labels = '';
  const entries: PushedEntry[] = [];
  read(reader, end, {
    1: (at, to) => {
      labels = text(at, to);
    },
    2: (at, to) => entries.push(decodeEntry(at, to)),
  });
  return { labels, entries };
}

function decodeEntry(reader: protobuf.Reader, end: number): PushedEntry {
  let timestamp = 0n;
  let line = '';
  const metadata: Record<string, string> = {};
  read(reader, end, {
    1: (at, to) => {
      timestamp = decodeTimestamp(at, to);
    },
    2: (at, to) => {
      line = text(at, to);
    },
    3: (at, to) => {
      const pair = ['', ''];
      const put = (index: number) => (from: protobuf.Reader, until: number) => {
        pair[index] = text(from, until);
      };
      read(at, to, { 1: put(0), 2: put(1) });
      metadata[pair[0] ?? ''] = pair[1] ?? '';
    },
  });
  return { timestamp, line, metadata };
}

function decodeTimestamp(reader: protobuf.Reader, end: number): bigint {
  let seconds = 0n;
  let nanos = 0n;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 1 << 3) seconds = BigInt(reader.int64().toString());
    else if (tag === 2 << 3) nanos = BigInt(reader.int32());
    else reader.skipType(tag & 7);
  }
  return seconds * 1_000_000_000n + nanos;
}

type Field = (reader: protobuf.Reader, end: number) => void;

/** Reads a message whose known fields are all length-delimited; each gets the end of its bytes. */
function read(reader: protobuf.Reader, end: number, fields: Readonly<Record<number, Field>>): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    if (field === undefined || (tag & 7) !== 2) {
      reader.skipType(tag & 7);
      continue;
    }
    const to = reader.uint32() + reader.pos;
    if (to > end) throw new RangeError(`field ${tag >>> 3} is longer than its message`);
    field(reader, to);
    reader.pos = to;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(reader: protobuf.Reader, end: number): string {
  const bytes = reader.buf.subarray(reader.pos, end);
  return utf8.decode(bytes);
}
