import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTimezone, TimeFormat } from './time.ts';

const time = Date.parse('2026-01-15T23:59:59.999Z');

test('a time is that of the zone, with its offset', () => {
  const written = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Asia/Kolkata'].map(zone =>
    new TimeFormat(zone).write(time),
  );
  assert.deepEqual(written, [
    '2026-01-15 23:59:59 UTC',
    '2026-01-16 07:59:59 GMT+8',
    '2026-01-15 18:59:59 GMT-5',
    '2026-01-16 05:29:59 GMT+5:30',
  ]);
  assert.equal(
    new TimeFormat('Europe/Berlin').write(Date.parse('2026-07-01T00:00:00Z')),
    '2026-07-01 02:00:00 GMT+2',
  );
});

test('what is no zone', () => {
  assert.deepEqual(['Asia/Shanghai', 'UTC', '+08:00', 'Asia/Nowhere', ''].map(isTimezone), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
