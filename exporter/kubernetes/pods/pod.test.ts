import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  crashLoop,
  deleted,
  done,
  ended,
  init,
  oom,
  type PodCase,
  pod,
  running,
  terminationsOf,
} from '../../../test/fakes/pod.ts';
import { terminationEvent } from '../../event/termination-event.ts';
import { toEntry } from '../../loki/entry.ts';
import { parsePod, podSource } from './pod.ts';

const killHint = 'out of memory in a child process, a failed liveness probe, or a grace period that ran out';

const cases: readonly PodCase[] = [
  { name: 'a container that runs', pod: pod({ state: running }), entries: [] },
  { name: 'a container that was never started', pod: pod({ state: { waiting: {} } }), entries: [] },
  {
    name: 'out of memory',
    pod: pod({ state: { terminated: oom } }),
    entries: [
      'OOMKilled app/0 was killed for lack of memory: exit code 137, SIGKILL, memory limit 128Mi, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'out of memory without a limit, so of the node',
    pod: pod({ state: { terminated: oom } }, { spec: { containers: [{ name: 'app' }] } }),
    entries: [
      'OOMKilled app/0 was killed for lack of memory: exit code 137, SIGKILL, no memory limit, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'a limit of the whole Pod',
    pod: pod(
      { state: { terminated: oom } },
      { spec: { containers: [{ name: 'app' }], resources: { limits: { memory: '1Gi' } } } },
    ),
    entries: [
      'OOMKilled app/0 was killed for lack of memory: exit code 137, SIGKILL, memory limit 1Gi, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'out of memory in a child process of a container that then ended well',
    pod: pod({ state: { terminated: ended(0, { reason: 'OOMKilled' }) } }),
    entries: [
      'OOMKilled app/0 was killed for lack of memory: exit code 0, memory limit 128Mi, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'the run before the one that runs',
    pod: pod({
      restartCount: 4,
      containerID: 'containerd://b',
      state: running,
      lastState: { terminated: oom },
    }),
    entries: [
      'OOMKilled app/3 was killed for lack of memory: exit code 137, SIGKILL, memory limit 128Mi, restart count 3 @10:00:00',
    ],
  },
  {
    name: 'a crash loop, which keeps the count of the run that ended',
    pod: pod({
      restartCount: 4,
      containerID: 'containerd://a',
      state: crashLoop,
      lastState: { terminated: oom },
    }),
    entries: [
      'OOMKilled app/4 was killed for lack of memory: exit code 137, SIGKILL, memory limit 128Mi, restart count 4 @10:00:00',
    ],
  },
  {
    name: 'a crash loop whose runtime gives no ids',
    pod: pod({ restartCount: 4, state: crashLoop, lastState: { terminated: ended(1, { containerID: '' }) } }),
    entries: ['ContainerFailed app/4 failed: exit code 1, memory limit 128Mi, restart count 4 @10:00:00'],
  },
  {
    name: 'a container that is made and not started yet, which has the count of its own',
    pod: pod({
      restartCount: 4,
      containerID: 'containerd://b',
      state: { waiting: {} },
      lastState: { terminated: ended(1) },
    }),
    entries: ['ContainerFailed app/3 failed: exit code 1, memory limit 128Mi, restart count 3 @10:00:00'],
  },
  {
    name: 'two runs, oldest first',
    pod: pod({
      restartCount: 2,
      state: { terminated: ended(2, { finishedAt: '2026-05-01T10:05:00Z', containerID: 'containerd://b' }) },
      containerID: 'containerd://b',
      lastState: { terminated: ended(1) },
    }),
    entries: [
      'ContainerFailed app/1 failed: exit code 1, memory limit 128Mi, restart count 1 @10:00:00',
      'ContainerFailed app/2 failed: exit code 2, memory limit 128Mi, restart count 2 @10:05:00',
    ],
  },
  {
    name: 'an exit with 0, restarted or not',
    pod: pod({ restartCount: 1, state: running, lastState: { terminated: ended(0) } }),
    entries: [],
  },
  {
    name: 'killed without a word why',
    pod: pod({ state: { terminated: ended(137) } }),
    entries: [
      `ContainerFailed app/0 failed: exit code 137, SIGKILL (${killHint}), memory limit 128Mi, restart count 0 @10:00:00`,
    ],
  },
  {
    name: 'a signal read off the exit code',
    pod: pod({ state: { terminated: ended(139) } }),
    entries: [
      'ContainerFailed app/0 failed: exit code 139, SIGSEGV, memory limit 128Mi, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'a signal that the runtime tells',
    pod: pod({ state: { terminated: ended(1, { signal: 34 }) } }),
    entries: [
      'ContainerFailed app/0 failed: exit code 1, signal 34, memory limit 128Mi, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'an exit code above 128 that is no signal',
    pod: pod({ state: { terminated: ended(255) } }),
    entries: ['ContainerFailed app/0 failed: exit code 255, memory limit 128Mi, restart count 0 @10:00:00'],
  },
  {
    name: 'a command that is not there, and what the runtime says of it',
    pod: pod({
      state: { terminated: ended(128, { reason: 'StartError', message: ' exec: "serve": not found\n' }) },
    }),
    entries: [
      'ContainerFailed app/0 failed: exit code 128, StartError, memory limit 128Mi, restart count 0: exec: "serve": not found @10:00:00',
    ],
  },
  {
    name: 'a node that was lost: the kubelet counts the next start at once, and nobody saw the end',
    pod: pod(
      {
        restartCount: 5,
        state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', finishedAt: null } },
      },
      {
        status: {
          conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-05-01T09:59:00Z' }],
        },
      },
    ),
    entries: [
      'ContainerFailed app/4 failed: exit code 137, SIGKILL, ContainerStatusUnknown, memory limit 128Mi, restart count 4 @09:59:00',
    ],
  },
  {
    name: 'all containers restarted together, as a rule of the Pod asks',
    pod: pod({
      restartCount: 1,
      state: running,
      lastState: { terminated: ended(137, { reason: 'RestartingAllContainers' }) },
    }),
    entries: [],
  },
  {
    name: 'ended because the Pod is deleted',
    pod: pod(
      { state: { terminated: ended(143, { finishedAt: '2026-05-01T10:00:02Z' }) } },
      { metadata: deleted },
    ),
    entries: [],
  },
  {
    name: 'killed when the grace period of a deletion was over',
    pod: pod(
      { state: { terminated: ended(137, { finishedAt: '2026-05-01T10:00:31Z' }) } },
      { metadata: deleted },
    ),
    entries: [],
  },
  {
    name: 'killed before the Pod was deleted',
    pod: pod(
      {
        restartCount: 1,
        state: running,
        lastState: { terminated: ended(143, { finishedAt: '2026-05-01T09:58:00Z' }) },
      },
      { metadata: deleted },
    ),
    entries: [
      'ContainerFailed app/0 failed: exit code 143, SIGTERM, memory limit 128Mi, restart count 0 @09:58:00',
    ],
  },
  {
    name: 'out of memory while the Pod is deleted',
    pod: pod(
      { state: { terminated: ended(137, { reason: 'OOMKilled', finishedAt: '2026-05-01T10:00:09Z' }) } },
      { metadata: deleted },
    ),
    entries: [
      'OOMKilled app/0 was killed for lack of memory: exit code 137, SIGKILL, memory limit 128Mi, restart count 0 @10:00:09',
    ],
  },
  {
    name: 'a failure of its own while the Pod is deleted',
    pod: pod(
      { state: { terminated: ended(3, { finishedAt: '2026-05-01T10:00:09Z' }) } },
      { metadata: deleted },
    ),
    entries: ['ContainerFailed app/0 failed: exit code 3, memory limit 128Mi, restart count 0 @10:00:09'],
  },
  {
    name: 'an end that nobody saw, of a Pod that is deleted',
    pod: pod({ state: { terminated: ended(137, { finishedAt: null }) } }, { metadata: deleted }),
    entries: [],
  },
  {
    name: 'an init container',
    pod: init({ restartCount: 2, state: { terminated: ended(1) } }),
    entries: ['ContainerFailed setup/2 failed: exit code 1, restart count 2 @10:00:00'],
  },
  {
    name: 'an init container that did its work',
    pod: init({ state: { terminated: ended(0, { reason: 'Completed' }) } }),
    entries: [],
  },
  {
    name: "a sidecar that is ended after a Job's own containers",
    pod: init(
      { state: { terminated: ended(143) } },
      { restartPolicy: 'Always' },
      { status: done, spec: { restartPolicy: 'Never' } },
    ),
    entries: [],
  },
  {
    name: 'a sidecar that is killed while the Pod works',
    pod: init(
      { state: { terminated: ended(143) } },
      { restartPolicy: 'Always' },
      { spec: { restartPolicy: 'Never' } },
    ),
    entries: ['ContainerFailed setup/0 failed: exit code 143, SIGTERM, restart count 0 @10:00:00'],
  },
  {
    name: 'an ephemeral container',
    pod: pod(
      { state: running },
      {
        status: {
          ephemeralContainerStatuses: [{ name: 'debug', restartCount: 0, state: { terminated: ended(1) } }],
        },
      },
    ),
    entries: ['ContainerFailed debug/0 failed: exit code 1, restart count 0 @10:00:00'],
  },
  {
    name: 'an evicted Pod whose containers have no status',
    pod: pod({}, { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } }),
    entries: [],
  },
  {
    name: 'several containers, by the time at which they ended',
    pod: pod(
      {},
      {
        status: {
          containerStatuses: [
            {
              name: 'late',
              restartCount: 0,
              state: { terminated: ended(1, { finishedAt: '2026-05-01T11:00:00Z' }) },
            },
            { name: 'early', restartCount: 9, state: { terminated: ended(1) } },
          ],
        },
      },
    ),
    entries: [
      'ContainerFailed early/9 failed: exit code 1, restart count 9 @10:00:00',
      'ContainerFailed late/0 failed: exit code 1, restart count 0 @11:00:00',
    ],
  },
];

describe('what a Pod says of its containers', () => {
  for (const { name, pod, entries } of cases) {
    test(name, () => assert.deepEqual(terminationsOf(pod), entries));
  }
});

test('a termination is an entry like any other, of the container that it names', () => {
  const [failure] = parsePod(init({ state: { terminated: ended(1) } })).failures;
  assert.ok(failure);
  const entry = toEntry(terminationEvent(failure), 0, { job: 'kube-events', cluster: 'c' }, 0n);
  assert.deepEqual(entry.labels, {
    cluster: 'c',
    job: 'kube-events',
    kind: 'Pod',
    namespace: 'shop',
    reason: 'ContainerFailed',
    type: 'Warning',
  });
  assert.equal(entry.timestamp, BigInt(Date.parse('2026-05-01T10:00:00Z')) * 1_000_000n);
  const { name, event_uid, object_uid, resource_version, count, occurrences, component, node, container } =
    entry.metadata;
  assert.deepEqual(
    [name, event_uid, object_uid, resource_version, count, occurrences, component, node, container],
    ['web-1', 'uid-1', 'uid-1', 'setup/0', '1', '1', 'kube-events', 'node-a', 'setup'],
  );
});

test('a run makes the same event while it is the newest, while it waits to be restarted, and when the next one runs', () => {
  const id = 'containerd://a';
  const states = [
    pod({ restartCount: 3, containerID: id, state: { terminated: oom } }),
    pod({ restartCount: 3, containerID: id, state: crashLoop, lastState: { terminated: oom } }),
    pod({
      restartCount: 4,
      containerID: 'containerd://b',
      state: { waiting: {} },
      lastState: { terminated: oom },
    }),
    pod({ restartCount: 4, containerID: 'containerd://b', state: running, lastState: { terminated: oom } }),
    pod(
      { restartCount: 4, containerID: 'containerd://b', state: running, lastState: { terminated: oom } },
      { metadata: { ...deleted, resourceVersion: '99' } },
    ),
  ];
  const events = states.map(state => parsePod(state).failures.map(terminationEvent));
  assert.equal(events[0]?.length, 1);
  for (const event of events) assert.deepEqual(event, events[0]);
});

test('of a long last word the beginning is kept, and no half character', () => {
  const message = `${'x'.repeat(1023)}😀`;
  const [failure] = parsePod(pod({ state: { terminated: ended(1, { message }) } })).failures;
  assert.ok(failure);
  const said = terminationEvent(failure).message ?? '';
  assert.ok(said.endsWith(`: ${'x'.repeat(1023)}\ufffd`), said.slice(-20));
});

test('of a Pod that is well only the names are kept', () => {
  const { metadata, containers, failures } = parsePod(
    pod({ state: running }, { metadata: { managedFields: [{}], annotations: { a: 'b' } } }),
  );
  assert.deepEqual(Object.keys(metadata), ['name', 'namespace', 'uid', 'resourceVersion']);
  assert.deepEqual([containers, failures], [['app'], []]);
});

test('Pods are read in all namespaces or in one', () => {
  assert.equal(podSource().path, '/api/v1/pods');
  assert.equal(podSource('a/b').path, '/api/v1/namespaces/a%2Fb/pods');
});
