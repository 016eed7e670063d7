import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LokiClient } from '../../exporter/loki/client.ts';
import { LokiConnection } from '../../exporter/loki/connection.ts';
import { type EncodedEntry, encodeEntry, encodePush, restamp } from '../../exporter/loki/encode.ts';
import { isFieldFormat, withFieldsInLine } from '../../exporter/loki/line.ts';
import { Recall } from '../../exporter/loki/recall.ts';
import type { Entry, StreamLabels } from '../../exporter/loki/schema.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';

const never = new AbortController().signal;
const hour = 3_600_000_000_000n;

const skip = await skipWithout('loki');

/** What the exporter takes for granted of Loki, and Loki's own words for what it refuses. */
describe('the push client and a real Loki', { skip }, () => {
  let loki: Loki;
  let client: LokiClient;
  const now = BigInt(Date.now()) * 1_000_000n;

  before(async () => {
    loki = await startLoki({ own: true });
    client = new LokiClient({ url: loki.url, tenant: undefined, timeoutMs: 10_000 });
  });

  after(async () => {
    await client.close();
    await loki.stop();
  });

  function entry(fields: Partial<Entry> = {}): EncodedEntry {
    const labels = { job: 'kube-events' };
    return encodeEntry({ labels, timestamp: now, line: 'Pod/a: b', metadata: {}, ...fields });
  }

  const push = (...entries: EncodedEntry[]) => client.push(encodePush(entries), never);

  test('a probe stores nothing and is answered', async () => {
    assert.equal((await client.probe(never)).kind, 'accepted');
  });

  test('lines, labels and metadata of any length and content are accepted', async () => {
    const long = 'é'.repeat(700_000);
    const names = [
      'name',
      'workload',
      'event_uid',
      'component',
      'node',
      'container',
      'action',
      'object_uid',
    ] as const;
    const metadata = Object.fromEntries(names.map(name => [name, long]));
    const hostile = [
      'a"b',
      'a\\b',
      'a\nb',
      'a\u0000b',
      'a\ufffdb',
      'a\ud800b',
      '\u001b[31m',
      '__proto__',
      long,
    ];
    for (const reason of hostile) {
      const labels: StreamLabels = { job: 'kube-events', reason };
      const result = await push(entry({ labels, line: `${reason}${long}`, metadata }));
      assert.equal(result.kind, 'accepted', JSON.stringify(reason.slice(0, 10)));
    }
  });

  test('a refused time is told with its cause, and the nearest one is taken', async () => {
    await push(entry());
    const cases = [
      ['too_new', now + hour],
      ['too_old', now - 8n * 24n * hour],
      ['too_far_behind', now - 3n * hour],
    ] as const;
    for (const [cause, timestamp] of cases) {
      const result = await push(entry({ timestamp }));
      assert.equal(result.kind, 'refused');
      if (result.kind !== 'refused') continue;
      assert.equal(result.refusal.cause, cause);
      assert.equal(result.refusal.timestamp, timestamp - (timestamp % 1_000_000_000n));
      if (cause === 'too_far_behind') assert.deepEqual(result.refusal.ignored, { entries: 1, of: 1 });
    }
    const moved = { ...entry({ timestamp: now - 3n * hour }) };
    restamp(moved, now);
    assert.equal((await push(moved)).kind, 'accepted');
  });

  test('a push in JSON stores the same bytes as one in protobuf', async () => {
    const labels = { job: 'kube-events', cluster: 'encodings', reason: 'a"b\\c\nd\u0001é' };
    const metadata = { name: 'web', count: '3', action: 'tab\tquote"', detected_level: 'info' };
    const json = new LokiClient({ url: loki.url, tenant: undefined, timeoutMs: 10_000, encoding: 'json' });
    try {
      const some = entry({ labels, metadata, line: 'Pod/a: one\ntwo "three" \u0007 é' });
      assert.equal((await push(some)).kind, 'accepted');
      assert.equal((await json.push(json.encode([some]), never)).kind, 'accepted');
      // Loki keeps an entry once that is equal in every byte.
      const stored = await queryEntries(loki.url, '{cluster="encodings"}', now - hour, now + hour);
      assert.deepEqual(
        stored.map(({ labels, metadata, timestamp }) => ({ labels, metadata, timestamp })),
        [{ labels: { ...labels, service_name: 'kube-events' }, metadata, timestamp: now }],
      );
      assert.equal((await json.probe(never)).kind, 'accepted');
    } finally {
      await json.close();
    }
  });

  test('a refusal of any stream but the last is not told: why pushes are planned', async () => {
    const behind = entry({ labels: { job: 'kube-events', reason: 'A' }, timestamp: now - 3n * hour });
    const a = entry({ labels: { job: 'kube-events', reason: 'A' } });
    const b = entry({ labels: { job: 'kube-events', reason: 'B' } });
    assert.equal((await push(a)).kind, 'accepted');
    assert.equal((await push(behind, b)).kind, 'accepted');
    assert.equal((await push(b, behind)).kind, 'refused');
  });

  for (const line of ['text', 'logfmt', 'json'] as const) {
    test(`the last stored count of an event is recalled as of a revision, off ${line}`, async () => {
      const labels = { job: 'kube-events', cluster: `recall-${line}` };
      const revision = (uid: string, resourceVersion: number, count: number) => {
        const metadata = { event_uid: uid, resource_version: `${resourceVersion}`, count: `${count}` };
        const fields = { labels, timestamp: now + BigInt(resourceVersion), line: 'a "b"', metadata };
        return encodeEntry(isFieldFormat(line) ? withFieldsInLine(fields, line) : fields);
      };
      await push(revision('a-1', 5, 1), revision('a-1', 9, 4), revision('a-1', 20, 8), revision('b-1', 7, 2));
      const connection = new LokiConnection({ tenant: undefined, timeoutMs: 10_000 });
      const recall = new Recall({ url: loki.url, connection, labels, line, rangeSeconds: 3600 });
      try {
        const counts = await recall.counts(['a-1', 'b-1', 'c-1'], 10n, never);
        assert.deepEqual(
          counts,
          new Map([
            ['a-1', 4],
            ['b-1', 2],
          ]),
        );
      } finally {
        await recall.close();
      }
    });
  }
});
