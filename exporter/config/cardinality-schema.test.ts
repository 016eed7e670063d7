import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardinalitySchema } from './cardinality-schema.ts';

test('the defaults stand, and fit the checkpoint', () => {
  assert.deepEqual(cardinalitySchema.parse({}), {
    streams: 4000,
    namespaces: 400,
    kinds: 100,
    reasons: 300,
  });
});

for (const [what, value, message] of [
  ['too few streams', { streams: 99 }, /99|>=100/],
  ['an unknown key', { types: 3 }, /types/],
  ['what outgrows the checkpoint', { namespaces: 2000, streams: 10_000 }, /must not exceed 153,600/],
] as const) {
  test(`${what} is refused`, () => {
    const { error } = cardinalitySchema.safeParse(value);
    assert.match(error?.issues[0]?.message ?? '', message);
  });
}
