import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { FakeApiServer } from '../../test/fakes/api-server.ts';
import { checkpointOf, positionOf } from '../../test/fakes/checkpoints.ts';
import { formatCheckpoint, parseCheckpoint } from '../delivery/checkpoint.ts';
import { countOf } from '../event/occurrences.ts';
import type { CoreEvent } from '../event/wire.ts';
import { Cluster } from './cluster.ts';
import { eventSource } from './event-source.ts';
import type { LiveEvent } from './live-events.ts';
import type { Position } from './position.ts';
import type { ReaderObserver, Step } from './reader.ts';
import { Reflector } from './reflector.ts';

let api: FakeApiServer;
let cluster: Cluster;
let ended: AbortController;
/** What the observer was told, in order. */
let told: string[];

beforeEach(async () => {
  api = await new FakeApiServer().start();
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'fake', server: api.url, skipTLSVerify: true }, { name: 'fake' });
  cluster = new Cluster(config);
  ended = new AbortController();
  told = [];
});

afterEach(async () => {
  ended.abort();
  await cluster.close();
  await api.stop();
});

const source = eventSource('core/v1');

const observer: ReaderObserver = {
  frame() {},
  ignored: (cause, count) => count > 0 && told.push(`${cause} ${count}`),
  listed: (_, live) => told.push(`listed ${live.size}`),
  watching() {},
  gap: ({ reason }) => told.push(`gap: ${reason}`),
  restarted: cause => told.push(`restarted ${cause}`),
  failed: error => told.push(`failed ${error.class}`),
};

/** Revision `revision` of event `name`, which has occurred `count` times. */
function event(name: string, revision: number, count = 1): CoreEvent {
  return {
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(revision) },
    involvedObject: { kind: 'Pod', name },
    count,
  };
}

type Frame = Parameters<FakeApiServer['append']>[0];

function append(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: CoreEvent): void {
  api.append({ type, object } as Frame);
}

/** Starts a reflector; `take(n)` gives its next n revisions as `name@revision previous→count`. */
function start(from?: Position, known?: Record<string, LiveEvent>, since?: bigint) {
  const reflector = new Reflector(cluster, observer, { source, since, eventTtlMs: 3_600_000 });
  const counts = known && new Map(Object.entries(known).map(([name, event]) => [`uid-${name}`, event]));
  const steps = reflector.run(from && { position: from, known: counts }, ended.signal);
  let last: Step | undefined;
  return {
    async take(count: number): Promise<string[]> {
      const taken: string[] = [];
      while (taken.length < count) {
        const { value } = await steps.next();
        if (!value) break;
        last = value;
        if (!value.revision) continue;
        const { event, previous } = value.revision;
        taken.push(
          `${event.metadata?.name}@${event.metadata?.resourceVersion} ${previous}→${countOf(event)}`,
        );
      }
      return taken;
    },
    /** The last position's two resourceVersions, and whether it says that counts are unknown. */
    position: () => last && [Number(last.position.from), Number(last.position.at), last.position.baseline],
    last: () => last,
    pause: () => reflector.pause(),
  };
}

test('a first start ships the list oldest first, then watches from it', async () => {
  append('ADDED', event('zebra', 5));
  append('ADDED', event('bee', 7));
  append('ADDED', event('ant', 9, 3));
  const reflector = start();
  assert.deepEqual(await reflector.take(3), ['zebra@5 unknown→1', 'bee@7 unknown→1', 'ant@9 unknown→3']);
  append('MODIFIED', event('ant', 12, 8));
  append('ADDED', event('cat', 13));
  assert.deepEqual(await reflector.take(2), ['ant@12 3→8', 'cat@13 0→1']);
  assert.deepEqual(reflector.position(), [13, 13, undefined]);
});

test('while the list is shipped the position says from where it is not', async () => {
  append('ADDED', event('a', 5));
  append('ADDED', event('b', 9));
  const reflector = start();
  await reflector.take(1);
  assert.deepEqual(reflector.position(), [5, 9, 'unknown']);
});

test('a list of many pages is one list', async () => {
  for (let index = 0; index < 1203; index += 1) append('ADDED', event(`e${index}`, 10 + index));
  const taken = await start().take(1203);
  assert.equal(taken.length, 1203);
  assert.equal(taken[0], 'e0@10 unknown→1');
  assert.equal(taken[1202], 'e1202@1212 unknown→1');
  assert.equal(api.requests.filter(request => request.verb === 'list').length, 3);
});

test('an expired position lists anew and repeats nothing, with the counts that it knew', async () => {
  append('ADDED', event('a', 5, 2));
  append('ADDED', event('b', 6));
  const reflector = start();
  await reflector.take(2);
  const first = reflector.take(1);
  append('MODIFIED', event('a', 8, 3));
  assert.deepEqual(await first, ['a@8 2→3']);
  await api.stop();
  append('MODIFIED', event('a', 20, 7));
  append('ADDED', event('c', 21));
  append('DELETED', event('b', 22));
  api.compact(22n);
  await api.start();
  assert.deepEqual(await reflector.take(2), ['a@20 3→7', 'c@21 0→1']);
  assert.ok(told.includes('failed expired'), told.join());
  append('MODIFIED', event('c', 30, 2));
  assert.deepEqual(await reflector.take(1), ['c@30 1→2']);
});

test('a restart lists exactly at its checkpoint, for the counts, and watches from there', async () => {
  append('ADDED', event('a', 5, 2));
  append('ADDED', event('b', 6));
  append('MODIFIED', event('a', 8, 9));
  const reflector = start({ from: 6n, at: 6n });
  assert.deepEqual(await reflector.take(1), ['a@8 2→9']);
});

test('a restart in the middle of a list ships the rest of it', async () => {
  append('ADDED', event('a', 5));
  append('ADDED', event('b', 6));
  append('ADDED', event('c', 7));
  assert.deepEqual(await start({ from: 5n, at: 7n }).take(2), ['b@6 unknown→1', 'c@7 unknown→1']);
});

test('a checkpoint that is compacted away lists now, and ships what is newer', async () => {
  append('ADDED', event('a', 5));
  append('ADDED', event('b', 9, 4));
  api.compact(9n);
  assert.deepEqual(await start({ from: 5n, at: 5n }).take(1), ['b@9 unknown→4']);
});

test('a checkpoint ahead of the cluster starts anew', async () => {
  append('ADDED', event('a', 5));
  assert.deepEqual(await start({ from: 900n, at: 900n }).take(1), ['a@5 unknown→1']);
  assert.ok(told.includes('failed foreign'), told.join());
});

test('a connection cut in the middle of a frame loses and repeats nothing', async () => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const next = reflector.take(1);
  append('ADDED', event('b', 6));
  assert.deepEqual(await next, ['b@6 0→1']);
  const rest = reflector.take(2);
  api.cutWatches();
  append('ADDED', event('c', 7));
  append('ADDED', event('d', 8));
  assert.deepEqual(await rest, ['c@7 0→1', 'd@8 0→1']);
});

test('expiry of an event is no news, and moves the position', async () => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const next = reflector.take(1);
  append('DELETED', event('a', 6));
  append('ADDED', event('a', 7));
  assert.deepEqual(await next, ['a@7 0→1']);
  assert.ok(told.includes('deleted 1'), told.join());
});

test('what is no frame is counted, and the next one is read', async () => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const next = reflector.take(1);
  append('ADDED', event('b', 6));
  await next;
  const after = reflector.take(1);
  api.injectLine('{"type":"ADDED","object":{"metadata":');
  api.injectLine('{"type":"ADDED","object":{"metadata":{"resourceVersion":"x"}}}');
  api.injectLine('{"type":"CHANGED","object":{}}');
  api.injectLine('null');
  append('ADDED', event('c', 7));
  assert.deepEqual(await after, ['c@7 0→1']);
  assert.equal(told.filter(line => line === 'malformed 1').length, 4);
});

test('missing rights are told apart, and tried again', async () => {
  append('ADDED', event('a', 5));
  api.answerNext(1, { status: 403 });
  assert.deepEqual(await start().take(1), ['a@5 unknown→1']);
  assert.ok(told.includes('failed denied'), told.join());
});

test('a quiet watch lists when it ends, so that its position stays young', async () => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const next = reflector.take(1);
  await waitFor(() => api.openWatches === 1);
  await waitFor(() => api.caughtUp);
  const lists = api.requests.filter(request => request.verb === 'list').length;
  // A watch that ends within its first second counts as a failing one.
  await new Promise(resolve => setTimeout(resolve, 1100));
  api.endWatches();
  await waitFor(() => api.requests.filter(request => request.verb === 'list').length > lists);
  append('ADDED', event('b', 6));
  assert.deepEqual(await next, ['b@6 0→1']);
});

test('so does a watch that had only one frame, long ago', async t => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const one = reflector.take(1);
  await waitFor(() => api.caughtUp);
  append('ADDED', event('b', 6));
  await one;
  const next = reflector.take(1);
  const lists = api.requests.filter(request => request.verb === 'list').length;
  await new Promise(resolve => setTimeout(resolve, 1100));
  const { now } = Date;
  t.mock.method(Date, 'now', () => now() + 61_000);
  api.endWatches();
  await waitFor(() => api.requests.filter(request => request.verb === 'list').length > lists);
  append('ADDED', event('c', 7));
  assert.deepEqual(await next, ['c@7 0→1']);
});

test('a list that was cut short is shipped on with the counts that were known when it began', async () => {
  append('ADDED', event('a', 5, 3));
  append('ADDED', event('b', 6, 4));
  const known = { a: { revision: 2n, count: 1 }, b: { revision: 3n, count: 2 } };
  assert.deepEqual(await start({ from: 5n, at: 6n }, known).take(1), ['b@6 2→4']);
  const first = { from: 5n, at: 6n, baseline: 'unknown' } as const;
  assert.deepEqual(await start(first, { a: { revision: 5n, count: 3 } }).take(1), ['b@6 unknown→4']);
});

test('a checkpoint that is compacted away goes on with the counts of the local state', async () => {
  append('ADDED', event('a', 5, 2));
  append('MODIFIED', event('a', 9, 6));
  append('ADDED', event('b', 10, 3));
  api.compact(10n);
  const known = { a: { revision: 5n, count: 2 } };
  assert.deepEqual(await start({ from: 5n, at: 5n }, known).take(2), ['a@9 2→6', 'b@10 0→3']);
});

test('a pause shorter than the life of events leaves no gap', async () => {
  const witness = { namespace: 'shop', name: 'a', uid: 'uid-a', revision: 5n };
  append('ADDED', event('b', 9));
  api.compact(9n);
  await start({ from: 5n, at: 5n, time: Date.now() - 1_800_000, witness }).take(1);
  assert.ok(!told.some(line => line.startsWith('gap')), told.join());
});

test('an interval of which nothing is left in the API server is told, and none where something is', async () => {
  const old = { namespace: 'shop', name: 'a', uid: 'uid-a', revision: 5n };
  append('ADDED', event('a', 5));
  append('DELETED', event('a', 6));
  append('ADDED', event('b', 9));
  api.compact(9n);
  await start({ from: 5n, at: 5n, time: Date.now() - 7_200_000, witness: old }).take(1);
  assert.ok(
    told.some(line => line.startsWith('gap: events of this time have expired')),
    told.join(),
  );
  told = [];
  append('MODIFIED', event('b', 12));
  append('ADDED', event('c', 13));
  api.compact(13n);
  await start({ from: 12n, at: 12n, time: Date.now() - 7_200_000, witness: { ...old, revision: 12n } }).take(
    1,
  );
  assert.ok(!told.some(line => line.startsWith('gap')), told.join());
});

test('a cluster with other events under the same numbers is noticed at a restart', async () => {
  append('ADDED', event('a', 5));
  append('ADDED', event('b', 9));
  const witness = { namespace: 'shop', name: 'z', uid: 'uid-z', revision: 5n };
  assert.deepEqual(await start({ from: 5n, at: 5n, witness }).take(2), ['a@5 unknown→1', 'b@9 unknown→1']);
  assert.ok(told.includes('failed foreign'), told.join());
});

test('a cluster that is restored behind our back is noticed, and what it shares with before is not repeated', async () => {
  append('ADDED', event('a', 5, 2));
  append('ADDED', event('b', 6));
  const reflector = start();
  await reflector.take(2);
  const next = reflector.take(1);
  append('ADDED', event('lost', 8));
  assert.deepEqual(await next, ['lost@8 0→1']);
  const after = reflector.take(2);
  await waitFor(() => api.caughtUp);
  // The backup is from revision 6; what comes after it reuses the numbers.
  await api.stop();
  api.restore(
    ...[event('a', 5, 2), event('b', 6), event('new', 8)].map(object => ({ type: 'ADDED', object }) as Frame),
    { type: 'MODIFIED', object: event('b', 9, 4) } as Frame,
  );
  await api.start();
  assert.deepEqual(await after, ['new@8 0→1', 'b@9 1→4']);
  assert.ok(
    told.some(line => line.startsWith('gap: the cluster was restored')),
    told.join(),
  );
});

test('a watch that is paused goes on from its position', async () => {
  append('ADDED', event('a', 5));
  const reflector = start();
  await reflector.take(1);
  const next = reflector.take(1);
  append('ADDED', event('b', 6));
  await next;
  reflector.pause();
  await waitFor(() => api.openWatches === 0);
  append('ADDED', event('c', 7));
  append('ADDED', event('d', 8));
  assert.deepEqual(await reflector.take(2), ['c@7 0→1', 'd@8 0→1']);
  assert.ok(told.includes('restarted paused'), told.join());
});

test('a first start ships only what is newer than wanted', async () => {
  append('ADDED', { ...event('a', 5), lastTimestamp: '2026-05-01T10:00:00Z' });
  append('ADDED', { ...event('b', 6), lastTimestamp: '2026-05-01T11:00:00Z' });
  const since = BigInt(Date.parse('2026-05-01T10:30:00Z')) * 1_000_000n;
  assert.deepEqual(await start(undefined, undefined, since).take(1), ['b@6 unknown→1']);
  assert.ok(told.includes('older 1'), told.join());
});

test('a first start that was killed while it shipped its list still ships only what is newer than wanted', async () => {
  const at = (hour: string) => ({ lastTimestamp: `2026-05-01T${hour}Z` });
  append('ADDED', { ...event('a', 5), ...at('10:00:00') });
  append('ADDED', { ...event('b', 6), ...at('11:00:00') });
  append('ADDED', { ...event('c', 7), ...at('10:01:00') });
  append('ADDED', { ...event('d', 8), ...at('11:01:00') });
  const since = BigInt(Date.parse('2026-05-01T10:30:00Z')) * 1_000_000n;
  const first = start(undefined, undefined, since);
  await first.take(1);
  const killedAt = first.last()?.position;
  assert.ok(killedAt);
  const stored = positionOf(parseCheckpoint(formatCheckpoint(checkpointOf(killedAt))));
  assert.deepEqual(await start(stored).take(1), ['d@8 unknown→1']);
  // Where the state of then is gone, so.
  append('ADDED', event('e', 9));
  api.compact();
  assert.deepEqual(await start(stored).take(2), ['d@8 unknown→1', 'e@9 unknown→1']);
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}
