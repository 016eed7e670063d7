import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../kubernetes/position.ts';
import { inheritPositions } from './inherit.ts';

const all = 'core/v1/events';
const [pay, shop] = [`${all}/pay`, `${all}/shop`];

/** By name of the source: where it was, or from where to where. */
type Places = Readonly<Record<string, number | readonly [from: number, at: number]>>;

interface Case {
  readonly name: string;
  readonly before: Places;
  readonly sources: readonly string[];
  readonly expected: Places;
}

const cases: readonly Case[] = [
  { name: 'a first start', before: {}, sources: [all], expected: {} },
  {
    name: 'the same sources',
    before: { [pay]: 7, [shop]: 9 },
    sources: [pay, shop],
    expected: { [pay]: 7, [shop]: 9 },
  },
  {
    name: 'namespaces begin where all had come to, which stays for those that are read later',
    before: { [all]: 7 },
    sources: [pay, shop],
    expected: { [pay]: 7, [shop]: 7, [all]: 7 },
  },
  {
    name: 'all begin where the last of the namespaces had',
    before: { [pay]: 9, [shop]: 7 },
    sources: [all],
    expected: { [all]: 7 },
  },
  {
    name: 'a list that is being shipped is shipped on',
    before: { [pay]: [3, 9], [shop]: 7 },
    sources: [all],
    expected: { [all]: [3, 9] },
  },
  {
    name: 'a namespace more begins anew',
    before: { [pay]: 7 },
    sources: [pay, shop],
    expected: { [pay]: 7 },
  },
  {
    name: 'a namespace that is not read now keeps its position',
    before: { [pay]: 7, [shop]: 9 },
    sources: [shop],
    expected: { [pay]: 7, [shop]: 9 },
  },
  {
    name: 'a namespace more, where all were read before',
    before: { [pay]: 9, [all]: 7 },
    sources: [pay, shop],
    expected: { [pay]: 9, [shop]: 7, [all]: 7 },
  },
  {
    name: 'a namespace that was read before all were: what all have come to is newer',
    before: { [pay]: 3, [all]: 7 },
    sources: [pay],
    expected: { [pay]: 7, [all]: 7 },
  },
  {
    name: 'all, that were read before the namespaces were',
    before: { [all]: 3, [pay]: 9, [shop]: 7 },
    sources: [all],
    expected: { [all]: 7 },
  },
  {
    name: 'all, that were read since one of the namespaces was',
    before: { [all]: 5, [pay]: 9, [shop]: 3 },
    sources: [all],
    expected: { [all]: 5 },
  },
  {
    name: 'other objects, and names that begin alike, are not parts',
    before: { 'core/v1/pods': 3, [`${all}-old`]: 4, [`${shop}2`]: 5 },
    sources: [shop],
    expected: { 'core/v1/pods': 3, [`${all}-old`]: 4, [`${shop}2`]: 5 },
  },
];

for (const { name, before, sources, expected } of cases) {
  test(name, () => {
    const inherited = inheritPositions(positionsOf(before), sources);
    assert.deepEqual(
      new Map(Array.from(inherited, ([source, { from, at }]) => [source, [from, at]])),
      new Map(Array.from(positionsOf(expected), ([source, { from, at }]) => [source, [from, at]])),
    );
  });
}

test('what belongs to no other source than its own is not inherited', () => {
  const witness = { namespace: 'pay', name: 'web.1', uid: 'a', revision: 7n };
  const position = { from: 7n, at: 7n, time: 1, selector: 'type=Warning', witness };
  const before = new Map<string, Position>([[all, position]]);
  assert.equal(inheritPositions(before, [all]).get(all), position);
  assert.deepEqual(inheritPositions(before, [pay]).get(pay), {
    ...{ from: 7n, at: 7n, time: 1, selector: 'type=Warning' },
  });
});

test('of a history that was restored since, the smaller position is the newer one', () => {
  const before = new Map<string, Position>([
    [pay, { from: 900n, at: 900n, time: 1000 }],
    [all, { from: 7n, at: 7n, time: 2000 }],
  ]);
  assert.equal(inheritPositions(before, [pay]).get(pay)?.from, 7n);
});

function positionsOf(places: Places): Map<string, Position> {
  return new Map(
    Object.entries(places).map(([source, place]) => {
      const [from, at] = [place].flat();
      return [source, { from: BigInt(from ?? 0), at: BigInt(at ?? from ?? 0) }];
    }),
  );
}
