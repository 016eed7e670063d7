import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LokiClient } from '../../exporter/loki/client.ts';
import { encodeEntry, encodePush } from '../../exporter/loki/encode.ts';
import {
  type FieldFormat,
  isFieldFormat,
  type LineFormat,
  lineFormats,
  parserStage,
  withEventTime,
  withFieldsInLine,
} from '../../exporter/loki/line.ts';
import type { Entry, Metadata } from '../../exporter/loki/schema.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';

const never = new AbortController().signal;
const hour = 3_600_000_000_000n;
const fieldFormats: readonly FieldFormat[] = lineFormats.filter(isFieldFormat);

const skip = await skipWithout('loki');

/** What breaks lines, quotes or terminals, or what Loki's parsers once failed at (its issues 3650, 3927, 6161). */
const hostile: readonly string[] = [
  'plain',
  'two words',
  'a="b" c=d',
  '"',
  '\\',
  'a\\"',
  'C:\\new\\table',
  'a\nb\r\n\tc',
  'ends with \u0001',
  '\u0000',
  '\u001b[31mred\u001b[0m',
  '\u007f\u0085\u00a0\u2028',
  'lone \ud800 surrogate',
  'replacement \ufffd',
  '🚀 é €',
  '{"json": {"in": ["it"]}}',
  '}',
  'msg="other" reason=Other event_time=1',
  'level=error error: fatal',
  '__proto__',
  "it's",
  '`backticks`',
  '</script>',
  'ü'.repeat(3000),
];

/** As both of Loki's parsers hand it on. */
function read(value: string): string {
  return value.toWellFormed().replaceAll('\ufffd', ' ');
}

describe('fields in the line and a real Loki', { skip }, () => {
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

  const push = async (...entries: Entry[]) => {
    assert.equal((await client.push(encodePush(entries.map(encodeEntry)), never)).kind, 'accepted');
  };

  for (const format of fieldFormats) {
    test(`${format}: what Loki's parser reads is what the event said`, async () => {
      const labels = { cluster: `${format}-hostile`, job: 'kube-events', kind: 'Pod', type: 'Warning' };
      const entries = hostile.map((value, index) => {
        const metadata: Metadata = {
          name: `web-${index}`,
          count: '7',
          action: value,
          component: `${value}x`,
          detected_level: 'warn',
        };
        return { labels, timestamp: now + BigInt(index), line: value, metadata };
      });
      await push(...entries.map(entry => withFieldsInLine(entry, format)));
      const stored = await parsedEntries(loki.url, `{cluster="${format}-hostile"} | ${format}`, now);
      assert.equal(stored.length, hostile.length);
      for (const [index, { labels: shown, metadata, parsed }] of stored.entries()) {
        const value = hostile[index] ?? '';
        assert.deepEqual(shown, { ...labels, service_name: 'kube-events' });
        // Loki has read the level off the line.
        assert.deepEqual(metadata, { detected_level: 'warn' }, value);
        const { action, component, ...rest } = parsed;
        assert.deepEqual(rest, {
          name: `web-${index}`,
          count: '7',
          level: 'warn',
          msg: read(value),
          kind_extracted: 'Pod',
          type_extracted: 'Warning',
        });
        for (const [field, whole] of [
          [action, value],
          [component, `${value}x`],
        ] as const) {
          if (Buffer.byteLength(whole) < 2000) assert.equal(field, read(whole));
          else assert.match(field ?? '', /^ü{1000,}…$/);
        }
      }
    });

    test(`${format}: fields filter and are summed, and nothing fails to parse`, async () => {
      const labels = { cluster: `${format}-sums`, job: 'kube-events', reason: 'BackOff' };
      const of = (name: string, occurrences: string, index: bigint) => {
        const metadata = {
          name,
          event_uid: `${name}-uid`,
          resource_version: `${index}`,
          count: '9',
          occurrences,
        };
        return withFieldsInLine({ labels, timestamp: now + index, line: 'a "b"\n', metadata }, format);
      };
      await push(of('web', '5', 1n), of('web', '4', 2n), of('db', '1', 3n));
      const selector = `{cluster="${format}-sums"}${parserStage(format)}`;
      const sums = await queryInstant(
        loki.url,
        `sum by (reason, name) (sum_over_time(${selector} | unwrap occurrences [1h]))`,
        now + hour / 2n,
      );
      assert.deepEqual(
        new Map(sums.map(sample => [sample.labels['name'], sample.value])),
        new Map([
          ['web', 9],
          ['db', 1],
        ]),
      );
      // As counts are recalled.
      const counts = await queryInstant(
        loki.url,
        `max by (event_uid) (max_over_time(${selector} | event_uid=~"web-uid|x" | resource_version<=2 | unwrap count [1h]))`,
        now + hour / 2n,
      );
      assert.deepEqual(counts, [{ labels: { event_uid: 'web-uid' }, value: 9 }]);
      assert.deepEqual(
        await queryEntries(loki.url, `${selector} | __error__!=""`, now - hour, now + hour),
        [],
      );
    });

    test(`${format}: a line of any length is taken and parsed, with another time too`, async () => {
      const long = '"\u0001é'.repeat(400_000);
      const labels = { cluster: `${format}-long`, job: 'kube-events' };
      const metadata = { name: long, node: long, workload: long, container: long, count: '1' };
      const entry = withFieldsInLine({ labels, timestamp: now, line: long, metadata }, format);
      await push({ ...entry, line: withEventTime(entry.line, '2016-05-01T10:00:00.123456789Z') });
      const [stored] = await parsedEntries(loki.url, `{cluster="${format}-long"} | ${format}`, now);
      assert.equal(stored?.parsed['event_time'], '2016-05-01T10:00:00.123456789Z');
      assert.match(stored?.parsed['msg'] ?? '', /… \[\d+ bytes cut\]$/);
      assert.equal(stored?.parsed['__error__'], undefined);
    });
  }

  test('message: the line is the message alone, and the fields stay in metadata', async () => {
    const labels = { cluster: 'message', job: 'kube-events' };
    await push({ labels, timestamp: now, line: '', metadata: { name: 'web', detected_level: 'info' } });
    const [stored] = await parsedEntries(loki.url, '{cluster="message"}', now);
    assert.equal(stored?.line, '');
    assert.deepEqual(stored?.metadata, { name: 'web', detected_level: 'info' });
  });
});

describe('a Loki without structured metadata', { skip }, () => {
  let loki: Loki;
  let client: LokiClient;
  const now = BigInt(Date.now()) * 1_000_000n;
  const labels = { job: 'kube-events', kind: 'Pod', reason: 'BackOff', type: 'Warning' };
  const metadata = { name: 'web', count: '3', occurrences: '3', detected_level: 'warn' };

  before(async () => {
    loki = await startLoki({ own: true, limits: { allow_structured_metadata: false } });
    client = new LokiClient({ url: loki.url, tenant: undefined, timeoutMs: 10_000 });
  });

  after(async () => {
    await client.close();
    await loki.stop();
  });

  const push = (entry: Entry) => client.push(encodePush([encodeEntry(entry)]), never);
  const formatted = (format: LineFormat): Entry => {
    const entry = { labels: { ...labels, cluster: format }, timestamp: now, line: 'oops', metadata };
    return isFieldFormat(format) ? withFieldsInLine(entry, format) : entry;
  };

  for (const format of fieldFormats) {
    test(`${format}: entries arrive, and have their fields`, async () => {
      assert.equal((await push(formatted(format))).kind, 'accepted');
      const [stored] = await parsedEntries(loki.url, `{cluster="${format}"} | ${format} | name="web"`, now);
      assert.deepEqual(stored?.metadata, {});
      assert.equal(stored?.parsed['msg'], 'oops');
      assert.equal(stored?.parsed['level'], 'warn');
    });
  }

  for (const format of ['text', 'message'] as const) {
    test(`${format}: Loki refuses the metadata, in these words`, async () => {
      const result = await push(formatted(format));
      assert.equal(result.kind, 'retry');
      if (result.kind !== 'retry') return;
      assert.equal(result.cause, 'denied');
      assert.match(
        result.message,
        /includes structured metadata, but this feature is disallowed\. Please see `limits_config\.allow_structured_metadata`.*set loki\.line to logfmt/s,
      );
      assert.deepEqual(await parsedEntries(loki.url, `{cluster="${format}"}`, now), []);
    });
  }
});

interface ParsedEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What a parser made of the line. */
  readonly parsed: Readonly<Record<string, string>>;
  readonly line: string;
}

/** Entries around a time, oldest first. */
async function parsedEntries(url: string, query: string, around: bigint): Promise<ParsedEntry[]> {
  const parameters = {
    query,
    start: String(around - hour),
    end: String(around + hour),
    limit: '1000',
    direction: 'forward',
  };
  const response = await fetch(`${url}/loki/api/v1/query_range?${new URLSearchParams(parameters)}`, {
    headers: { 'x-loki-response-encoding-flags': 'categorize-labels' },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { data } = JSON.parse(text) as { data: { result: Result[] } };
  return data.result
    .flatMap(({ stream, values }) =>
      values.map(([time, line, { structuredMetadata = {}, parsed = {} }]) => ({
        labels: stream,
        metadata: structuredMetadata,
        parsed,
        line,
        time: BigInt(time),
      })),
    )
    .sort((a, b) => Number(a.time - b.time));
}

interface Result {
  stream: Record<string, string>;
  values: [time: string, line: string, Categories][];
}

interface Categories {
  structuredMetadata?: Record<string, string>;
  parsed?: Record<string, string>;
}
