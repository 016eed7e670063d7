import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { uncompress } from 'snappyjs';
import { encodeEntry, encodePush, formatLabels, restamp } from './encode.ts';
import { withFieldsInLine } from './line.ts';
import type { Entry } from './schema.ts';

/** Loki's own definition, read by reflection: a second reader that shares nothing with the writer. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message PushRequest { repeated Stream streams = 1; }
  message Stream { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
  message Entry { Timestamp timestamp = 1; string line = 2; repeated LabelPair structuredMetadata = 3; }
  message LabelPair { string name = 1; string value = 2; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`);

function decode(body: Uint8Array) {
  const type = root.lookupType('PushRequest');
  return type.toObject(type.decode(uncompress(body)), { longs: String });
}

function entry(fields: Partial<Entry> = {}): Entry {
  return {
    labels: { job: 'kube-events', type: 'Normal' },
    timestamp: 0n,
    line: 'Pod/a: b',
    metadata: {},
    ...fields,
  };
}

test('a push is what Loki reads, to the nanosecond', () => {
  const body = encodePush([
    encodeEntry(
      entry({
        timestamp: 1777629601234567891n,
        line: 'Pod/wéb: größer → 🚀',
        metadata: { name: 'wéb', workload: '', occurrences: '2' },
      }),
    ),
  ]);
  assert.deepEqual(decode(body), {
    streams: [
      {
        labels: '{job="kube-events", type="Normal"}',
        entries: [
          {
            timestamp: { seconds: '1777629601', nanos: 234567891 },
            line: 'Pod/wéb: größer → 🚀',
            structuredMetadata: [
              { name: 'name', value: 'wéb' },
              { name: 'occurrences', value: '2' },
            ],
          },
        ],
      },
    ],
  });
});

test('entries are grouped by stream, and oldest first within one', () => {
  const warning = { job: 'kube-events', type: 'Warning' };
  const streams = decode(
    encodePush([
      encodeEntry(entry({ timestamp: 30n, line: 'c' })),
      encodeEntry(entry({ timestamp: 1n, line: 'w', labels: warning })),
      encodeEntry(entry({ timestamp: 10n, line: 'a' })),
      encodeEntry(entry({ timestamp: 20n, line: 'b' })),
    ]),
  )['streams'].map((stream: { labels: string; entries: { line: string }[] }) => [
    stream.labels,
    stream.entries.map(({ line }) => line).join(''),
  ]);
  assert.deepEqual(streams, [
    ['{job="kube-events", type="Normal"}', 'abc'],
    ['{job="kube-events", type="Warning"}', 'w'],
  ]);
});

test('a time before 1970 has nanoseconds that count forwards', () => {
  const [stream] = decode(encodePush([encodeEntry(entry({ timestamp: -1n }))]))['streams'];
  assert.deepEqual(stream.entries[0].timestamp, { seconds: '-1', nanos: 999999999 });
});

test('a lone surrogate, which is no UTF-8, is replaced', () => {
  const [stream] = decode(encodePush([encodeEntry(entry({ line: 'a\ud800b' }))]))['streams'];
  assert.equal(stream.entries[0].line, 'a\ufffdb');
});

test('label values are quoted as Go quotes them', () => {
  assert.equal(
    formatLabels({ job: 'a"b\\c', reason: 'x\ny\u0000\ufffd', kind: 'é' }),
    '{job="a\\"b\\\\c", reason="x\\u000ay\\u0000?", kind="é"}',
  );
});

test('another time keeps the first true one, whatever the line says', () => {
  const encoded = {
    ...encodeEntry(entry({ timestamp: -1n, line: 'a\n\nevent_time', metadata: { name: 'x' } })),
  };
  restamp(encoded, 5n);
  restamp(encoded, 7_000_000_008n);
  const [stream] = decode(encodePush([encoded]))['streams'];
  assert.deepEqual(stream.entries, [
    {
      timestamp: { seconds: '7', nanos: 8 },
      line: 'a\n\nevent_time',
      structuredMetadata: [
        { name: 'name', value: 'x' },
        { name: 'event_time', value: '1969-12-31T23:59:59.999999999Z' },
      ],
    },
  ]);
});

test('another time keeps the true one in the line where the fields are there', () => {
  for (const format of ['logfmt', 'json'] as const) {
    const fields = entry({ timestamp: -1n, line: 'a event_time=1', metadata: { count: '2' } });
    const encoded = { ...encodeEntry(withFieldsInLine(fields, format)) };
    restamp(encoded, 5n);
    restamp(encoded, 7_000_000_008n);
    const [stream] = decode(encodePush([encoded]))['streams'];
    const time = '1969-12-31T23:59:59.999999999Z';
    assert.deepEqual(stream.entries, [
      {
        timestamp: { seconds: '7', nanos: 8 },
        line: {
          logfmt: `type=Normal count=2 msg="a event_time=1" event_time=${time}`,
          json: `{"type":"Normal","count":2,"msg":"a event_time=1","event_time":"${time}"}`,
        }[format],
      },
    ]);
  }
});
