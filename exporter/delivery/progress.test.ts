import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Position } from '../kubernetes/reflector.ts';
import { Progress } from './progress.ts';

const at = (revision: number): Position => ({ from: BigInt(revision), at: BigInt(revision) });

test('the position is never past a step that is not settled', () => {
  const reached: Position[] = [];
  const progress = new Progress(position => reached.push(position));
  const [a, b, c] = [progress.begin(at(1)), progress.begin(at(2)), progress.begin(at(3))];
  progress.settle(b);
  assert.deepEqual(reached, []);
  assert.equal(progress.inFlight, 2);
  progress.settle(a);
  assert.deepEqual(reached, [at(2)]);
  progress.settle(a);
  progress.settle(c);
  assert.deepEqual(reached, [at(2), at(3)]);
  assert.equal(progress.inFlight, 0);
});

test('whatever the order, the position is the newest with nothing unsettled before it', () => {
  const order = fc.integer({ min: 1, max: 3000 }).chain(count =>
    fc.shuffledSubarray(
      Array.from({ length: count }, (_, index) => index),
      { minLength: 0, maxLength: count },
    ),
  );
  fc.assert(
    fc.property(order, settled => {
      const total = Math.max(0, ...settled) + 2;
      let reached = -1n;
      const progress = new Progress(position => {
        assert.ok(position.at > reached);
        reached = position.at;
      });
      const tickets = Array.from({ length: total }, (_, index) => progress.begin(at(index)));
      for (const index of settled) {
        const ticket = tickets[index];
        if (ticket) progress.settle(ticket);
      }
      const done = new Set(settled);
      let expected = -1;
      while (done.has(expected + 1)) expected += 1;
      assert.equal(reached, BigInt(expected));
      assert.equal(progress.inFlight, total - done.size);
    }),
    { numRuns: 50 },
  );
});
