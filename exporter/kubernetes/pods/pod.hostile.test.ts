import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ended, type PodCase, pod, running, terminationsOf } from '../../../test/fakes/pod.ts';

const cases: readonly PodCase[] = [
  {
    name: 'no restart count',
    pod: pod({ restartCount: undefined, state: running, lastState: { terminated: ended(1) } }),
    entries: ['ContainerFailed app/0 failed: exit code 1, memory limit 128Mi, restart count 0 @10:00:00'],
  },
  {
    name: 'a restart count below nothing, and one that is no number',
    pod: pod(
      { restartCount: -3, state: { terminated: ended(1) } },
      {
        status: {
          initContainerStatuses: [{ name: 'setup', restartCount: '4', state: { terminated: ended(1) } }],
        },
      },
    ),
    entries: [
      'ContainerFailed app/0 failed: exit code 1, memory limit 128Mi, restart count 0 @10:00:00',
      'ContainerFailed setup/0 failed: exit code 1, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'a time that is none',
    pod: pod({ state: { terminated: ended(1, { finishedAt: 'yesterday' }) } }),
    entries: ['ContainerFailed app/0 failed: exit code 1, memory limit 128Mi, restart count 0 @undefined'],
  },
  {
    name: 'a limit without a unit, as a number',
    pod: pod(
      { state: { terminated: ended(1) } },
      { spec: { containers: [{ name: 'app', resources: { limits: { memory: 1e9 } } }] } },
    ),
    entries: [
      'ContainerFailed app/0 failed: exit code 1, memory limit 1000000000, restart count 0 @10:00:00',
    ],
  },
  {
    name: 'an exit code that is no number',
    pod: pod({ state: { terminated: { exitCode: '1' } } }),
    entries: [],
  },
  {
    name: 'a container without a name',
    pod: pod({ name: '', state: { terminated: ended(1) } }),
    entries: [],
  },
  {
    name: 'a container by the name of what every object has',
    pod: pod({ name: '__proto__', state: { terminated: ended(1) } }),
    entries: ['ContainerFailed __proto__/0 failed: exit code 1, restart count 0 @10:00:00'],
  },
  {
    name: 'statuses that are no list',
    pod: pod({}, { status: { containerStatuses: { name: 'app' } } }),
    entries: [],
  },
  {
    name: 'a status that is no object',
    pod: pod({}, { status: { containerStatuses: [null, 7, 'app'] } }),
    entries: [],
  },
  { name: 'states of other types', pod: pod({ state: 'terminated', lastState: [] }), entries: [] },
  { name: 'no status and no spec', pod: { metadata: { resourceVersion: '7' } }, entries: [] },
  { name: 'null', pod: null, entries: [] },
  { name: 'a text', pod: 'pod', entries: [] },
];

describe('a Pod with fields that are missing, or are what they should not be', () => {
  for (const { name, pod, entries } of cases) {
    test(name, () => assert.deepEqual(terminationsOf(pod), entries));
  }
});
