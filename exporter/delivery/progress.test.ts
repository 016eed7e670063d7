import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldable, source } from '../../test/fakes/checkpoints.ts';
import { Progress } from './progress.ts';
import type { QueuedEntry } from './queue.ts';

function entry(revision: number): QueuedEntry {
  const position = { from: BigInt(revision), at: BigInt(revision) };
  return {
    stream: '',
    timestamp: 0n,
    bytes: new Uint8Array(),
    source,
    key: '',
    revision: BigInt(revision),
    count: 1,
    position,
    foldable,
  };
}

test('whatever the order, what is passed is everything before the first that is not settled', () => {
  const orders = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 }).chain(sizes => {
    const total = sizes.reduce((sum, size) => sum + size);
    const indexes = Array.from({ length: total }, (_, index) => index);
    return fc.record({ sizes: fc.constant(sizes), settled: fc.shuffledSubarray(indexes) });
  });
  fc.assert(
    fc.property(orders, ({ sizes, settled }) => {
      const passed: number[] = [];
      const progress = new Progress(entries =>
        passed.push(...entries.map(({ revision }) => Number(revision))),
      );
      const entries = Array.from({ length: sizes.reduce((sum, size) => sum + size) }, (_, index) =>
        entry(index),
      );
      for (const each of entries) progress.take(each);
      const done = new Set<number>();
      for (let at = 0; at < settled.length; at += 3) {
        const some = settled.slice(at, at + 3);
        progress.settle(some.flatMap(index => entries[index] ?? []));
        for (const index of some) done.add(index);
        const expected = entries.findIndex((_, index) => !done.has(index));
        const count = expected === -1 ? entries.length : expected;
        assert.deepEqual(
          passed,
          Array.from({ length: count }, (_, index) => index),
        );
        assert.equal(progress.open().length, entries.length - count);
      }
    }),
  );
});
