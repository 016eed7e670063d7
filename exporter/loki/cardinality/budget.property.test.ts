import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { otherValue } from '../schema.ts';
import { CardinalityBudget, type Folds } from './budget.ts';
import { EventClock } from './event-clock.ts';
import type { BoundedLabel, Foldable } from './foldable.ts';

/** Small, so that a few hundred entries overflow every bound. */
const options = { streams: 24, namespaces: 5, kinds: 4, reasons: 6, routes: ['', 'b'] };
const labels = ['namespace', 'kind', 'reason'] as const;

const value = fc.oneof(
  { weight: 20, arbitrary: fc.nat(9).map(n => `v${n}`) },
  { weight: 2, arbitrary: fc.constantFrom('', otherValue, '__proto__', 'x'.repeat(129), '"\\\ud800\0') },
  { weight: 1, arbitrary: fc.string() },
);
const entry = fc.record(
  {
    namespace: value,
    kind: value,
    reason: value,
    type: fc.constantFrom('Normal', 'Warning', otherValue),
    known: fc.boolean(),
    route: fc.constantFrom('', 'b'),
  },
  { noNullPrototype: true },
);
/** Ticks since the entry before, or a time that is wrong or missing. */
const time = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3) },
  { weight: 2, arbitrary: fc.nat(60) },
  { weight: 1, arbitrary: fc.constantFrom('future', 'past', 'none') },
);
const burst = fc.tuple(
  fc.array(entry, { minLength: 1, maxLength: 4 }),
  time,
  fc.integer({ min: 1, max: 20 }),
);
/** Bursts of the same entries, so that time goes on and streams leave while others stay. */
const sequence = fc.array(burst, { maxLength: 60 }).map(bursts => {
  let now = 1000;
  return bursts.flatMap(([entries, time, times]) => {
    if (typeof time === 'number') now += time;
    const tick = time === 'future' ? 76_861_433 : time === 'past' ? -5 : now;
    const timed = entries.map((entry): Foldable => (time === 'none' ? entry : { ...entry, tick }));
    return Array.from({ length: times }, () => timed).flat();
  });
});

const roundTrip = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const labelled = (entry: Foldable, folds: Folds, label: BoundedLabel) =>
  folds.includes(label) ? otherValue : entry[label];

test('never more active streams and values than the budget says, and the numbers are true', () => {
  let left = 0;
  fc.assert(
    fc.property(sequence, entries => {
      const budget = new CardinalityBudget(options);
      const clock = new EventClock(60);
      const streams = new Map<string, { tick: number; values: string[] }>();
      for (const entry of entries) {
        const folds = budget.fold(entry);
        if (entry.tick !== undefined && clock.advance(entry.tick)) {
          for (const [key, { tick }] of streams) {
            if (clock.now - tick <= 60) continue;
            streams.delete(key);
            left += 1;
          }
        }
        const values = labels.map(label => labelled(entry, folds, label));
        const lane = [entry.route ?? '', entry.type];
        streams.set(JSON.stringify([...lane, ...values]), { tick: clock.now, values });
        assert.ok(streams.size <= options.streams);
        assert.equal(budget.active.streams, streams.size);
        labels.forEach((label, index) => {
          const used = new Set([...streams.values()].map(({ values }) => values[index]));
          used.delete(otherValue);
          assert.ok(used.size <= options[`${label}s`]);
          assert.equal(budget.active[label], used.size);
        });
      }
    }),
  );
  assert.ok(left > 0, 'no stream ever left, so the test has shown too little');
});

test('a stream that is active folds as it did', () => {
  fc.assert(
    fc.property(sequence, entry, (entries, last) => {
      const budget = new CardinalityBudget(options);
      for (const entry of entries) budget.fold(entry);
      const folds = budget.fold(last);
      assert.deepEqual(budget.fold(last), folds);
    }),
  );
});

test('after a crash anywhere, what is shipped again folds as before', () => {
  let folded = 0;
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(sequence, share, share, (entries, one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const settled = Math.floor(from * entries.length);
      const sent = Math.floor(to * entries.length);
      // A live budget is ahead of the one that moves with the checkpoint.
      const live = new CardinalityBudget(options);
      const before = entries.map(entry => live.fold(entry));
      const checkpoint = new CardinalityBudget(options);
      for (const entry of entries.slice(0, settled)) checkpoint.fold(roundTrip(entry));
      const first = new CardinalityBudget(options, roundTrip(checkpoint.state()));
      const second = entries.slice(settled, sent).map(entry => first.fold(entry));
      assert.deepEqual(second, before.slice(settled, sent));
      // And once more, from what the restarted one wrote.
      const last = new CardinalityBudget(options, roundTrip(first.state()));
      const third = entries.slice(sent).map(entry => last.fold(entry));
      assert.deepEqual(third, before.slice(sent));
      folded += third.filter(({ length }) => length > 0).length;
    }),
  );
  assert.ok(folded > 0, 'nothing was folded, so the test has shown too little');
});

test('the state is the same after a round trip, and stays as it is while the budget goes on', () => {
  fc.assert(
    fc.property(sequence, sequence, (entries, more) => {
      const budget = new CardinalityBudget(options);
      for (const entry of entries) budget.fold(entry);
      const state = budget.state();
      const text = JSON.stringify(state);
      const restored = new CardinalityBudget(options, JSON.parse(text));
      assert.deepEqual(restored.active, budget.active);
      for (const entry of more) budget.fold(entry);
      assert.equal(JSON.stringify(state), text);
    }),
  );
});

test('whatever a state says, it is refused or keeps the bounds', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ABCDEFghij0_'), maxLength: 80 });
  const names = fc.uniqueArray(value, { maxLength: 12 });
  const damaged = fc.record({
    version: fc.constant(1),
    window: fc.array(fc.integer(), { maxLength: 15 }),
    reference: fc.integer(),
    namespaces: names,
    kinds: names,
    reasons: names,
    routes: fc.constantFrom([''], ['', 'b'], ['b', 'c']),
    streams: text,
  });
  let kept = 0;
  fc.assert(
    fc.property(damaged, sequence, (state, entries) => {
      let budget: CardinalityBudget;
      try {
        budget = new CardinalityBudget(options, state);
      } catch (error) {
        assert.equal((error as Error).name, 'FoldStateError');
        return;
      }
      kept += budget.active.streams;
      for (const entry of [undefined, ...entries]) {
        if (entry) budget.fold(entry);
        const { streams, namespace, kind, reason } = budget.active;
        assert.ok(streams <= options.streams && namespace <= options.namespaces);
        assert.ok(kind <= options.kinds && reason <= options.reasons);
      }
    }),
  );
  assert.ok(kept > 0, 'no state was taken, so the test has shown too little');
});
