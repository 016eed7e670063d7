import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EventObject, WatchFrame } from '../fakes/frame.ts';
import { shiftEvent, shiftTime, shiftToEnd } from './time-shift.ts';

function event(times: Partial<EventObject>, creationTimestamp: string): EventObject {
  return {
    metadata: { namespace: 'default', name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp },
    ...times,
  };
}

it('keeps every digit of a time, and its lack of digits', () => {
  assert.equal(shiftTime('2026-02-28T23:59:59.123456Z', 1), '2026-03-01T00:00:00.123456Z');
  assert.equal(shiftTime('2026-02-28T23:59:59.000000001Z', -86_400), '2026-02-27T23:59:59.000000001Z');
  assert.equal(shiftTime('2024-02-28T23:59:59Z', 1), '2024-02-29T00:00:00Z');
  assert.equal(shiftTime('2026-01-01T00:30:00.5+01:00', 0), '2025-12-31T23:30:00.5Z');
});

it('leaves what is no time', () => {
  for (const time of [null, undefined, '', 'soon', '0001-01-01T00:00:00Z'])
    assert.equal(shiftTime(time, 60), time);
});

it('shifts all times of both generations of events, and changes nothing else', () => {
  const old = event(
    {
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:05Z',
      eventTime: null,
      count: 2,
    },
    '2026-01-01T00:00:00Z',
  );
  const before = structuredClone(old);
  assert.deepEqual(shiftEvent(old, 3600), {
    metadata: { ...old.metadata, creationTimestamp: '2026-01-01T01:00:00Z' },
    firstTimestamp: '2026-01-01T01:00:00Z',
    lastTimestamp: '2026-01-01T01:00:05Z',
    eventTime: null,
    count: 2,
  });
  assert.deepEqual(old, before);

  const series = { count: 7, lastObservedTime: '2026-01-01T00:00:09.654321Z' };
  const recent = event(
    { firstTimestamp: null, lastTimestamp: null, eventTime: '2026-01-01T00:00:00.123456Z', series },
    '2026-01-01T00:00:00Z',
  );
  const shifted = shiftEvent(recent, -1);
  assert.equal(shifted.eventTime, '2025-12-31T23:59:59.123456Z');
  assert.deepEqual(shifted.series, { count: 7, lastObservedTime: '2026-01-01T00:00:08.654321Z' });
  assert.deepEqual([shifted.firstTimestamp, shifted.lastTimestamp], [null, null]);
});

it('ends a recording just before now, and keeps the distances', () => {
  const frames: WatchFrame[] = [
    { type: 'ADDED', object: event({}, '2020-01-01T00:00:00Z') },
    {
      type: 'MODIFIED',
      object: event(
        { lastTimestamp: null, eventTime: '2020-01-01T00:01:00.999999Z' },
        '2020-01-01T00:00:00Z',
      ),
    },
  ];
  const end = Date.parse('2026-07-01T12:00:00.250Z');
  const [first, second] = shiftToEnd(frames, end);
  assert.equal(first?.object.metadata.creationTimestamp, '2026-07-01T11:58:59Z');
  assert.equal(second?.object.eventTime, '2026-07-01T11:59:59.999999Z');
});
