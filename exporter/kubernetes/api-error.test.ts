import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from './api-error.ts';

test('a Status says class, code, message and when to come again', () => {
  const {
    class: classOf,
    status,
    message,
    retryAfterMs,
  } = ApiError.fromStatus(
    { code: 429, reason: 'TooManyRequests', message: 'slow down', details: { retryAfterSeconds: 7 } },
    500,
  );
  assert.deepEqual(
    [classOf, status, message, retryAfterMs],
    ['retry', 429, 'TooManyRequests: slow down', 7000],
  );
  const ahead = { code: 504, details: { causes: [null, { reason: 'ResourceVersionTooLarge' }] } };
  assert.equal(ApiError.fromStatus(ahead, 504).class, 'foreign');
});

test('a Status of the wrong types says what it can', () => {
  const wrong: unknown[] = [
    ...[null, undefined, 5, 'x', [], {}],
    { code: 'x', reason: 5, message: ['m'], details: 7 },
    { code: -1, details: { causes: 5, retryAfterSeconds: 'soon' } },
    { code: {}, details: { causes: { some: 1 }, retryAfterSeconds: Number.NaN } },
    { details: null },
  ];
  for (const status of wrong) {
    const error = ApiError.fromStatus(status, 503);
    assert.deepEqual(
      [error.class, error.status, error.message, error.retryAfterMs],
      ['retry', 503, 'HTTP status 503', undefined],
      JSON.stringify(status),
    );
  }
});

test('a message is cut, and a wait is no longer than minutes', () => {
  const status = { message: 'm'.repeat(1e6), details: { retryAfterSeconds: 1e15 } };
  const { message, retryAfterMs } = ApiError.fromStatus(status, 500);
  assert.deepEqual([message, retryAfterMs], ['m'.repeat(1000), 300_000]);
});
