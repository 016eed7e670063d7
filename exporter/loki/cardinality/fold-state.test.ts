import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FoldStateError, formatStreams, parseFoldState, parseStreams } from './fold-state.ts';

const sizes = { namespaces: 500, kinds: 100, reasons: 300 };

const stream = fc.record(
  {
    lane: fc.nat(5),
    namespace: fc.nat(sizes.namespaces),
    kind: fc.nat(sizes.kinds),
    reason: fc.nat(sizes.reasons),
    age: fc.nat(60),
  },
  { noNullPrototype: true },
);

test('streams come out of their text as they went in, in order', () => {
  const place = ({ lane, namespace, kind, reason }: { [label: string]: number }) =>
    `${lane}/${namespace}/${kind}/${reason}`;
  const distinct = fc.uniqueArray(stream, { selector: place, maxLength: 50 });
  fc.assert(
    fc.property(distinct, streams => {
      const parsed = parseStreams(formatStreams(streams, sizes), sizes);
      const sorted = streams.toSorted(
        (a, b) => a.lane - b.lane || a.namespace - b.namespace || a.kind - b.kind || a.reason - b.reason,
      );
      assert.deepEqual(parsed, sorted);
    }),
  );
});

test('any text either is streams inside the bounds or is refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABab09-_! ') }), text => {
      try {
        for (const { age, namespace } of parseStreams(text, sizes)) {
          assert.ok(age <= 60 && namespace <= 500);
        }
      } catch (error) {
        assert.ok(error instanceof FoldStateError);
      }
    }),
  );
});

const state = {
  version: 1,
  window: [1, 2],
  reference: 1,
  namespaces: ['a'],
  kinds: [],
  reasons: [],
  routes: [''],
  streams: '',
};

for (const [what, value, message] of [
  ['nothing', null, /expected object/],
  ['text', 'x', /expected object/],
  ['another version', { ...state, version: 2 }, /version: .*expected 1/],
  ['an unknown key', { ...state, more: 1 }, /more/],
  ['a window too long', { ...state, window: Array(16).fill(0) }, /window: /],
  ['a value twice', { ...state, kinds: ['Pod', 'Pod'] }, /kinds: expected values that differ/],
  ['a value __other__', { ...state, reasons: ['__other__'] }, /reasons: expected values that differ/],
] as const) {
  test(`${what} is no state, and the error says what follows`, () => {
    assert.throws(() => parseFoldState(value), message);
    assert.throws(() => parseFoldState(value), /starts empty/);
  });
}

test('a state is one', () => {
  assert.deepEqual(parseFoldState(state), state);
});
