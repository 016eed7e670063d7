import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimit } from './rate-limit.ts';

test('no stretch of the time holds more messages than the rate', () => {
  let now = 0;
  const limit = new RateLimit([{ messages: 20, seconds: 60 }], () => now);
  const sent: number[] = [];
  for (now = 0; now < 600_000; now += 700) if (limit.take(0) !== undefined) sent.push(now);
  for (const from of sent) assert.ok(sent.filter(time => time >= from && time < from + 60_000).length <= 20);
  assert.equal(sent.length, 200);
});

test('each of several rates holds, and a place is taken for as long as one is willing to wait', () => {
  let now = 0;
  const rates = [
    { messages: 2, seconds: 1 },
    { messages: 3, seconds: 60 },
  ];
  const limit = new RateLimit(rates, () => now);
  assert.deepEqual([limit.take(5000), limit.take(5000), limit.take(5000)], [0, 0, 1000]);
  assert.equal(limit.take(5000), undefined);
  assert.equal(limit.waitMs(), 60_000);
  now = 59_000;
  assert.equal(limit.take(5000), 1000);
});

test('a pause that the service asks for counts, and the longest does', () => {
  let now = 0;
  const limit = new RateLimit([], () => now);
  assert.equal(limit.take(0), 0);
  limit.pause(3000);
  limit.pause(1000);
  assert.equal(limit.waitMs(), 3000);
  assert.equal(limit.take(1000), undefined);
  now = 3000;
  assert.equal(limit.take(0), 0);
});
