import assert from 'node:assert/strict';
import { it } from 'node:test';
import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { LokiReceiver } from './loki.ts';
import { parseLabels } from './stream-labels.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message PushRequest { repeated StreamAdapter streams = 1; string format = 2; }
  message StreamAdapter { string labels = 1; repeated EntryAdapter entries = 2; uint64 hash = 3; }
  message EntryAdapter { Timestamp timestamp = 1; string line = 2; repeated LabelPair structuredMetadata = 3; }
  message LabelPair { string name = 1; string value = 2; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`);
const PushRequest = root.lookupType('PushRequest');

const entry = {
  timestamp: { seconds: 1_767_225_600, nanos: 123_456_789 },
  line: 'Pod/größer: 漢字 🚀\n',
  structuredMetadata: [
    { name: 'name', value: 'größer' },
    { name: 'occurrences', value: '3' },
  ],
};
const labels = '{job="kube-events", reason="a\\"b\\\\c\\u000a", namespace="default"}';

async function push(
  loki: LokiReceiver,
  request: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = compress(PushRequest.encode(PushRequest.fromObject(request)).finish());
  return fetch(`${loki.url}/loki/api/v1/push`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: { 'content-type': 'application/x-protobuf', ...headers },
  });
}

it('decodes streams, nanoseconds, lines and structured metadata', async () => {
  await using loki = await new LokiReceiver().start();
  const early = { timestamp: { seconds: 1 }, line: '' };
  const request = {
    streams: [{ labels, entries: [entry, early], hash: '18446744073709551615' }],
    format: 'x',
  };
  const response = await push(loki, request, { 'x-scope-orgid': 'team-a' });
  assert.equal(response.status, 204);
  const stream = loki.streams.get(labels);
  assert.deepEqual(stream?.labels, { job: 'kube-events', reason: 'a"b\\c\n', namespace: 'default' });
  assert.deepEqual(stream?.entries, [
    {
      timestamp: 1_767_225_600_123_456_789n,
      line: entry.line,
      metadata: { name: 'größer', occurrences: '3' },
    },
    { timestamp: 1_000_000_000n, line: '', metadata: {} },
  ]);
  assert.equal(loki.pushes[0]?.tenant, 'team-a');
});

it('keeps an equal entry once, unless told to keep all', async () => {
  for (const deduplicate of [true, false]) {
    await using loki = await new LokiReceiver({ deduplicate }).start();
    const other = { ...entry, structuredMetadata: [{ name: 'occurrences', value: '4' }] };
    await push(loki, { streams: [{ labels, entries: [entry, entry] }] });
    await push(loki, { streams: [{ labels, entries: [entry, other] }] });
    assert.deepEqual([loki.size, loki.repeated], [deduplicate ? 2 : 4, 2]);
  }
});

it('refuses an empty push, labels that do not parse, and bytes that are no push', async () => {
  await using loki = await new LokiReceiver().start();
  assert.equal((await push(loki, {})).status, 422);
  const malformed = await push(loki, { streams: [{ labels: '{job=kube}', entries: [entry] }] });
  assert.equal(malformed.status, 400);
  assert.match(await malformed.text(), /error parsing labels/);
  const noise = await fetch(`${loki.url}/loki/api/v1/push`, { method: 'POST', body: 'noise' });
  assert.equal(noise.status, 400);
  assert.equal(loki.size, 0);
});

it('answers as told, and keeps the entries only where told so', async () => {
  await using loki = await new LokiReceiver().start();
  const request = { streams: [{ labels, entries: [entry] }] };
  loki.answerNext(1, { status: 429, retryAfterSeconds: 2, body: 'slow down' });
  loki.answerNext(1, { status: 500, stored: true });
  const slow = await push(loki, request);
  assert.deepEqual(
    [slow.status, slow.headers.get('retry-after'), await slow.text()],
    [429, '2', 'slow down'],
  );
  assert.equal(loki.size, 0);
  assert.equal((await push(loki, request)).status, 500);
  assert.equal(loki.size, 1);
  assert.equal((await push(loki, request)).status, 204);
  assert.deepEqual([loki.size, loki.repeated], [1, 1]);
  assert.deepEqual(
    loki.pushes.map(({ status }) => status),
    [429, 500, 204],
  );
});

it('stops, and starts again on its port with what it kept', async () => {
  await using loki = await new LokiReceiver().start();
  await push(loki, { streams: [{ labels, entries: [entry] }] });
  await loki.stop();
  await assert.rejects(push(loki, {}), /fetch failed/);
  await loki.start();
  assert.equal(await (await fetch(`${loki.url}/ready`)).text(), 'ready\n');
  assert.equal(loki.size, 1);
});

it('parses labels as Loki does', () => {
  assert.deepEqual(parseLabels('{a="1",b="",c="x,y=\\"z\\"}"}'), { a: '1', c: 'x,y="z"}' });
  for (const bad of ['', '{}', '{a="1"', '{a="1" b="2"}', '{a="1",a="2"}', '{1a="x"}', '{a="\n"}']) {
    assert.throws(() => parseLabels(bad), SyntaxError, bad);
  }
});
