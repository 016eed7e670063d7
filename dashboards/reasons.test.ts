import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, reasonsWhere } from './reasons.ts';

test('a reason that the catalogue lacks is named', () => {
  assert.deepEqual(known('NodeNotReady', 'ConntrackFull'), ['NodeNotReady', 'ConntrackFull']);
  assert.throws(() => known('NodeNotReady', 'NodeNotReddy'), {
    name: 'RangeError',
    message: 'not in the catalogue of reasons: NodeNotReddy',
  });
});

test('a reason that components use in different ways is there once', () => {
  const reasons = reasonsWhere(({ reason }) => reason === 'FailedCreate' || reason === 'NodeNotReady');
  assert.deepEqual(reasons.toSorted(), ['FailedCreate', 'NodeNotReady']);
});
