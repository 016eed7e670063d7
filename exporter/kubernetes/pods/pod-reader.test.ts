import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { EventStore } from '../../../test/fakes/event-store.ts';
import { failed, hour, now, PodReaders } from '../../../test/fakes/pod-readers.ts';
import type { Position } from '../position.ts';

let readers: PodReaders;

beforeEach(async () => {
  readers = await PodReaders.create();
});

afterEach(() => readers[Symbol.asyncDispose]());

test('a first start hands on what Pods show of the last hour, the oldest revision first', async () => {
  readers.write('ADDED', 'well', 4, failed('app', 0));
  readers.write('ADDED', 'zebra', 5, failed('app', 1));
  readers.write('ADDED', 'old', 6, failed('app', 3, 2 * hour));
  readers.write('ADDED', 'ant', 9, failed('app', 2), failed('side', 5));
  const reader = readers.start();
  assert.deepEqual(await reader.take(3), ['zebra@5 app/0', 'ant@9 app/1', 'ant@9 side/4']);
  assert.deepEqual(readers.told, ['older 1', 'listed 4']);
  const { revision } = reader.taken.at(-1) ?? {};
  assert.deepEqual([revision?.key, revision?.count, revision?.previous], ['uid-ant/side', 5, 0]);
});

test('each later run comes once, and what else happens to a Pod is no news', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 6, failed('app', 0));
  readers.write('MODIFIED', 'a', 7, failed('app', 1));
  assert.deepEqual(await next, ['a@7 app/0']);
  readers.write('MODIFIED', 'a', 8, failed('app', 1));
  readers.write('MODIFIED', 'a', 9, failed('app', 2));
  assert.deepEqual(await reader.take(1), ['a@9 app/1']);
  assert.deepEqual([reader.position.from, reader.position.at], [9n, 9n]);
});

test('a run that an older start has left behind is known, old or not', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 3, 2 * hour));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 6, failed('app', 3, 2 * hour));
  readers.write('MODIFIED', 'a', 7, failed('app', 4));
  assert.deepEqual(await next, ['a@7 app/3']);
});

test('several containers of one frame: the position moves with the last of them', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0), failed('b', 0), failed('c', 0));
  const reader = readers.start();
  const next = reader.take(2);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 8, failed('app', 1, 3000), failed('b', 1, 2000), failed('c', 1, 1000));
  assert.deepEqual(await next, ['a@8 app/0', 'a@8 b/0']);
  assert.equal(reader.position.at, 5n);
  const killed = readers.start({ position: reader.position });
  assert.deepEqual(await killed.take(3), ['a@8 app/0', 'a@8 b/0', 'a@8 c/0']);
  assert.equal(killed.position.at, 8n);
});

test('a restart knows what was there at its checkpoint', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('ADDED', 'b', 6, failed('app', 1));
  readers.write('MODIFIED', 'a', 8, failed('app', 2));
  const reader = readers.start({ position: { from: 6n, at: 6n, time: now - 240_000 } });
  assert.deepEqual(await reader.take(1), ['a@8 app/1']);
  // What it has read is as old as it was.
  const [listed, watched] = reader.taken.map(({ position }) => position);
  assert.deepEqual([listed?.at, listed?.time], [6n, now - 240_000]);
  assert.ok(watched?.at === 8n && (watched.time ?? 0) >= now);
});

test('a restart goes by the local account too, where it knows more than the checkpoint', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('MODIFIED', 'a', 8, failed('app', 2), failed('b', 1, 1000));
  const known = { 'uid-a/app': { revision: 8n, count: 2 } };
  assert.deepEqual(await readers.start({ position: { from: 5n, at: 5n }, known }).take(1), ['a@8 b/0']);
});

test('a first list that was cut short is handed on to its end, and what was too old stays so', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('ADDED', 'b', 6, failed('app', 1), failed('side', 1));
  readers.write('ADDED', 'c', 7, failed('app', 1, 50 * 60_000));
  readers.write('ADDED', 'd', 8, failed('app', 1, 2 * hour));
  const reader = readers.start();
  await reader.take(2);
  const position = reader.position;
  assert.deepEqual([position.from, position.at], [5n, 8n]);
  const restarted = readers.start(position && { position });
  assert.deepEqual(await restarted.take(3), ['b@6 app/0', 'b@6 side/0', 'c@7 app/0']);
  assert.ok(readers.told.includes('older 1'), readers.told.join());
  const next = restarted.take(1);
  readers.write('MODIFIED', 'd', 9, failed('app', 2));
  assert.deepEqual(await next, ['d@9 app/1']);
});

test('a first list that was cut short and compacted away is handed on from what is there now', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('ADDED', 'b', 6, failed('app', 1, 50 * 60_000));
  readers.write('ADDED', 'd', 7, failed('app', 1, 2 * hour));
  const reader = readers.start();
  await reader.take(1);
  readers.write('MODIFIED', 'd', 9, failed('app', 1, 2 * hour));
  readers.write('ADDED', 'c', 10, failed('app', 1));
  readers.api.pods.compact(10n);
  assert.deepEqual(await readers.start({ position: reader.position }).take(2), ['b@6 app/0', 'c@10 app/0']);
});

test('an expired watch lists anew, and repeats nothing', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('ADDED', 'b', 6, failed('app', 1));
  const reader = readers.start();
  await reader.take(2);
  const next = reader.take(2);
  await waitFor(() => readers.api.caughtUp);
  await readers.api.stop();
  readers.write('MODIFIED', 'a', 20, failed('app', 4));
  readers.write('ADDED', 'c', 21, failed('app', 1, 2 * hour));
  readers.api.pods.compact(21n);
  await readers.api.start();
  // A late word of a run that ended long ago is news all the same.
  assert.deepEqual(await next, ['a@20 app/3', 'c@21 app/0']);
  assert.ok(readers.told.includes('failed expired'), readers.told.join());
  assert.ok(!readers.told.some(line => line.startsWith('gap')), readers.told.join());
});

test('a checkpoint that is compacted away hands on what has changed and ended since, and says what may be missing', async () => {
  readers.write('ADDED', 'unchanged', 5, failed('app', 1, 1000));
  readers.write('ADDED', 'old', 9, failed('app', 1, 50 * 60_000));
  readers.write('ADDED', 'new', 10, failed('app', 3, 15 * 60_000));
  readers.api.pods.compact(10n);
  const reader = readers.start({ position: { from: 8n, at: 8n, time: now - 10 * 60_000 } });
  assert.deepEqual(await reader.take(1), ['new@10 app/2']);
  assert.equal(readers.told.filter(line => line.startsWith('gap: pods that were deleted')).length, 1);
  assert.ok(readers.told.includes('older 1'), readers.told.join());
});

test('a checkpoint that is compacted away does not repeat what the local account has', async () => {
  readers.write('ADDED', 'a', 9, failed('app', 2));
  readers.write('ADDED', 'b', 10, failed('app', 2));
  readers.api.pods.compact(10n);
  const known = { 'uid-a/app': { revision: 5n, count: 2 } };
  assert.deepEqual(
    await readers.start({ position: { from: 5n, at: 5n, time: now - 60_000 }, known }).take(1),
    ['b@10 app/1'],
  );
});

test('a Pod that is deleted is forgotten, and its name may be used again', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1), failed('b', 1), failed('c', 0));
  const reader = readers.start();
  await reader.take(2);
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.write('DELETED', 'a', 6, failed('app', 1), failed('b', 1), failed('c', 0));
  readers.write('ADDED', 'a', 7, failed('app', 1));
  assert.deepEqual(await next, ['a@7 app/0']);
  assert.deepEqual(reader.gone, ['uid-a/app', 'uid-a/b']);
  assert.ok(readers.told.includes('deleted 1'), readers.told.join());
});

test('a bookmark moves the position', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.api.injectLine('{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"40"}}}');
  await waitFor(() => readers.told.includes('bookmark 1'));
  await readers.api.stop();
  readers.write('ADDED', 'b', 41, failed('app', 1));
  await readers.api.start();
  assert.deepEqual(await next, ['b@41 app/0']);
  const watches = readers.api.requests.filter(({ verb }) => verb === 'watch');
  assert.equal(watches.at(-1)?.query.get('resourceVersion'), '40');
});

test('a connection cut in the middle of a frame loses and repeats nothing', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 6, failed('app', 1));
  assert.deepEqual(await next, ['a@6 app/0']);
  const rest = reader.take(2);
  await waitFor(() => readers.api.caughtUp);
  readers.api.cutWatches();
  readers.write('MODIFIED', 'a', 7, failed('app', 2));
  readers.write('MODIFIED', 'a', 8, failed('app', 3));
  assert.deepEqual(await rest, ['a@7 app/1', 'a@8 app/2']);
});

test('what is no frame is counted, and the next one is read', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.api.injectLine('{"type":"MODIFIED","object":{"metadata":');
  readers.api.injectLine('{"type":"MODIFIED","object":{"metadata":{"resourceVersion":"x"}}}');
  readers.write('MODIFIED', 'a', 6, failed('app', 1));
  assert.deepEqual(await next, ['a@6 app/0']);
  assert.equal(readers.told.filter(line => line === 'malformed 1').length, 2);
});

test('missing rights are told apart, and tried again', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.api.answerNext(1, { status: 403 });
  assert.deepEqual(await readers.start().take(1), ['a@5 app/0']);
  assert.ok(readers.told.includes('failed denied'), readers.told.join());
});

test('a checkpoint of another cluster hands on what ended since, and counts no run again', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 2, 2 * hour));
  readers.write('ADDED', 'b', 6, failed('app', 2));
  readers.write('ADDED', 'c', 9, failed('app', 1));
  const witness = { namespace: 'shop', name: 'z', uid: 'uid-z', revision: 5n };
  const known = { 'uid-b/app': { revision: 2n, count: 2 } };
  const reader = readers.start({ position: { from: 5n, at: 5n, time: now - 60_000, witness }, known });
  assert.deepEqual(await reader.take(1), ['c@9 app/0']);
  assert.ok(readers.told.includes('failed foreign'), readers.told.join());
  assert.ok(
    readers.told.includes('gap: the cluster was restored from a backup, or is another one'),
    readers.told.join(),
  );
});

test('a checkpoint ahead of the cluster is one of another', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  assert.deepEqual(await readers.start({ position: { from: 900n, at: 900n, time: now } }).take(1), [
    'a@5 app/0',
  ]);
  assert.ok(readers.told.includes('failed foreign'), readers.told.join());
});

test('a cluster that is restored behind our back repeats no run, also when its kubelets tell of it again', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  const reader = readers.start();
  await reader.take(1);
  const next = reader.take(2);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 8, failed('app', 2, 50_000));
  readers.write('MODIFIED', 'a', 9, failed('app', 3, 40_000));
  assert.deepEqual(await next, ['a@8 app/1', 'a@9 app/2']);
  const after = reader.take(2);
  await waitFor(() => readers.api.caughtUp);
  // The backup is from revision 5; what comes after it reuses the numbers.
  await readers.api.stop();
  readers.api.pods = new EventStore();
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.write('ADDED', 'b', 9, failed('app', 1));
  await readers.api.start();
  await waitFor(() => readers.told.filter(line => line === 'watching').length === 2);
  readers.write('MODIFIED', 'a', 10, failed('app', 3, 40_000));
  readers.write('MODIFIED', 'a', 11, failed('app', 4, 30_000));
  assert.deepEqual(await after, ['b@9 app/0', 'a@11 app/3']);
});

test('a watch that is paused goes on from its position', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 0));
  const reader = readers.start();
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  readers.write('MODIFIED', 'a', 6, failed('app', 1));
  await next;
  reader.pause();
  await waitFor(() => readers.api.openWatches === 0);
  readers.write('MODIFIED', 'a', 7, failed('app', 2));
  assert.deepEqual(await reader.take(1), ['a@7 app/1']);
  assert.ok(readers.told.includes('restarted paused'), readers.told.join());
});

test('one namespace is read alone', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  readers.api.appendPods({
    type: 'ADDED',
    object: {
      metadata: { name: 'b', namespace: 'other', uid: 'uid-b', resourceVersion: '6' },
      status: { containerStatuses: [failed('app', 1)] },
    },
  });
  assert.deepEqual(await readers.start({ namespace: 'other' }).take(1), ['b@6 app/0']);
});

test('a list of many pages is one list, and each page shows the same state', async () => {
  for (let index = 0; index < 603; index += 1)
    readers.write('ADDED', `p${index}`, 10 + index, failed('app', 1));
  const taken = await readers.start().take(603);
  assert.deepEqual([taken[0], taken[602]], ['p0@10 app/0', 'p602@612 app/0']);
  assert.equal(readers.api.requests.filter(({ verb }) => verb === 'list').length, 3);
});

test('a quiet watch lists when it ends, so that its position stays young', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1));
  const reader = readers.start();
  await reader.take(1);
  const next = reader.take(1);
  await waitFor(() => readers.api.caughtUp);
  const lists = readers.api.requests.filter(({ verb }) => verb === 'list').length;
  // A watch that ends within its first second counts as a failing one.
  await new Promise(resolve => setTimeout(resolve, 1100));
  readers.api.endWatches();
  await waitFor(() => readers.api.requests.filter(({ verb }) => verb === 'list').length > lists);
  readers.write('MODIFIED', 'a', 6, failed('app', 2));
  assert.deepEqual(await next, ['a@6 app/1']);
});

test('killed after any step, it hands on the same entries, and all of them', async () => {
  readers.write('ADDED', 'a', 5, failed('app', 1), failed('side', 1));
  readers.write('ADDED', 'b', 6, failed('app', 1));
  const first = ['a@5 app/0', 'a@5 side/0', 'b@6 app/0'];
  const later = ['b@7 app/1', 'b@7 side/0', 'c@9 app/0'];
  const seen = new Set<string>();
  let position: Position | undefined;
  const readAndKill = async (steps: number) => {
    const reader = readers.start(position && { position });
    for (const termination of await reader.take(steps)) seen.add(termination);
    position = reader.position;
    reader.kill();
  };
  for (const steps of [1, 2, 1]) await readAndKill(steps);
  assert.deepEqual([...seen], first);
  readers.write('MODIFIED', 'b', 7, failed('app', 2, 50_000), failed('side', 1, 40_000));
  readers.write('DELETED', 'a', 8, failed('app', 1), failed('side', 1));
  readers.write('ADDED', 'c', 9, failed('app', 1));
  for (const steps of [1, 1, 2, 1]) await readAndKill(steps);
  assert.deepEqual([...seen], [...first, ...later]);
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}
