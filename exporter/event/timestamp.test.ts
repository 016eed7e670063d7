import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstOccurrence, lastOccurrence, parseTimestamp } from './timestamp.ts';

test('a time keeps every digit that the API gives', () => {
  const cases: [string | null | undefined, bigint | undefined][] = [
    ['2026-05-01T10:00:00Z', 1777629600000000000n],
    ['2026-05-01T10:00:00.123456Z', 1777629600123456000n],
    ['2026-05-01T10:00:00.000000001Z', 1777629600000000001n],
    ['2026-05-01T10:00:00.1234567891Z', 1777629600123456789n],
    ['2026-05-01T12:00:00.5+02:00', 1777629600500000000n],
    ['1969-12-31T23:59:59.999999Z', -1000n],
    ['0001-01-01T00:00:00Z', undefined],
    ['2026-13-01T10:00:00Z', undefined],
    ['2026-05-01', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseTimestamp(text), expected, String(text));
});

test('the last occurrence is the newest kind of time that the event has', () => {
  const second = (n: number) => `2026-05-01T10:00:0${n}Z`;
  const nanoseconds = (n: number) => 1777629600000000000n + BigInt(n) * 1_000_000_000n;
  const event = {
    series: { count: 2, lastObservedTime: second(5) },
    lastTimestamp: second(4),
    eventTime: second(3),
    firstTimestamp: second(2),
    metadata: { creationTimestamp: second(1) },
  };
  assert.equal(lastOccurrence(event), nanoseconds(5));
  assert.equal(lastOccurrence({ ...event, series: null }), nanoseconds(4));
  assert.equal(lastOccurrence({ ...event, series: null, lastTimestamp: null }), nanoseconds(3));
  assert.equal(
    lastOccurrence({ ...event, series: {}, lastTimestamp: '0001-01-01T00:00:00Z', eventTime: null }),
    nanoseconds(2),
  );
  assert.equal(lastOccurrence({ metadata: event.metadata }), nanoseconds(1));
  assert.equal(lastOccurrence({}), undefined);
});

test('the first occurrence is told in the words of the API', () => {
  assert.equal(
    firstOccurrence({ firstTimestamp: null, eventTime: '2026-05-01T10:00:00.000123Z' }),
    '2026-05-01T10:00:00.000123Z',
  );
  assert.equal(firstOccurrence({ firstTimestamp: '0001-01-01T00:00:00Z' }), undefined);
});
