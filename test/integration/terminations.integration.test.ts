import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { formatPosition, parsePosition } from '../../exporter/delivery/checkpoint.ts';
import { Cluster } from '../../exporter/kubernetes/cluster.ts';
import { PodReader } from '../../exporter/kubernetes/pods/pod-reader.ts';
import type { Position } from '../../exporter/kubernetes/position.ts';
import type { ReaderObserver, Revision } from '../../exporter/kubernetes/reader.ts';
import { toEntry } from '../../exporter/loki/entry.ts';
import { startControlPlane } from '../servers/kubernetes.ts';
import { skipWithout } from '../servers/require.ts';
import { FailingPods } from './failing-pods.ts';

const skip = await skipWithout('etcd', 'kubernetes');

const pods = 30;
const rounds = 8;

describe('terminations, read from a real API server', { skip, timeout: 5 * 60_000 }, () => {
  test('each failed run comes out, always as the same entry, whenever the reader is killed', async () => {
    await using controlPlane = await startControlPlane({ controllers: false });
    const { api, store, servers } = controlPlane;
    // Its cache answers for a past that etcd has no more, until it is restarted.
    const restartApiServer = async () => {
      await servers.apiServer.kill();
      await servers.apiServer.start();
    };
    await using reading = new Reading(clusterOf(controlPlane.kubeconfig));
    const world = await FailingPods.start(api, pods);
    let isQuiet = false;
    const isCaughtUp = async () => {
      while (reading.seen.size < world.failures.size) await sleep(50);
    };

    const first = reading.readAndBeKilled(() => isQuiet);
    for (let round = 0; round < rounds / 2; round += 1) await world.play();
    await isCaughtUp();
    isQuiet = true;
    await first;

    // Nobody watches: each container fails once, is seen by its last state alone, and the past is gone.
    isQuiet = false;
    await world.play();
    await store.compact();
    await restartApiServer();
    await reading.readUntil(() => reading.seen.size >= world.failures.size);
    assert.ok(reading.told.includes('failed expired'), reading.told.join());
    assert.ok(
      reading.told.some(line => line.startsWith('gap: pods that were deleted')),
      reading.told.join(),
    );

    const second = reading.readAndBeKilled(() => isQuiet);
    for (let round = rounds / 2; round < rounds; round += 1) {
      await world.play();
      // A Pod shows two runs at most, so what goes with the past has to have been read.
      await isCaughtUp();
      if (round % 2 === 0) await store.compact();
      await restartApiServer();
    }
    await world.deletePods(5);
    await isCaughtUp();
    isQuiet = true;
    await second;

    assert.deepEqual([...reading.seen.keys()].sort(), [...world.failures.keys()].sort());
    for (const [identity, entries] of reading.seen) {
      assert.equal(
        entries.size,
        1,
        `${identity} came out in ${entries.size} ways: ${[...entries].join(' ')}`,
      );
      const [entry = ''] = entries;
      const { labels, metadata, line } = JSON.parse(entry);
      const { exitCode, reason } = world.failures.get(identity) ?? {};
      assert.equal(labels.reason, reason === 'OOMKilled' ? 'OOMKilled' : 'ContainerFailed', identity);
      assert.ok(line.includes(`exit code ${exitCode}, `) && line.includes('memory limit 64Mi'), line);
      assert.deepEqual(
        [metadata.node, metadata.occurrences, metadata.component],
        ['node-1', '1', 'kube-events'],
      );
    }
    assert.ok(reading.kills > 20, `the reader was killed ${reading.kills} times`);
    assert.ok(world.failures.size > pods * rounds, `${world.failures.size} runs failed`);
    console.log(
      `${world.failures.size} failed runs of ${pods} Pods; ${reading.kills} kills; ${reading.steps} terminations handed on`,
    );
  });

  test('rights to list and watch Pods are all that it needs, and without them it says so', async () => {
    await using controlPlane = await startControlPlane({ controllers: false });
    const { api } = controlPlane;
    // Of a user who may read events.
    await using reading = new Reading(clusterOf(await controlPlane.clientCertKubeconfig()));
    const world = await FailingPods.start(api, 1);
    await world.play();
    const done = reading.readUntil(() => reading.seen.size === world.failures.size);
    while (!reading.told.includes('failed denied')) await sleep(50);
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pods-reader' };
    await api.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: role.name },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }],
    });
    await api.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: role.name },
      roleRef: role,
      subjects: [{ apiGroup: role.apiGroup, kind: 'Group', name: 'kube-events-tests' }],
    });
    await done;
    assert.deepEqual([...reading.seen.keys()].sort(), [...world.failures.keys()].sort());
  });
});

function clusterOf(kubeconfig: string): Cluster {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return new Cluster(config);
}

/** One reader after the other, each going on from the checkpoint that the one before left. */
class Reading implements AsyncDisposable {
  /** The entries by `podUid/container/run`: of each all the ways in which it came out. */
  readonly seen = new Map<string, Set<string>>();
  readonly told: string[] = [];
  kills = 0;
  steps = 0;
  readonly #cluster: Cluster;
  #position: Position | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Until there is nothing more to come; each reader lives for some steps, and its checkpoint lags behind. */
  async readAndBeKilled(isQuiet: () => boolean): Promise<void> {
    while (!isQuiet()) {
      const steps = 1 + Math.floor(Math.random() * 25);
      const lag = Math.floor(Math.random() * 5);
      const positions: Position[] = [];
      for await (const step of this.#read(isQuiet)) {
        positions.push(step);
        if (positions.length >= steps) break;
      }
      this.#position = positions.at(-1 - lag) ?? this.#position;
      this.kills += 1;
    }
  }

  async readUntil(isDone: () => boolean): Promise<void> {
    if (isDone()) return;
    for await (const position of this.#read(isDone)) {
      this.#position = position;
      if (isDone()) return;
    }
  }

  /** The positions as the checkpoint keeps them. */
  async *#read(isDone: () => boolean): AsyncGenerator<Position> {
    const since = BigInt(Date.now() - 3_600_000) * 1_000_000n;
    const reader = new PodReader(this.#cluster, this.#observer(), { since });
    const ended = new AbortController();
    const timer = setInterval(() => isDone() && ended.abort(), 100);
    try {
      const start = this.#position && { position: this.#position };
      for await (const { position, revision } of reader.run(start, ended.signal)) {
        if (revision) this.#note(revision);
        yield parsePosition(formatPosition(position));
      }
    } finally {
      clearInterval(timer);
      ended.abort();
    }
  }

  #note({ event, previous }: Revision): void {
    const { uid, resourceVersion } = event.metadata ?? {};
    const identity = `${uid}/${resourceVersion}`;
    const entry = toEntry(event, previous, { job: 'kube-events', cluster: 'test' }, 0n);
    const text = JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    const entries = this.seen.get(identity) ?? new Set();
    this.seen.set(identity, entries.add(text));
    this.steps += 1;
  }

  #observer(): ReaderObserver {
    const { told } = this;
    return {
      frame() {},
      ignored() {},
      listed: () => told.push('listed'),
      watching() {},
      gap: ({ reason }) => told.push(`gap: ${reason}`),
      restarted: cause => told.push(`restarted ${cause}`),
      failed: error => told.push(`failed ${error.class}`),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.close();
  }
}
