import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventClock, tickOf } from './event-clock.ts';

const future = tickOf(9_223_372_036_854_775_807n);
const times = (tick: number, count: number) => Array<number>(count).fill(tick);

/** How far time went on over these events. */
function passed(ticks: readonly number[], clock = new EventClock(60)): number {
  const before = clock.now;
  for (const tick of ticks) clock.advance(tick);
  return clock.now - before;
}

test('a tick is two minutes, before 1970 too', () => {
  assert.equal(tickOf(0n), 0);
  assert.equal(tickOf(119_999_999_999n), 0);
  assert.equal(tickOf(120_000_000_000n), 1);
  assert.equal(tickOf(-1n), -1);
});

test('time follows the events', () => {
  const ticks = Array.from({ length: 100 }, (_, tick) => times(1000 + tick, 20)).flat();
  assert.equal(passed(ticks), 99);
});

test('time goes on by one tick an event at most, and so catches up', () => {
  assert.equal(passed([...times(1000, 15), ...times(2000, 107)]), 100);
});

test('older events do not turn it back, nor does it count them twice', () => {
  assert.equal(passed([...times(1000, 20), ...times(1010, 20), ...times(990, 20), ...times(1010, 20)]), 10);
});

test('every third event from 2262 moves nothing', () => {
  const mixed = Array.from({ length: 300 }, (_, index) => (index % 3 === 2 ? future : 1000));
  assert.equal(passed(mixed), 0);
});

test('it goes on after it began with a time from 2262', () => {
  const clock = new EventClock(60);
  passed([future, ...times(1000, 20)], clock);
  assert.equal(passed(times(1001, 20), clock), 1);
});

test('a burst from 2262 moves it by no more than its events, and does not stop it', () => {
  const clock = new EventClock(60);
  passed(times(1000, 20), clock);
  assert.equal(passed(times(future, 68), clock), 61);
  passed(times(1000, 20), clock);
  const later = Array.from({ length: 10 }, (_, tick) => times(1101 + tick, 20)).flat();
  assert.ok(passed(later, clock) >= 10);
});

test('a restored clock goes on as the other one does', () => {
  const clock = new EventClock(60);
  passed([1000, 990, future, 1003, 1001, 1001], clock);
  const restored = new EventClock(60, JSON.parse(JSON.stringify(clock.state())));
  for (const tick of [1004, 1004, 1005, 1005, future, 1006, 1006, 1006, 1007, 1007, 1007]) {
    assert.equal(restored.advance(tick), clock.advance(tick));
  }
  assert.deepEqual(restored.state(), clock.state());
});
