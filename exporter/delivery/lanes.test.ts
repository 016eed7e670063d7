import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { foldable, source } from '../../test/fakes/checkpoints.ts';
import { Lanes } from './lanes.ts';
import { type BatchLimits, type EntryQueue, Queue, type QueuedEntry } from './queue.ts';

const never = new AbortController().signal;
const all = { maxBytes: 1 << 30, maxEntries: 1000 };

/** An entry that goes by a lane, which its route names. */
function entry(route: string, revision: number, bytes = 100): QueuedEntry {
  return {
    stream: '{job="kube-events"}',
    timestamp: 0n,
    bytes: new Uint8Array(bytes),
    source,
    key: `uid-${revision}`,
    revision: BigInt(revision),
    count: 1,
    position: { from: BigInt(revision), at: BigInt(revision) },
    foldable: { ...foldable, route },
  };
}

function open(maxBytes = 1 << 20, names: readonly string[] = ['a', 'b']) {
  const reached: number[] = [];
  const queue = new Queue({
    maxBytes: 1 << 20,
    advanced: positions => reached.push(...Array.from(positions.values(), ({ from }) => Number(from))),
  });
  const lanes = new Lanes(queue, names, laneOf, maxBytes);
  return { queue, lanes, reached };
}

const laneOf = (entry: QueuedEntry) => entry.foldable.route ?? '';
const revisions = (entries: readonly QueuedEntry[]) => entries.map(({ revision }) => Number(revision));

/** Whether a promise is still open after everything that could settle it now has. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol();
  for (let turn = 0; turn < 5; turn += 1) await tick();
  return (await Promise.race([promise, Promise.resolve(open)])) === open;
}

test('each lane gets its own entries, in order, within the limits', async () => {
  const { queue, lanes } = open();
  for (const [index, name] of [...'abaabb'].entries()) queue.offer(entry(name, index + 1));
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  assert.deepEqual(revisions(await a.take(all, never)), [1, 3, 4]);
  assert.deepEqual(revisions(await b.take({ ...all, maxEntries: 2 }, never)), [2, 5]);
  assert.deepEqual(revisions(await b.take({ ...all, maxBytes: 1 }, never)), [6]);
});

test('the position follows what has ended in all of them', async () => {
  const { queue, lanes, reached } = open();
  for (const [index, name] of [...'abab'].entries()) queue.offer(entry(name, index + 1));
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  b.settle(await b.take(all, never));
  assert.deepEqual(reached, []);
  a.settle(await a.take(all, never));
  assert.deepEqual(reached, [4]);
  assert.equal(queue.unsettled, 0);
  assert.equal(queue.bytes, 0);
});

test('who waits is served when its entry comes, though another has come before', async () => {
  const { queue, lanes } = open();
  const [a, b] = [lanes.lane('a').take(all, never), lanes.lane('b').take(all, never)];
  queue.offer(entry('b', 1));
  assert.deepEqual(revisions(await b), [1]);
  assert.equal(await isOpen(a), true);
  queue.offer(entry('a', 2));
  assert.deepEqual(revisions(await a), [2]);
});

test('a lane that nobody takes from leaves the others going until it has filled the memory', async () => {
  const { queue, lanes } = open(1000);
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  for (let revision = 1; revision <= 9; revision += 1) queue.offer(entry('a', revision));
  queue.offer(entry('b', 10));
  const one = { ...all, maxEntries: 1 };
  assert.deepEqual(revisions(await b.take(one, never)), [10]);
  queue.offer(entry('a', 11));
  queue.offer(entry('b', 12));
  const held = b.take(one, never);
  assert.equal(await isOpen(held), true);
  assert.deepEqual(revisions(await a.take(one, never)), [1]);
  assert.deepEqual(revisions(await held), [12]);
  assert.deepEqual(revisions(await a.take(all, never)), [2, 3, 4, 5, 6, 7, 8, 9, 11]);
});

test('once the queue is closed each lane ends after its last entry', async () => {
  const { queue, lanes } = open();
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  const waiting = b.take(all, never);
  queue.offer(entry('a', 1));
  queue.close();
  assert.deepEqual(await waiting, []);
  assert.deepEqual(revisions(await a.take(all, never)), [1]);
  assert.deepEqual(await a.take(all, never), []);
});

test("an abort ends one lane's wait, and no entry is lost by it", async () => {
  const { queue, lanes } = open();
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  const abort = new AbortController();
  const ended = a.take(all, abort.signal);
  const other = b.take(all, never);
  abort.abort();
  assert.deepEqual(await ended, []);
  assert.equal(await isOpen(other), true);
  queue.offer(entry('a', 1));
  queue.offer(entry('b', 2));
  assert.deepEqual(revisions(await other), [2]);
  assert.deepEqual(revisions(await a.take(all, never)), [1]);
});

test('a fault of the queue reaches every lane, after what it had brought before', async () => {
  const batches = [[entry('a', 1), entry('b', 2)]];
  const fault = new Error('the disk is gone');
  const queue: EntryQueue = {
    async take() {
      const batch = batches.shift();
      if (!batch) throw fault;
      return batch;
    },
    settle() {},
  };
  const lanes = new Lanes(queue, ['a', 'b'], laneOf, 1 << 20);
  const [a, b] = [lanes.lane('a'), lanes.lane('b')];
  assert.deepEqual(revisions(await a.take(all, never)), [1]);
  await assert.rejects(a.take(all, never), fault);
  assert.deepEqual(revisions(await b.take(all, never)), [2]);
  await assert.rejects(b.take(all, never), fault);
});

test('the queue is asked by one lane at a time, so that what it brings stays in order', async () => {
  const asked: PromiseWithResolvers<QueuedEntry[]>[] = [];
  const queue: EntryQueue = {
    take() {
      const answer = Promise.withResolvers<QueuedEntry[]>();
      asked.push(answer);
      return answer.promise;
    },
    settle() {},
  };
  const lanes = new Lanes(queue, ['a', 'b'], laneOf, 1 << 20);
  const [a, b] = [lanes.lane('a').take(all, never), lanes.lane('b').take(all, never)];
  assert.equal(asked.length, 1);
  asked[0]?.resolve([entry('b', 1), entry('b', 2)]);
  assert.deepEqual(revisions(await b), [1, 2]);
  assert.equal(asked.length, 2);
  asked[1]?.resolve([entry('a', 3)]);
  assert.deepEqual(revisions(await a), [3]);
});

test('an entry for a lane that is not there is a fault, and so is to ask for one', async () => {
  const { queue, lanes } = open();
  queue.offer(entry('c', 1));
  await assert.rejects(lanes.lane('a').take(all, never), /there is no lane c/);
  assert.throws(() => lanes.lane('c'), RangeError);
});

test('whatever comes, and whoever takes it: each entry once, in order in its lane', async () => {
  const names = ['a', 'b', 'c'];
  const step = fc.record({
    lane: fc.constantFrom(...names),
    bytes: fc.integer({ min: 1, max: 400 }),
    /** How many takes and settlements happen before the next entry comes. */
    pause: fc.integer({ min: 0, max: 3 }),
  });
  const taker = fc.record({
    limits: fc.record({
      maxBytes: fc.integer({ min: 1, max: 800 }),
      maxEntries: fc.integer({ min: 1, max: 5 }),
    }),
    slowness: fc.integer({ min: 0, max: 4 }),
    /** After so many turns a wait is given up, and begun again. */
    patience: fc.integer({ min: 1, max: 6 }),
  });
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 40 }),
    fc.tuple(taker, taker, taker),
    fc.integer({ min: 1, max: 1000 }),
    async (steps, takers, maxBytes) => {
      const { queue, lanes, reached } = open(maxBytes, names);
      const taken = new Map<string, number[]>();
      const takings = takers.map(async ({ limits, slowness, patience }, index) => {
        const name = names[index] ?? '';
        const own: number[] = [];
        taken.set(name, own);
        const lane = lanes.lane(name);
        for (;;) {
          const { batch, gaveUp } = await takeWithin(lane, limits, patience);
          assert.ok(batch.length <= limits.maxEntries);
          own.push(...revisions(batch));
          for (let turn = 0; turn < slowness; turn += 1) await tick();
          lane.settle(batch);
          if (batch.length === 0 && !gaveUp) return;
        }
      });
      for (const [index, { lane, bytes, pause }] of steps.entries()) {
        await queue.put(entry(lane, index + 1, bytes), never);
        for (let turn = 0; turn < pause; turn += 1) await tick();
      }
      queue.close();
      await Promise.all(takings);
      for (const name of names) {
        const expected = steps.flatMap(({ lane }, index) => (lane === name ? [index + 1] : []));
        assert.deepEqual(taken.get(name), expected);
      }
      assert.equal(queue.unsettled, 0);
      assert.equal(reached.at(-1), steps.length === 0 ? undefined : steps.length);
      assert.deepEqual(
        reached,
        reached.toSorted((a, b) => a - b),
      );
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

async function takeWithin(lane: EntryQueue, limits: BatchLimits, turns: number) {
  const abort = new AbortController();
  const given = lane.take(limits, abort.signal);
  let done = false;
  void given.then(() => {
    done = true;
  });
  for (let turn = 0; turn < turns && !done; turn += 1) await tick();
  const gaveUp = !done;
  abort.abort();
  return { batch: await given, gaveUp };
}
