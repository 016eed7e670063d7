import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardinalityBudget, type Folds } from './budget.ts';
import { FoldStateError } from './fold-state.ts';
import { type BoundedLabel, type Foldable, foldableOf } from './foldable.ts';

const defaults = { streams: 4000, namespaces: 500, kinds: 100, reasons: 300 };

const entryOf = (fields: Partial<Foldable>): Foldable => ({
  namespace: 'default',
  kind: 'Pod',
  reason: 'Started',
  type: 'Normal',
  known: true,
  tick: 1000,
  ...fields,
});

/** Folds entries that differ in what `fields` makes of their number. */
function foldMany(budget: CardinalityBudget, count: number, fields: (n: number) => Partial<Foldable>) {
  return Array.from({ length: count }, (_, n) => budget.fold(entryOf(fields(n))));
}

const wholes = (folds: readonly Folds[]) => folds.filter(({ length }) => length === 0).length;

/** Time goes on by so many ticks. */
function pass(budget: CardinalityBudget, ticks: number, from = 1000): void {
  for (let tick = from; tick <= from + ticks; tick += 1) foldMany(budget, 15, () => ({ tick }));
}

test('what fits keeps its labels', () => {
  const budget = new CardinalityBudget(defaults);
  assert.deepEqual(budget.fold(entryOf({})), []);
  assert.deepEqual(budget.active, { streams: 1, namespace: 1, kind: 1, reason: 1 });
  assert.deepEqual(budget.folded, { namespace: 0, kind: 0, reason: 0 });
});

const perLabel: [BoundedLabel, boolean, number][] = [
  ['namespace', true, 500],
  ['kind', true, 100],
  ['reason', true, 300],
  // A third is kept for what Kubernetes gives.
  ['reason', false, 200],
];
for (const [label, known, limit] of perLabel) {
  test(`so many values of ${label} (known: ${known}) as the budget says, and the first ones stay`, () => {
    const budget = new CardinalityBudget(defaults);
    const folds = foldMany(budget, 600, n => ({ [label]: `value-${n}`, known }));
    assert.equal(wholes(folds), limit);
    assert.deepEqual(folds[limit], [label]);
    assert.equal(budget.active[label], limit);
    assert.equal(budget.folded[label], 600 - limit);
    assert.deepEqual(budget.fold(entryOf({ [label]: 'value-0', known })), []);
    assert.deepEqual(budget.fold(entryOf({ [label]: 'value-599', known })), [label]);
  });
}

test('unknown reasons leave room for known ones', () => {
  const budget = new CardinalityBudget(defaults);
  foldMany(budget, 50_000, n => ({ reason: `odd-${n}`, known: false }));
  assert.equal(wholes(foldMany(budget, 101, n => ({ reason: `usual-${n}` }))), 100);
});

test('as the streams run out, unknown reasons fold first, then kinds, known reasons, and namespaces last', () => {
  const budget = new CardinalityBudget({ streams: 103, namespaces: 500, kinds: 100, reasons: 300 });
  const unknown = { known: false, reason: 'Odd' };
  // A hundred streams are left to share: 50, 70, 85 and all of them are the bounds.
  assert.equal(wholes(foldMany(budget, 50, n => ({ ...unknown, namespace: `a${n}` }))), 50);
  assert.deepEqual(budget.fold(entryOf({ ...unknown, namespace: 'b' })), ['reason']);
  assert.equal(wholes(foldMany(budget, 19, n => ({ namespace: `c${n}` }))), 19);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'd0' })), ['kind']);
  assert.deepEqual(budget.fold(entryOf({ ...unknown, namespace: 'd1' })), ['kind', 'reason']);
  foldMany(budget, 13, n => ({ namespace: `e${n}` }));
  assert.equal(budget.active.streams, 85);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'f' })), ['kind', 'reason']);
  foldMany(budget, 14, n => ({ namespace: `g${n}` }));
  assert.equal(budget.active.streams, 100);
  const all = ['namespace', 'kind', 'reason'];
  for (const type of ['Normal', 'Warning', 'Weird']) {
    assert.deepEqual(budget.fold(entryOf({ namespace: 'h', type })), all);
  }
  assert.equal(budget.active.streams, 103);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'i' })), all);
  assert.equal(budget.active.streams, 103);
  // What was there before is as it was.
  assert.deepEqual(budget.fold(entryOf({ ...unknown, namespace: 'a0' })), []);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'd0' })), ['kind']);
});

test('10,000 pods in 300 namespaces keep their namespaces', () => {
  const budget = new CardinalityBudget(defaults);
  const folds = foldMany(budget, 60_000, n => ({
    namespace: `ns-${n % 300}`,
    reason: `reason-${n % 97}`,
    known: n % 97 < 40,
    type: n % 7 === 0 ? 'Warning' : 'Normal',
  }));
  assert.ok(budget.active.streams <= 4000);
  assert.ok(folds.every(labels => !labels.includes('namespace')));
  assert.equal(budget.active.namespace, 300);
});

test('a value that is idle for two hours leaves, and makes room', () => {
  const budget = new CardinalityBudget({ ...defaults, namespaces: 2 });
  assert.deepEqual(budget.fold(entryOf({ namespace: 'a' })), []);
  pass(budget, 60);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'b', tick: 1060 })), ['namespace']);
  pass(budget, 1, 1060);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'b', tick: 1061 })), []);
  assert.deepEqual(budget.fold(entryOf({ namespace: 'a', tick: 1061 })), ['namespace']);
});

test('who has an entry stays, and does not keep the others', () => {
  const budget = new CardinalityBudget(defaults);
  budget.fold(entryOf({ namespace: 'a' }));
  budget.fold(entryOf({ namespace: 'b' }));
  pass(budget, 30);
  budget.fold(entryOf({ namespace: 'a', tick: 1030 }));
  const restored = new CardinalityBudget(defaults, budget.state());
  for (const each of [budget, restored]) {
    pass(each, 40, 1030);
    // The one of `pass` itself, and a.
    assert.equal(each.active.namespace, 2);
  }
});

test('what had folded wholly leaves as well, and its room stays kept', () => {
  const budget = new CardinalityBudget({ ...defaults, streams: 103 });
  for (let round = 0; round < 3; round += 1) {
    foldMany(budget, 200, n => ({ namespace: `ns-${round}-${n}`, tick: 1000 + round * 130 }));
    assert.equal(budget.active.streams, 101);
    pass(budget, 130, 1000 + round * 130);
    // What `pass` itself folds by.
    assert.equal(budget.active.streams, 1);
  }
});

test('a value that is too long, or that is __other__ itself, has no label value of its own', () => {
  const budget = new CardinalityBudget(defaults);
  assert.deepEqual(budget.fold(entryOf({ reason: 'x'.repeat(129) })), ['reason']);
  assert.deepEqual(budget.fold(entryOf({ reason: 'x'.repeat(128) })), []);
  assert.deepEqual(budget.fold(entryOf({ reason: '\0'.repeat(22) })), ['reason']);
  assert.deepEqual(budget.fold(entryOf({ reason: '__other__' })), ['reason']);
  assert.deepEqual(budget.fold(entryOf({ reason: '__proto__', kind: 'constructor' })), []);
});

test('long values of a label share 64 bytes each', () => {
  const budget = new CardinalityBudget(defaults);
  const folds = foldMany(budget, 200, n => ({ kind: `${n}`.padStart(128, 'K') }));
  assert.equal(wholes(folds), 50);
  pass(budget, 70);
  const later = foldMany(budget, 50, n => ({ kind: `${n}`.padStart(128, 'L'), tick: 1070 }));
  // The last of them is one too many, because `pass` has a kind as well.
  assert.equal(wholes(later), 49);
});

test('routes have streams of their own, each with room for what folds wholly', () => {
  const options = { streams: 100, namespaces: 500, kinds: 100, reasons: 300, routes: ['', 'platform'] };
  const budget = new CardinalityBudget(options);
  budget.fold(entryOf({ route: '' }));
  budget.fold(entryOf({ route: 'platform' }));
  assert.equal(budget.active.streams, 2);
  for (const route of ['', 'platform', 'gone']) {
    for (const type of ['Normal', 'Warning', '']) {
      foldMany(budget, 500, n => ({ route, type, namespace: `ns-${n}` }));
    }
  }
  assert.equal(budget.active.streams, 100);
});

test('the observer is told once when a label begins to fold, and again after two hours without', () => {
  const told: [BoundedLabel, string][] = [];
  const folding = (label: BoundedLabel, value: string) => told.push([label, value]);
  const budget = new CardinalityBudget({ ...defaults, kinds: 1, folding });
  foldMany(budget, 5, n => ({ kind: `Kind${n}` }));
  assert.deepEqual(told, [['kind', 'Kind1']]);
  for (let tick = 1000; tick < 1070; tick += 1) foldMany(budget, 15, () => ({ kind: 'Kind0', tick }));
  foldMany(budget, 5, n => ({ kind: `Kind${n}`, tick: 1069 }));
  assert.deepEqual(told.slice(1), [['kind', 'Kind1']]);
});

test('a smaller budget keeps the newest streams of the state', () => {
  const before = new CardinalityBudget(defaults);
  for (let tick = 0; tick < 40; tick += 1) {
    foldMany(before, 15, n => ({ tick: 1000 + tick, namespace: `ns-${tick}-${n}` }));
  }
  assert.equal(before.active.streams, 500 + 1);
  const after = new CardinalityBudget({ ...defaults, streams: 103 }, before.state());
  assert.equal(after.active.streams, 100);
  assert.deepEqual(after.fold(entryOf({ tick: 1039, namespace: 'ns-33-0' })), []);
  assert.deepEqual(after.fold(entryOf({ tick: 1039, namespace: 'ns-1-0' })), ['namespace', 'kind', 'reason']);
});

test('streams of a route that is gone leave', () => {
  const before = new CardinalityBudget({ ...defaults, routes: ['', 'platform'] });
  before.fold(entryOf({ route: 'platform', kind: 'Node' }));
  before.fold(entryOf({}));
  const after = new CardinalityBudget(defaults, before.state());
  assert.deepEqual(after.active, { streams: 1, namespace: 1, kind: 1, reason: 1 });
});

test('a state that is broken is refused', () => {
  const state = new CardinalityBudget(defaults).state();
  for (const broken of [
    null,
    { ...state, streams: '!' },
    { ...state, streams: 'B' },
    { ...state, streams: 'A_' },
    { ...state, streams: 'gggBA' },
    { ...state, routes: ['', 'b'], kinds: ['Pod'], streams: 'gBA' },
  ]) {
    assert.throws(() => new CardinalityBudget(defaults, broken), FoldStateError);
  }
});

test('an event is folded by its labels and its time', () => {
  const labels = { namespace: 'a', kind: 'Pod', reason: 'Started', type: 'Normal', job: 'x' };
  const foldable = { namespace: 'a', kind: 'Pod', reason: 'Started', type: 'Normal', known: true };
  assert.deepEqual(foldableOf(labels, 240_000_000_000n, true, 'r'), { ...foldable, tick: 2, route: 'r' });
  assert.equal(foldableOf({ kind: 'x'.repeat(1_000_000) }, 0n, true).kind, '__other__');
  assert.deepEqual(foldableOf({}, undefined, false), {
    namespace: '',
    kind: '',
    reason: '',
    type: '',
    known: false,
  });
});
