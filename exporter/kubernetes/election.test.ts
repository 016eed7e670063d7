import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { FakeApiServer } from '../../test/fakes/api-server.ts';
import { checkpointOf } from '../../test/fakes/checkpoints.ts';
import { LeaseReplica } from '../../test/fakes/lease-replica.ts';
import type { FakeLease } from '../../test/fakes/leases.ts';
import { Cluster } from './cluster.ts';
import type { Position } from './position.ts';

const address = { namespace: 'monitoring', name: 'kube-events-loki' };
const checkpointKey = 'kube-events-loki/checkpoint';

let api: FakeApiServer;
let cluster: Cluster;
let replicas: LeaseReplica[];

beforeEach(async () => {
  api = await new FakeApiServer().start();
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'fake', server: api.url, skipTLSVerify: true }, { name: 'fake' });
  cluster = new Cluster(config);
  replicas = [];
});

afterEach(async () => {
  for (const made of replicas) await made.end();
  await cluster.close();
  await api.stop();
});

/** One more elector on the same Lease. */
function replica(): LeaseReplica {
  const made = new LeaseReplica(cluster, address);
  replicas.push(made);
  return made;
}

function stored(): FakeLease {
  const lease = api.leases.get(address.namespace, address.name);
  assert.ok(lease);
  return lease;
}

function checkpointAt(): string | undefined {
  const text = stored().metadata.annotations?.[checkpointKey];
  return text === undefined ? undefined : JSON.parse(text).sources['core/v1/events'].at;
}

function position(at: number): Position {
  return { from: BigInt(at), at: BigInt(at) };
}

test('a Lease that does not exist is created and held', async () => {
  const one = await replica().start();
  assert.equal(await one.leading().load(), undefined);
  assert.equal(one.leading().held(), true);
  const { spec } = stored();
  assert.equal(spec?.holderIdentity, one.election.identity);
  assert.equal(spec?.leaseDurationSeconds, 10);
  assert.equal(spec?.leaseTransitions, 0);
  assert.match(spec?.acquireTime ?? '', /\.\d{6}Z$/);
});

test('an empty Lease, as its manifest makes it, is held at once', async () => {
  api.leases.put({ metadata: address });
  const one = await replica().start();
  assert.deepEqual(one.told, ['acquired undefined 0']);
  assert.deepEqual(api.leases.requests, ['get', 'update']);
});

test('the checkpoint is written by the renewal, one write every two seconds', async () => {
  const one = await replica().start();
  one.leading().save(() => checkpointOf(position(41)));
  one.leading().save(() => checkpointOf(position(42)));
  assert.equal(checkpointAt(), undefined);
  await one.pass(2000);
  assert.equal(checkpointAt(), '42');
  await one.pass(20_000);
  assert.deepEqual(api.leases.requests, ['get', 'create', ...Array(11).fill('update')]);
  assert.equal(one.leading().held(), true);
});

test('a flush writes at once, and only what is not written', async () => {
  const one = await replica().start();
  one.leading().save(() => checkpointOf(position(42)));
  await one.leading().flush();
  assert.equal(checkpointAt(), '42');
  const requests = api.leases.requests.length;
  await one.leading().flush();
  assert.equal(api.leases.requests.length, requests);
});

test("what others write on the Lease stays, and a renewal that meets it isn't lost", async () => {
  const one = await replica().start();
  const lease = stored();
  api.leases.put({
    ...lease,
    metadata: { ...lease.metadata, labels: { team: 'a' }, annotations: { note: 'kept' } },
    spec: { ...lease.spec, strategy: 'OldestEmulationVersion' },
  });
  one.leading().save(() => checkpointOf(position(7)));
  await one.pass(2000);
  assert.deepEqual(stored().metadata.labels, { team: 'a' });
  assert.equal(stored().metadata.annotations?.['note'], 'kept');
  assert.equal(stored().spec?.strategy, 'OldestEmulationVersion');
  assert.equal(checkpointAt(), '7');
  assert.deepEqual(one.told, ['acquired undefined 0', 'renewed']);
});

test('a standby takes over after the lease of a leader that is gone, with its checkpoint', async () => {
  const one = await replica().start();
  one.leading().save(() => checkpointOf(position(42)));
  await one.leading().flush();
  const two = await replica().start();
  await two.pass(9900);
  assert.equal(two.term, undefined);
  await two.pass(100);
  assert.deepEqual(await two.leading().load(), checkpointOf(position(42)));
  assert.deepEqual(two.told, [`standby ${one.election.identity}`, 'acquired 42 1']);
});

test('a standby that last looked right after a renewal takes over within 12.1 s', async () => {
  const one = await replica().start();
  const two = await replica().start();
  await two.pass(1);
  await one.pass(2000);
  await two.pass(12_100);
  assert.equal(two.leading().held(), true);
});

test('a standby leaves a leader alone that renews', async () => {
  const one = await replica().start();
  const two = await replica().start();
  for (let second = 0; second < 60; second += 1) {
    await one.pass(1000);
    await two.pass(1000);
  }
  assert.equal(two.term, undefined);
  assert.equal(one.leading().held(), true);
  assert.equal(one.times('renewed'), 30);
});

test('of two standbys one takes over, and the other stands by for it', async () => {
  await replica().start();
  const others = [await replica().start(), await replica().start()];
  for (let second = 0; second < 13; second += 1) {
    await Promise.all(others.map(other => other.pass(1000)));
  }
  const leaders = others.filter(({ term }) => term?.held());
  assert.equal(leaders.length, 1);
  const [follower] = others.filter(({ term }) => term === undefined);
  assert.ok(follower);
  assert.equal(follower.told.at(-1), `standby ${leaders[0]?.election.identity}`);
  assert.equal(follower.times('failed'), 0);
});

test('a release leaves the checkpoint and no holder, and the standby takes over when it next looks', async () => {
  const one = await replica().start();
  const two = await replica().start();
  const term = one.leading();
  term.save(() => checkpointOf(position(99)));
  const released = term.release();
  assert.equal(term.held(), false);
  await released;
  assert.equal(stored().spec?.holderIdentity, '');
  assert.equal(one.told.at(-1), 'released');
  await two.pass(2000);
  assert.deepEqual(await two.leading().load(), checkpointOf(position(99)));
  assert.equal(term.lost.aborted, false);
});

test('a leader that was stopped for 30 s holds nothing when it wakes, and writes over nothing', async () => {
  const one = await replica().start();
  const two = await replica().start();
  const term = one.leading();
  term.save(() => checkpointOf(position(10)));
  await two.pass(10_000);
  two.leading().save(() => checkpointOf(position(500)));
  await two.leading().flush();
  one.clock.jump(30_000);
  assert.equal(term.held(), false);
  await one.pass(0);
  assert.equal(checkpointAt(), '500');
  assert.equal(term.lost.aborted, true);
  assert.equal(one.told.at(-1), `lost ${two.election.identity}`);
  term.save(() => checkpointOf(position(11)));
  await term.flush();
  await term.release();
  assert.equal(checkpointAt(), '500');
  assert.equal(stored().spec?.holderIdentity, two.election.identity);
});

test('a deposed leader stands by, and leads again with what its successor left', async () => {
  const one = await replica().start();
  const two = await replica().start();
  await two.pass(10_000);
  await one.pass(2000);
  assert.equal(one.leading().lost.aborted, true);
  one.term = undefined;
  await one.start();
  assert.equal(one.told.at(-1), `standby ${two.election.identity}`);
  two.leading().save(() => checkpointOf(position(77)));
  await two.leading().release();
  await one.pass(2000);
  assert.deepEqual(await one.leading().load(), checkpointOf(position(77)));
});

test('an API server that is away ends no term: the leader goes on once it renews again', async () => {
  const one = await replica().start();
  const term = one.leading();
  term.save(() => checkpointOf(position(1)));
  await api.stop();
  await one.pass(7900);
  assert.equal(term.held(), true);
  await one.pass(200);
  assert.equal(term.held(), false);
  term.save(() => checkpointOf(position(2)));
  await one.pass(60_000);
  assert.equal(term.lost.aborted, false);
  await api.start();
  await one.pass(1000);
  assert.equal(term.held(), true);
  assert.equal(checkpointAt(), '2');
  assert.ok(one.times('failed renewal: connect ECONNREFUSED') > 0, one.told.join('\n'));
});

test('after an outage of the API server a standby gives the leader its whole lease again', async () => {
  const one = await replica().start();
  const two = await replica().start();
  await api.stop();
  await two.pass(30_000);
  await api.start();
  await two.pass(9000);
  assert.equal(two.term, undefined);
  await one.pass(2000);
  assert.equal(one.leading().held(), true);
});

test('a renewal counts from before it was sent', async () => {
  const one = await replica().start();
  const term = one.leading();
  term.save(() => checkpointOf(position(1)));
  const flushed = term.flush();
  await Promise.resolve();
  await Promise.resolve();
  one.clock.jump(8000);
  await flushed;
  assert.equal(checkpointAt(), '1');
  assert.equal(term.held(), false);
  await one.pass(0);
  assert.equal(term.held(), true);
});

test('an answer that was lost is no other holder', async () => {
  api.leases.put({ metadata: address });
  api.leases.breakAfter.add('update');
  const one = await replica().start();
  assert.equal(one.term, undefined);
  await one.pass(2000);
  assert.equal(one.told.at(-1), 'acquired undefined 0');
  const term = one.leading();
  term.save(() => checkpointOf(position(5)));
  api.leases.breakAfter.add('update');
  await one.pass(2000);
  assert.equal(checkpointAt(), '5');
  await one.pass(1000);
  assert.equal(one.told.at(-1), 'renewed');
  api.leases.breakAfter.add('update');
  const released = term.release();
  await one.pass(1000);
  await released;
  assert.equal(one.told.at(-1), 'released');
  assert.equal(term.lost.aborted, false);
  assert.equal(stored().spec?.holderIdentity, '');
});

test('an acquisition that is called off holds nothing', async () => {
  const one = replica();
  const signal = AbortSignal.abort();
  assert.equal(await one.election.acquire(signal), undefined);
  const stopping = new AbortController();
  const acquired = one.election.acquire(stopping.signal);
  stopping.abort();
  assert.equal(await acquired, undefined);
  assert.equal(stored().spec?.holderIdentity, '');
});

test('the leader makes a Lease that was deleted again, with its checkpoint', async () => {
  const one = await replica().start();
  one.leading().save(() => checkpointOf(position(8)));
  await one.pass(2000);
  api.leases.delete(address.namespace, address.name);
  await one.pass(2000);
  assert.equal(checkpointAt(), '8');
  assert.equal(one.leading().held(), true);
});

test('where it may not make the Lease it goes on once someone else has', async () => {
  api.leases.forbidden.add('create');
  api.leases.put({ metadata: address });
  const one = await replica().start();
  one.leading().save(() => checkpointOf(position(8)));
  await one.pass(2000);
  api.leases.delete(address.namespace, address.name);
  await one.pass(10_000);
  assert.equal(one.leading().held(), false);
  assert.match(one.told.at(-1) ?? '', /^failed renewal: .*create it empty: echo .*kubectl apply/);
  api.leases.put({ metadata: address });
  await one.pass(1000);
  assert.equal(one.leading().held(), true);
  assert.equal(checkpointAt(), '8');
});

test('missing rights are told with what to do, and tried again', async () => {
  api.leases.forbidden.add('get');
  const one = await replica().start();
  const rights = /grant the verbs get and update on leases .*named kube-events-loki in namespace monitoring/;
  assert.match(one.told.at(-1) ?? '', rights);
  api.leases.forbidden.delete('get');
  api.leases.forbidden.add('create');
  await one.pass(2000);
  assert.match(one.told.at(-1) ?? '', /^failed takeover: .*echo '.*"kind":"Lease".*' \| kubectl apply -f -/);
  api.leases.put({ metadata: address });
  api.leases.forbidden.add('update');
  await one.pass(2000);
  assert.match(one.told.at(-1) ?? '', rights);
  assert.equal(one.term, undefined);
  api.leases.forbidden.clear();
  await one.pass(2000);
  assert.equal(one.leading().held(), true);
});

test('a checkpoint that cannot be read is not written over', async () => {
  const annotations = { [checkpointKey]: '{"version":9}' };
  api.leases.put({ metadata: { ...address, annotations } });
  const one = await replica().start();
  await one.pass(20_000);
  assert.equal(one.term, undefined);
  assert.match(one.told[0] ?? '', /^failed takeover: .*remove the annotation to start anew/);
  assert.deepEqual(stored().metadata.annotations, annotations);
});

test('a request to an API server that hangs ends by itself', async () => {
  api.leases.hangs = true;
  const path = '/apis/coordination.k8s.io/v1/namespaces/monitoring/leases/kube-events-loki';
  await assert.rejects(cluster.json('GET', path, undefined, 50), /no answer in 50 ms/);
});
