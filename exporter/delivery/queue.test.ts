import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { Queue, type QueuedEntry } from './queue.ts';

const never = new AbortController().signal;
const all = { maxBytes: 1 << 30, maxEntries: 1000 };

function entry(name: string, bytes = 100): QueuedEntry {
  const ticket = { position: { from: 0n, at: 0n }, settled: false };
  return { stream: name, timestamp: 0n, bytes: new Uint8Array(bytes), ticket };
}

async function names(queue: Queue, limits = all) {
  return (await queue.peek(limits, never)).map(({ stream }) => stream).join('');
}

test('entries stay until they are released', async () => {
  const queue = new Queue(10_000);
  for (const name of ['a', 'b', 'c']) await queue.put(entry(name), never);
  assert.equal(await names(queue), 'abc');
  assert.equal(await names(queue), 'abc');
  queue.release(2);
  assert.equal(await names(queue), 'c');
  queue.release(1);
  assert.equal(queue.bytes, 0);
  assert.equal(queue.length, 0);
});

test('a batch keeps to the limits, and holds at least one entry', async () => {
  const queue = new Queue(10_000);
  for (const name of ['a', 'b', 'c', 'd']) await queue.put(entry(name), never);
  assert.equal(await names(queue, { maxBytes: 250, maxEntries: 1000 }), 'ab');
  assert.equal(await names(queue, { maxBytes: 1 << 20, maxEntries: 3 }), 'abc');
  assert.equal(await names(queue, { maxBytes: 1, maxEntries: 3 }), 'a');
});

test('a full queue holds the producer back until there is room', async () => {
  const queue = new Queue(1000);
  await queue.put(entry('a', 500), never);
  let second = false;
  const put = queue.put(entry('b', 500), never).then(accepted => {
    second = accepted;
  });
  await tick();
  assert.equal(second, false);
  queue.release(1);
  await put;
  assert.equal(second, true);
  assert.equal(await names(queue), 'b');
});

test('an entry larger than the queue is let in when it is empty', async () => {
  const queue = new Queue(1000);
  assert.equal(await queue.put(entry('a', 5000), never), true);
});

test('closing ends the wait of both sides; what is in it may still be taken', async () => {
  const queue = new Queue(1000);
  await queue.put(entry('a', 700), never);
  const refused = queue.put(entry('b', 700), never);
  queue.close();
  assert.equal(await refused, false);
  assert.equal(await names(queue), 'a');
  queue.release(1);
  assert.equal(await names(queue), '');
});

test('an abort ends a wait', async () => {
  const queue = new Queue(1000);
  const controller = new AbortController();
  const waiting = queue.peek(all, controller.signal);
  controller.abort();
  assert.deepEqual(await waiting, []);
});
