import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { foldable, source } from '../../test/fakes/checkpoints.ts';
import type { QueuedEntry } from './queue.ts';
import { Streams } from './streams.ts';

const minuteNs = 60_000_000_000n;
const minuteMs = 60_000;
let nowMs: number;

beforeEach(() => {
  nowMs = 1_000_000;
  mock.method(performance, 'now', () => nowMs);
});
afterEach(() => mock.restoreAll());

function entry(stream: string, minute: number, bytes = 100): QueuedEntry {
  return {
    stream,
    timestamp: BigInt(minute) * minuteNs,
    bytes: new Uint8Array(bytes),
    source,
    key: 'uid',
    revision: 1n,
    count: 1,
    position: { from: 1n, at: 1n },
    foldable,
  };
}

/** Streams by push by slice. */
function shape(slices: readonly (readonly (readonly QueuedEntry[])[])[]): string[][] {
  return slices.map(pushes => pushes.map(push => push.map(({ stream }) => stream).join('')));
}

test('streams that are new go each in a push of its own', () => {
  const streams = new Streams();
  const entries = [...'abcab'].map(stream => entry(stream, 0));
  assert.deepEqual(shape(streams.plan(entries)), [['aa', 'bb', 'c']]);
});

test('those that Loki has taken go together, before one that is new', () => {
  const streams = new Streams();
  streams.accepted([entry('a', 0), entry('b', 0)]);
  const entries = [...'cabda'].map(stream => entry(stream, 0));
  assert.deepEqual(shape(streams.plan(entries)), [['aabc', 'd']]);
});

test('what comes after ten minutes may be refused again, and what came in between may not', () => {
  const streams = new Streams();
  streams.accepted([entry('a', 0), entry('b', 0), entry('c', 0)]);
  nowMs += 6 * minuteMs;
  streams.accepted([entry('b', 0)]);
  nowMs += 6 * minuteMs;
  assert.deepEqual(shape(streams.plan([...'abc'].map(stream => entry(stream, 0)))), [['ba', 'c']]);
});

test('what is far behind the newest of its stream may be refused, and what is heavy', () => {
  const streams = new Streams();
  streams.accepted([...'abcd'].map(stream => entry(stream, 100)));
  streams.accepted([entry('a', 50)]);
  const behind = [entry('a', 69), entry('b', 70), entry('c', 71), entry('d', 70, (512 << 10) + 1)];
  assert.deepEqual(shape(streams.plan(behind)), [['bca', 'd']]);
});

test('entries that lie further apart than half of the window go one after the other, oldest first', () => {
  const streams = new Streams();
  const slices = streams.plan([entry('a', 61), entry('b', 31), entry('a', 0), entry('c', 30)]);
  assert.deepEqual(shape(slices), [
    ['a', 'c'],
    ['b', 'a'],
  ]);
  assert.deepEqual(streams.plan([]), []);
});

test('each push holds one stream at most that may be refused, and holds it last', () => {
  const entries = fc.array(
    fc.tuple(fc.constantFrom(...'abcdef'), fc.integer({ min: 0, max: 90 }), fc.constantFrom(100, 300 << 10)),
    { maxLength: 30 },
  );
  const step = fc.record({
    entries,
    acceptedEvery: fc.integer({ min: 1, max: 3 }),
    minutes: fc.integer({ min: 0, max: 7 }),
  });
  const property = fc.property(fc.array(step, { maxLength: 5 }), steps => {
    const streams = new Streams();
    const confirmed = new Map<string, { readonly atMs: number; readonly newest: bigint }>();
    for (const { entries, acceptedEvery, minutes } of steps) {
      const given = entries.map(fields => entry(...fields));
      const slices = streams.plan(given);
      assert.deepEqual(new Set(slices.flat(2)), new Set(given));
      assert.equal(slices.flat(2).length, given.length);
      for (const pushes of slices) {
        const inPush = pushes.map(push => [...Map.groupBy(push, ({ stream }) => stream)]);
        const names = inPush.flatMap(groups => groups.map(([stream]) => stream));
        assert.equal(new Set(names).size, names.length, 'two pushes share a stream');
        for (const groups of inPush) {
          const risky = groups.findIndex(([stream, members]) => {
            const known = confirmed.get(stream);
            const heavy = members.reduce((sum, { bytes }) => sum + bytes.length, 0) > 512 << 10;
            if (!known || nowMs - known.atMs > 10 * minuteMs || heavy) return true;
            return members.some(({ timestamp }) => timestamp < known.newest - 30n * minuteNs);
          });
          assert.ok(risky === -1 || risky === groups.length - 1, `${risky} of ${groups.length}`);
        }
        const times = pushes.flat().map(({ timestamp }) => timestamp);
        const [first, last] = [times.toSorted(ascending)[0] ?? 0n, times.toSorted(ascending).at(-1) ?? 0n];
        assert.ok(last - first <= 30n * minuteNs);
      }
      const oldest = slices.map(
        pushes =>
          pushes
            .flat()
            .map(({ timestamp }) => timestamp)
            .toSorted(ascending)[0] ?? 0n,
      );
      assert.deepEqual(oldest, oldest.toSorted(ascending));
      for (const push of slices.flat().filter((_, index) => index % acceptedEvery === 0)) {
        streams.accepted(push);
        for (const { stream, timestamp } of push) {
          const before = confirmed.get(stream)?.newest ?? 0n;
          confirmed.set(stream, { atMs: nowMs, newest: timestamp > before ? timestamp : before });
        }
      }
      nowMs += minutes * minuteMs;
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('entries of one stream and time stay in the order in which they came', () => {
  const given = [entry('a', 5), entry('b', 5), entry('a', 5), entry('a', 4), entry('b', 5)];
  const [pushes = []] = new Streams().plan(given);
  const ofA = pushes.flat().filter(({ stream }) => stream === 'a');
  assert.deepEqual(
    ofA.map(item => given.indexOf(item)),
    [3, 0, 2],
  );
});

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
