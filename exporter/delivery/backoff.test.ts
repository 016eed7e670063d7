import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff, parseRetryAfter } from './backoff.ts';

test('the wait doubles with jitter up to the limit, and starts anew after a reset', () => {
  const backoff = new Backoff(100, 1000);
  for (const step of [100, 200, 400, 800, 1000, 1000]) {
    const wait = backoff.next();
    assert.ok(wait >= step / 2 && wait <= step, `${wait} for a step of ${step}`);
  }
  backoff.reset();
  assert.ok(backoff.next() <= 100);
});

test('Retry-After is read as seconds and as a date', () => {
  const now = Date.parse('2026-05-01T10:00:00Z');
  assert.equal(parseRetryAfter('7', now), 7000);
  assert.equal(parseRetryAfter('Fri, 01 May 2026 10:00:30 GMT', now), 30_000);
  assert.equal(parseRetryAfter('Fri, 01 May 2026 09:00:00 GMT', now), 0);
  assert.equal(parseRetryAfter('later', now), undefined);
  assert.equal(parseRetryAfter(undefined, now), undefined);
});
