import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countOf, occurrencesSince } from './occurrences.ts';

test('an event is counted as kubectl counts it', () => {
  assert.equal(countOf({}), 1);
  assert.equal(countOf({ count: 0 }), 1);
  assert.equal(countOf({ count: 7 }), 7);
  assert.equal(countOf({ series: { count: 14 } }), 14);
  assert.equal(countOf({ count: 3, series: { count: 14 } }), 14);
  assert.equal(countOf({ count: 3, series: null }), 3);
  assert.equal(countOf({ count: -2 }), 1);
  assert.equal(countOf({ count: 1.5 }), 1);
});

test('new occurrences are the increase; after a reset all of them are new', () => {
  assert.equal(occurrencesSince(0, 1), 1);
  assert.equal(occurrencesSince(1, 14), 13);
  assert.equal(occurrencesSince(5, 5), 0);
  assert.equal(occurrencesSince(9, 2), 2);
  assert.equal(occurrencesSince('unknown', 6), 6);
});

test('the occurrences of any rising run of counts add up to the last count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1 }), steps => {
      let count = 0;
      let previous = 0;
      let sum = 0;
      for (const increase of steps) {
        count += increase;
        sum += occurrencesSince(previous, count);
        previous = count;
      }
      assert.equal(sum, count);
    }),
  );
});
