import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cardinalitySchema } from '../../config/cardinality-schema.ts';
import { judgeTenant } from './tenant-limit.ts';

const defaults = cardinalitySchema.parse({});

test('the default budget of one cluster fits under the default limit, and that of two does not', () => {
  assert.deepEqual(judgeTenant({ streams: defaults.streams, clusters: 1 }), {
    verdict: 'fits',
    needed: 4000,
    fittingBudget: 4000,
    fittingLimit: 5000,
    advice: undefined,
  });
  assert.deepEqual(judgeTenant({ streams: defaults.streams, clusters: 2 }), {
    verdict: 'exceeds',
    needed: 8000,
    fittingBudget: 2000,
    fittingLimit: 10_000,
    advice:
      "Up to 8,000 active streams are more than the tenant's max_global_streams_per_user of 5,000. " +
      'Set cardinality.streams to at most 2,000 in each cluster, or max_global_streams_per_user to 10,000.',
  });
});

test('what only just fits is told, because ingesters share the limit', () => {
  const { verdict, advice } = judgeTenant({ streams: 4000, clusters: 1, others: 500 });
  assert.equal(verdict, 'tight');
  assert.equal(
    advice,
    "Up to 4,500 active streams are more than 80 % of the tenant's max_global_streams_per_user of 5,000, whose share " +
      'some ingester reaches first. Set cardinality.streams to at most 3,500 in each cluster, or ' +
      'max_global_streams_per_user to 6,000.',
  );
});

test('where no budget fits, only a higher limit or fewer clusters help', () => {
  for (const load of [
    { streams: 4000, clusters: 50 },
    { streams: 100, clusters: 1, others: 5000 },
  ]) {
    const { fittingBudget, advice = '' } = judgeTenant(load);
    assert.equal(fittingBudget, undefined);
    assert.match(
      advice,
      /Set max_global_streams_per_user to \d+,000, or give fewer clusters the same tenant\.$/,
    );
  }
});

test('routes keep three streams each, which count where the budget is smaller', () => {
  assert.equal(judgeTenant({ streams: 100, clusters: 1, routes: 99 }).needed, 300);
  assert.equal(judgeTenant({ streams: 4000, clusters: 1, routes: 99 }).needed, 4000);
  assert.equal(judgeTenant({ streams: 1000, clusters: 20, routes: 99 }).fittingBudget, undefined);
});

test('without a limit everything fits', () => {
  const { verdict, fittingBudget } = judgeTenant({ streams: 10_000, clusters: 100, limit: 0 });
  assert.deepEqual([verdict, fittingBudget], ['fits', 10_000]);
});

test('what is advised fits', () => {
  const load = fc.record({
    streams: fc.integer({ min: 100, max: 10_000 }),
    clusters: fc.integer({ min: 1, max: 200 }),
    routes: fc.integer({ min: 0, max: 200 }),
    others: fc.integer({ min: 0, max: 20_000 }),
    limit: fc.integer({ min: 1, max: 100_000 }),
  });
  fc.assert(
    fc.property(load, given => {
      const { verdict, fittingBudget, fittingLimit } = judgeTenant(given);
      assert.equal(judgeTenant({ ...given, limit: fittingLimit }).verdict, 'fits');
      if (fittingBudget === undefined) {
        assert.notEqual(judgeTenant({ ...given, streams: 100 }).verdict, 'fits');
        return;
      }
      assert.equal(cardinalitySchema.safeParse({ streams: fittingBudget }).error, undefined);
      assert.equal(judgeTenant({ ...given, streams: fittingBudget }).verdict, 'fits');
      if (verdict !== 'fits') assert.ok(fittingBudget < given.streams);
    }),
  );
});

test('the least budget is the one that the configuration takes', () => {
  assert.equal(cardinalitySchema.safeParse({ streams: 99 }).success, false);
  assert.equal(judgeTenant({ streams: 4000, clusters: 40, limit: 5000 }).fittingBudget, 100);
  assert.equal(judgeTenant({ streams: 4000, clusters: 41, limit: 5000 }).fittingBudget, undefined);
});
