import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { FakeApiServer } from '../../../test/fakes/api-server.ts';
import { Backoff } from '../../delivery/backoff.ts';
import { formatPosition, parsePosition } from '../../delivery/checkpoint.ts';
import { terminationEvent } from '../../event/termination-event.ts';
import { Cluster } from '../cluster.ts';
import type { LiveEvent } from '../live-events.ts';
import type { Position } from '../position.ts';
import type { ReaderObserver } from '../reader.ts';
import { parsePod } from './pod.ts';
import { PodReader } from './pod-reader.ts';

const names = ['a', 'b', 'c'] as const;
const containers = ['app', 'side'] as const;

/** What happens to a Pod, or to the reader. */
const actions = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('fail' as const),
        pod: fc.constantFrom(...names),
        both: fc.boolean(),
        crashLoop: fc.boolean(),
        exitCode: fc.constantFrom(0, 1, 137),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('touch' as const), pod: fc.constantFrom(...names) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('replace' as const), pod: fc.constantFrom(...names) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('kill' as const), lag: fc.nat(6), account: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), account: fc.boolean() }) },
  ),
  { minLength: 5, maxLength: 25 },
);

beforeEach(() => mock.method(Backoff.prototype, 'next', () => 2));
afterEach(() => mock.restoreAll());

const silent: ReaderObserver = {
  frame() {},
  ignored() {},
  listed() {},
  watching() {},
  gap() {},
  restarted() {},
  failed() {},
};

test('whatever happens, each failed run comes out, and as one entry', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(actions, async actions => {
      await using api = await new FakeApiServer().start();
      const pods = new Pods(api);
      await using reading = new Reading(api.url);
      const caughtUp = async () => {
        while (![...pods.failures].every(failure => reading.seen.has(failure))) await sleep(2);
      };
      await reading.begin();
      for (const action of actions) {
        if (action.kind === 'fail') pods.fail(action.pod, action);
        else if (action.kind === 'touch') pods.touch(action.pod);
        else if (action.kind === 'replace') {
          // What a Pod takes with it has to have been read.
          await caughtUp();
          pods.replace(action.pod);
        } else if (action.kind === 'cut') api.cutWatches();
        else if (action.kind === 'kill') await reading.restart(action);
        else {
          // So has what a Pod shows no more.
          await caughtUp();
          await reading.restart({ lag: 0, account: action.account }, () => {
            for (const pod of names) pods.fail(pod, { both: true, crashLoop: false, exitCode: 1 });
            api.pods.compact(api.pods.head);
          });
          await caughtUp();
          reading.settle();
        }
      }
      await caughtUp();
      assert.deepEqual([...reading.seen.keys()].sort(), [...pods.failures].sort());
      for (const [failure, entries] of reading.seen) assert.equal(entries.size, 1, failure);
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

const state = fc.oneof(
  fc.jsonValue(),
  fc.record({
    terminated: fc.oneof(
      fc.jsonValue(),
      fc.record({
        exitCode: fc.integer(),
        signal: fc.jsonValue(),
        reason: fc.string(),
        message: fc.string({ unit: 'binary' }),
        finishedAt: fc.jsonValue(),
      }),
    ),
  }),
);
const status = fc.oneof(
  fc.jsonValue(),
  fc.record({
    name: fc.string(),
    restartCount: fc.oneof(fc.integer(), fc.jsonValue()),
    state,
    lastState: state,
  }),
);
const statuses = fc.oneof(fc.jsonValue(), fc.array(status));
const oddPod = fc.record({
  metadata: fc.jsonValue(),
  spec: fc.oneof(fc.jsonValue(), fc.record({ containers: fc.jsonValue() })),
  status: fc.oneof(
    fc.jsonValue(),
    fc.record({ containerStatuses: statuses, initContainerStatuses: statuses }),
  ),
});

test('no Pod is too odd to be read, and what is read of it makes an event', () => {
  let events = 0;
  fc.assert(
    fc.property(oddPod, raw => {
      for (const failure of parsePod(raw).failures) {
        const { message, metadata } = terminationEvent(failure);
        assert.ok(message?.isWellFormed() && metadata?.resourceVersion?.endsWith(`/${failure.run}`));
        events += 1;
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(events > 100, `${events} events`);
});

interface Failing {
  readonly both: boolean;
  readonly crashLoop: boolean;
  readonly exitCode: number;
}

/** Pods as an API server shows them, and an account of what failed in them. */
class Pods {
  /** As `podUid/container/run`. */
  readonly failures = new Set<string>();
  readonly #api: FakeApiServer;
  readonly #pods = new Map<string, { uid: string; statuses: Map<string, ContainerStatus> }>();
  #made = 0;
  #time = Math.floor(Date.now() / 1000) - 300;

  constructor(api: FakeApiServer) {
    this.#api = api;
    for (const name of names) this.#create(name);
  }

  fail(name: string, { both, crashLoop, exitCode }: Failing): void {
    const { uid, statuses } = this.#podOf(name);
    const failing = both ? containers : containers.slice(0, 1);
    this.#time += 1;
    const finishedAt = new Date(this.#time * 1000).toISOString().replace('.000Z', 'Z');
    for (const container of failing) {
      const { restartCount = 0, containerID } = statuses.get(container) ?? {};
      const terminated = {
        exitCode,
        reason: exitCode === 137 ? 'OOMKilled' : 'Error',
        finishedAt,
        containerID,
      };
      const { state: lastState } = statuses.get(container) ?? {};
      statuses.set(container, { restartCount, containerID, state: { terminated }, lastState });
      if (exitCode !== 0) this.failures.add(`${uid}/${container}/${restartCount}`);
    }
    this.#write('MODIFIED', name);
    for (const container of failing) {
      const { restartCount = 0, containerID, state } = statuses.get(container) ?? {};
      if (crashLoop) {
        const waiting = { reason: 'CrashLoopBackOff' };
        statuses.set(container, { restartCount, containerID, state: { waiting }, lastState: state });
        this.#write('MODIFIED', name);
      }
      statuses.set(container, { ...run(restartCount + 1), lastState: state });
    }
    this.#write('MODIFIED', name);
  }

  touch(name: string): void {
    this.#write('MODIFIED', name);
  }

  /** By another Pod of the same name. */
  replace(name: string): void {
    this.#write('DELETED', name);
    this.#create(name);
  }

  #create(name: string): void {
    this.#made += 1;
    const statuses = new Map(containers.map(container => [container, run(0)]));
    this.#pods.set(name, { uid: `uid-${this.#made}`, statuses });
    this.#write('ADDED', name);
  }

  #podOf(name: string): { uid: string; statuses: Map<string, ContainerStatus> } {
    const pod = this.#pods.get(name);
    assert.ok(pod);
    return pod;
  }

  #write(type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string): void {
    const { uid, statuses } = this.#podOf(name);
    const resourceVersion = String(this.#api.pods.head + 3n);
    const containerStatuses = [...statuses].map(([name, status]) => ({ name, ...status }));
    const metadata = { name, namespace: 'shop', uid, resourceVersion };
    this.#api.appendPods({ type, object: { metadata, status: { containerStatuses } } });
  }
}

interface ContainerStatus {
  readonly restartCount: number;
  readonly containerID: string | undefined;
  readonly state: object;
  readonly lastState?: object | undefined;
}

function run(restartCount: number): ContainerStatus {
  return { restartCount, containerID: `fake://${restartCount}`, state: { running: {} } };
}

/** One reader after the other. */
class Reading implements AsyncDisposable {
  /** The events by `podUid/container/run`: of each all the ways in which it came out. */
  readonly seen = new Map<string, Set<string>>();
  readonly #cluster: Cluster;
  /** Of the steps of the reader that runs. */
  #positions: Position[] = [];
  #accounts: Map<string, LiveEvent>[] = [];
  #ended = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(server: string) {
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'fake', server, skipTLSVerify: true }, { name: 'fake' });
    this.#cluster = new Cluster(config);
  }

  /** Has a first list read: what happened before it is not to be found again. */
  async begin(): Promise<void> {
    this.#start();
    while (this.#positions.length === 0) await sleep(2);
  }

  /** The checkpoint is written: a later one is not from before it. */
  settle(): void {
    this.#positions = this.#positions.slice(-1);
    this.#accounts = this.#accounts.slice(-1);
  }

  /**
   * Kills the reader, and starts another where its checkpoint was.
   * @param lag how many steps the checkpoint was behind
   * @param account whether there is a local account, which belongs to the checkpoint
   */
  async restart(
    { lag, account }: { lag: number; account: boolean },
    meanwhile: () => void = () => {},
  ): Promise<void> {
    this.#ended.abort();
    await this.#running;
    meanwhile();
    const keep = Math.max(1, this.#positions.length - lag);
    this.#positions = this.#positions.slice(0, keep).slice(-1);
    this.#accounts = this.#accounts.slice(0, keep).slice(-1);
    if (!account) this.#accounts = [];
    this.#start();
  }

  #start(): void {
    this.#ended = new AbortController();
    this.#running = this.#read(this.#ended.signal);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const reader = new PodReader(this.#cluster, silent, {
      since: BigInt(Date.now() - 3_600_000) * 1_000_000n,
    });
    const [position] = this.#positions;
    const [known] = this.#accounts;
    let account = new Map(known);
    for await (const step of reader.run(position && { position, known }, signal)) {
      const { event, key, revision, count } = step.revision ?? {};
      if (event && key && revision !== undefined && count !== undefined) {
        const identity = `${event.metadata?.uid}/${event.metadata?.resourceVersion}`;
        const entries = this.seen.get(identity) ?? new Set();
        this.seen.set(identity, entries.add(JSON.stringify(event)));
        account = new Map(account).set(key, { revision, count });
      }
      this.#positions.push(parsePosition(formatPosition(step.position)));
      this.#accounts.push(account);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#running;
    await this.#cluster.close();
  }
}
