import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClock, readClock } from './clock.ts';

const exchange = { sentMs: Date.UTC(2026, 0, 1, 12, 0, 0), receivedMs: Date.UTC(2026, 0, 1, 12, 0, 1) };

test('a Date header is read as the middle of its second, at the middle of the exchange', () => {
  assert.deepEqual(readClock('Thu, 01 Jan 2026 12:02:00 GMT', exchange), { ahead: 120, error: 1 });
  for (const nothing of [undefined, 'yesterday', ['a', 'b']])
    assert.equal(readClock(nothing, exchange), undefined);
});

test('some seconds are nothing, a minute is a fault, and the direction is told', () => {
  const judge = (ahead: number) => judgeClock('api-clock', { ahead, error: 1 });
  assert.equal(judge(10.5).status, 'ok');
  assert.equal(judge(12).status, 'warning');
  assert.deepEqual([judge(90).status, judge(90).found], ['fault', '90 s ahead of this machine']);
  assert.deepEqual([judge(-90).status, judge(-90).found], ['fault', '90 s behind this machine']);
  assert.equal(judgeClock('api-clock', undefined).status, 'not checked');
});

test('Loki is held against the API server too, and the worst difference decides', () => {
  const finding = judgeClock(
    'loki-clock',
    { ahead: 40, error: 1 },
    { 'the API server': { ahead: -40, error: 1 } },
  );
  assert.equal(finding.status, 'fault');
  assert.equal(finding.found, '40 s ahead of this machine, 80 s ahead of the API server');
  const alone = judgeClock('loki-clock', { ahead: 40, error: 1 }, { 'the API server': undefined });
  assert.equal(alone.status, 'warning');
});
