import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { foldable, positionOf, source } from '../../test/fakes/checkpoints.ts';
import { LocalState } from './local-state.ts';
import { Queue, type QueuedEntry, type QueueOptions } from './queue.ts';

const folder = mkdtempSync(join(tmpdir(), 'queue-'));
after(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const all = { maxBytes: 1 << 30, maxEntries: 1000 };

function entry(revision: number, bytes = 100): QueuedEntry {
  const position = { from: BigInt(revision), at: BigInt(revision) };
  return {
    stream: '{job="kube-events"}',
    timestamp: 0n,
    bytes: new Uint8Array(bytes),
    source,
    key: `uid-${revision}`,
    revision: BigInt(revision),
    count: 1,
    position,
    foldable,
  };
}

function open(options: Partial<QueueOptions> = {}) {
  const reached: bigint[] = [];
  const queue = new Queue({
    maxBytes: 10_000,
    advanced: positions => reached.push(...Array.from(positions.values(), ({ from }) => from)),
    ...options,
  });
  return { queue, reached };
}

function openState(name: string, maxSpoolBytes = 1 << 20): LocalState {
  const observer = { committed() {}, damaged: () => assert.fail('damaged') };
  return LocalState.open(join(folder, name), observer, { maxSpoolBytes });
}

const revisions = (entries: readonly QueuedEntry[]) => entries.map(({ revision }) => Number(revision));

test('entries count until they are settled, and the position follows', async () => {
  const { queue, reached } = open();
  for (const revision of [1, 2, 3]) assert.ok(queue.offer(entry(revision)));
  const batch = await queue.take(all, never);
  assert.deepEqual(revisions(batch), [1, 2, 3]);
  assert.equal(queue.unsettled, 3);
  assert.ok(queue.bytes > 300);
  queue.settle(batch.slice(1, 2));
  assert.deepEqual(reached, []);
  queue.settle(batch.slice(0, 1));
  queue.settle(batch.slice(2));
  assert.deepEqual(reached, [2n, 3n]);
  assert.equal(queue.unsettled, 0);
  assert.equal(queue.bytes, 0);
});

test('a position without an entry waits for the entries before it', async () => {
  const { queue, reached } = open();
  queue.mark(source, { from: 5n, at: 5n });
  assert.deepEqual(reached, [5n]);
  queue.offer(entry(6));
  queue.mark(source, { from: 7n, at: 7n });
  const batch = await queue.take(all, never);
  queue.mark(source, { from: 8n, at: 8n });
  assert.deepEqual(reached, [5n]);
  queue.settle(batch);
  assert.deepEqual(reached, [5n, 6n, 8n]);
});

test('a batch keeps to the limits, and holds at least one entry', async () => {
  const { queue } = open();
  for (const revision of [1, 2, 3, 4, 5, 6]) queue.offer(entry(revision));
  assert.deepEqual(revisions(await queue.take({ maxBytes: 250, maxEntries: 1000 }, never)), [1, 2]);
  assert.deepEqual(revisions(await queue.take({ maxBytes: 1 << 20, maxEntries: 3 }, never)), [3, 4, 5]);
  assert.deepEqual(revisions(await queue.take({ maxBytes: 1, maxEntries: 3 }, never)), [6]);
});

test('a full queue holds the producer back until there is room', async () => {
  const { queue } = open({ maxBytes: 1500 });
  assert.ok(queue.offer(entry(1, 1000)));
  assert.equal(queue.offer(entry(2, 1000)), false);
  let accepted = false;
  const put = queue.put(entry(2, 1000), never).then(result => {
    accepted = result;
  });
  await tick();
  assert.equal(accepted, false);
  queue.settle(await queue.take(all, never));
  await put;
  assert.equal(accepted, true);
  assert.deepEqual(revisions(await queue.take(all, never)), [2]);
});

test('an entry larger than the queue is let in when it is empty', () => {
  assert.ok(open({ maxBytes: 1000 }).queue.offer(entry(1, 5000)));
});

test('closing ends the wait of both sides; what is in it may still be taken', async () => {
  const { queue } = open({ maxBytes: 1500 });
  queue.offer(entry(1, 1000));
  const refused = queue.put(entry(2, 1000), never);
  queue.close();
  assert.equal(await refused, false);
  assert.deepEqual(revisions(await queue.take(all, never)), [1]);
  assert.deepEqual(await queue.take(all, never), []);
});

test('an abort ends a wait', async () => {
  const controller = new AbortController();
  const waiting = open().queue.take(all, controller.signal);
  controller.abort();
  assert.deepEqual(await waiting, []);
});

test('what does not fit in memory goes to disk, in order, and the next process finds it', async () => {
  const first = openState('spill');
  const { queue, reached } = open({ maxBytes: 1500, spool: first.spool });
  queue.offer(entry(1));
  const taken = await queue.take({ maxBytes: 1, maxEntries: 1 }, never);
  for (let revision = 2; revision <= 50; revision += 1)
    assert.ok(queue.offer(entry(revision)), `${revision}`);
  assert.equal(queue.unsettled, 50);
  queue.settle(taken);
  assert.deepEqual(reached, [1n]);
  const batch = await queue.take({ maxBytes: 1 << 20, maxEntries: 2 }, never);
  batch.push(...(await queue.take({ maxBytes: 1 << 20, maxEntries: 8 }, never)));
  assert.deepEqual(revisions(batch), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].slice(0, batch.length));
  queue.settle(batch.slice(0, 4));
  queue.close();
  assert.equal(positionOf(first.checkpoint())?.from, 50n);
  first.close();

  const second = openState('spill');
  const next = open({ maxBytes: 1500, spool: second.spool });
  assert.equal(next.queue.unsettled, 45);
  const seen: number[] = [];
  while (next.queue.unsettled > 0) {
    const some = await next.queue.take({ maxBytes: 1 << 20, maxEntries: 7 }, never);
    seen.push(...revisions(some));
    next.queue.settle(some);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 45 }, (_, index) => index + 6),
  );
  assert.equal(next.reached.at(-1), 50n);
  assert.equal(next.queue.bytes, 0);
  assert.equal(second.spool.length, 0);
  second.close();
});

test('a full spool drops its oldest where that is wanted, and holds back where not', async () => {
  const state = openState('full', 4 << 20);
  const dropped: number[] = [];
  const { queue } = open({
    maxBytes: 1000,
    spool: state.spool,
    whenFull: 'drop_oldest',
    dropped: entries => dropped.push(entries),
  });
  for (let revision = 1; revision <= 100; revision += 1) assert.ok(queue.offer(entry(revision, 100_000)));
  queue.close();
  const lost = dropped.reduce((sum, entries) => sum + entries, 0);
  assert.ok(lost > 0);
  assert.equal(queue.unsettled, 100 - lost);
  const left: number[] = [];
  while (left.length < 100 - lost) left.push(...revisions(await queue.take(all, never)));
  assert.deepEqual(
    left,
    Array.from({ length: 100 - lost }, (_, index) => lost + index + 1),
  );
  state.close();
  const pausing = openState('pausing', 4 << 20);
  const other = open({ maxBytes: 1000, spool: pausing.spool, whenFull: 'pause' });
  let revision = 1;
  while (other.queue.offer(entry(revision, 100_000))) revision += 1;
  assert.equal(other.queue.unsettled, revision - 1);
  other.queue.close();
  pausing.close();
});

test('whatever comes, is taken and is settled in whatever order: each entry once, in order, none forgotten', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('offer' as const), bytes: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ do: fc.constant('take' as const), entries: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ do: fc.constant('settle' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('write' as const) }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async steps => {
      run += 1;
      const state = openState(`property-${run}`);
      const passed: bigint[] = [];
      const { queue } = open({
        maxBytes: 2500,
        spool: state.spool,
        advanced: (_, entries) => passed.push(...entries.map(({ revision }) => revision)),
      });
      let offered = 0;
      const taken: number[] = [];
      const open_: QueuedEntry[] = [];
      const takeSome = async (entries: number) => {
        const taking = queue.take({ maxBytes: 1 << 20, maxEntries: entries }, never);
        // Where the memory is full it waits for what is taken already.
        let waits = true;
        void taking.then(() => {
          waits = false;
        });
        for (await tick(); waits && open_.length > 0; await tick()) queue.settle(open_.splice(0, 1));
        const batch = await taking;
        taken.push(...revisions(batch));
        open_.push(...batch);
      };
      for (const each of steps) {
        if (each.do === 'offer') {
          assert.ok(queue.offer(entry(offered + 1, each.bytes)));
          offered += 1;
        } else if (each.do === 'take' && taken.length < offered) await takeSome(each.entries);
        else if (each.do === 'settle' && open_.length > 0)
          queue.settle(open_.splice(each.pick % open_.length, 1));
        else if (each.do === 'write') await new Promise(resolve => setTimeout(resolve, 0));
      }
      while (taken.length < offered) await takeSome(9);
      queue.settle(open_.splice(0));
      assert.deepEqual(
        taken,
        Array.from({ length: offered }, (_, index) => index + 1),
      );
      assert.deepEqual(passed.map(Number), taken);
      assert.equal(queue.unsettled, 0);
      assert.equal(queue.bytes, 0);
      assert.equal(state.spool.length, 0);
      queue.close();
      state.close();
    }),
    { numRuns: 40 },
  );
});

test('a position without an entry waits for the entries of its own source alone', async () => {
  const { queue, reached } = open();
  queue.offer(entry(1));
  queue.mark('core/v1/events/shop', { from: 5n, at: 5n });
  assert.deepEqual(reached, [5n]);
  queue.offer({ ...entry(6), source: 'core/v1/events/shop' });
  queue.mark('core/v1/events/shop', { from: 7n, at: 7n });
  const [first, second] = await queue.take(all, never);
  assert.ok(first && second);
  queue.settle([second]);
  assert.deepEqual(reached, [5n]);
  queue.settle([first]);
  assert.deepEqual(reached, [5n, 1n, 6n, 7n]);
});

test('what an earlier run left on disk may be of any source', async () => {
  const state = openState('left');
  const earlier = open({ spool: state.spool });
  earlier.queue.offer(entry(1));
  earlier.queue.close();
  const { queue, reached } = open({ spool: state.spool });
  queue.mark('core/v1/events/shop', { from: 5n, at: 5n });
  assert.deepEqual(reached, []);
  queue.settle(await queue.take(all, never));
  assert.deepEqual(reached, [1n, 5n]);
  queue.offer(entry(6));
  queue.mark('core/v1/events/shop', { from: 7n, at: 7n });
  assert.deepEqual(reached, [1n, 5n, 7n]);
  queue.close();
  state.close();
});

test('a source whose entries were dropped waits until nothing is left', async () => {
  const state = openState('dropped', 1000);
  let dropped = 0;
  const { queue, reached } = open({
    spool: state.spool,
    whenFull: 'drop_oldest',
    dropped: entries => {
      dropped += entries;
    },
  });
  for (let revision = 1; revision <= 600; revision += 1) queue.offer(entry(revision));
  assert.ok(dropped > 0);
  queue.mark('core/v1/events/shop', { from: 700n, at: 700n });
  assert.deepEqual(reached, []);
  queue.close();
  for (let batch = await queue.take(all, never); batch.length > 0; batch = await queue.take(all, never))
    queue.settle(batch);
  assert.equal(reached.at(-1), 700n);
  state.close();
});

test('with a disk, too, what is taken and not settled fills the memory', async () => {
  const state = openState('memory');
  const { queue } = open({ spool: state.spool });
  for (let revision = 1; revision <= 100; revision += 1) queue.offer(entry(revision));
  const taken: QueuedEntry[] = [];
  const limits = { maxBytes: 1 << 20, maxEntries: 5 };
  for (let batch = await queue.take(limits, never); batch.length > 0; ) {
    taken.push(...batch);
    batch = await queue.take(limits, AbortSignal.timeout(200));
  }
  assert.ok(
    taken.length < 30 && queue.bytes < 10_000 + 5 * 700,
    `${taken.length} entries, ${queue.bytes} bytes`,
  );
  // The others have ended, but wait for the first one.
  queue.settle(taken.slice(1));
  const more = await queue.take(limits, never);
  assert.equal(more[0]?.revision, BigInt(taken.length + 1));
  queue.settle(taken.slice(0, 1));
  queue.settle(more);
  queue.close();
  state.close();
});

test('closed while the memory is full, it still gives out all that is on disk', async () => {
  const state = openState('closed');
  const { queue } = open({ spool: state.spool });
  for (let revision = 1; revision <= 100; revision += 1) queue.offer(entry(revision));
  queue.close();
  let taken = 0;
  const limits = { maxBytes: 1 << 20, maxEntries: 20 };
  let held = await queue.take(limits, never);
  for (;;) {
    const next = queue.take(limits, never);
    await tick();
    queue.settle(held);
    taken += held.length;
    held = await next;
    if (held.length === 0) break;
  }
  assert.equal(taken, 100);
  state.close();
});
