import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clampTimestamp,
  firstOccurrence,
  formatTimestamp,
  lastOccurrence,
  parseTimestamp,
} from './timestamp.ts';

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

test('a time that is written is read again, from the year 0 to 9999', () => {
  const first = -62_167_219_200n * 1_000_000_000n;
  const last = 253_402_300_800n * 1_000_000_000n - 1n;
  fc.assert(
    fc.property(fc.bigInt({ min: first, max: last }), time => {
      // Go's zero time reads as none.
      fc.pre(formatTimestamp(time) !== '0001-01-01T00:00:00.000000000Z');
      assert.equal(parseTimestamp(formatTimestamp(time)), time);
    }),
  );
});

test('where Date.parse reads a time rightly, both read the same', () => {
  const digits = (max: number) => fc.nat({ max }).map(value => String(value).padStart(2, '0'));
  const parts = fc.tuple(
    fc.integer({ min: 1000, max: 9999 }),
    digits(14),
    digits(28),
    digits(25),
    digits(61),
  );
  fc.assert(
    fc.property(parts, ([year, month, day, hour, minute]) => {
      fc.pre(hour !== '24');
      const text = `${year}-${month}-${day}T${hour}:${minute}:07+02:30`;
      const expected = Date.parse(text);
      assert.equal(parseTimestamp(text), Number.isNaN(expected) ? undefined : BigInt(expected) * 1_000_000n);
    }),
  );
});

test('a time that 64 bits of nanoseconds do not hold is brought to the nearest that they do', () => {
  const limit = 2n ** 63n;
  assert.equal(clampTimestamp(limit), limit - 1n);
  assert.equal(clampTimestamp(-limit - 1n), -limit);
  for (const time of [limit - 1n, -limit, 0n, -1n]) assert.equal(clampTimestamp(time), time);
});
