import { type AlertCase, late, leaving } from '../case.ts';
import { countedCases } from '../counted.ts';
import type { Incident } from '../incident.ts';

const web: Omit<Incident, 'reason' | 'message' | 'counts'> = {
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-7c9d8b6f5-x2x4z',
  type: 'Warning',
  component: 'kubelet',
  node: 'node-1',
  container: 'web',
};
const labels = { namespace: 'shop', workload: 'web' };

const restarting: Omit<Incident, 'counts'> = {
  ...web,
  reason: 'BackOff',
  message: 'Back-off restarting failed container web in pod web-7c9d8b6f5-x2x4z_shop(0a1b)',
};
const pulling: Omit<Incident, 'counts'> = {
  ...web,
  reason: 'BackOff',
  message: 'Back-off pulling image "registry.example.com/web:9"',
  type: 'Normal',
};
const pull: Omit<Incident, 'counts'> = {
  ...web,
  reason: 'Failed',
  message: 'Failed to pull image "registry.example.com/web:9": rpc error: code = NotFound desc = not found',
};
const unhealthy: Omit<Incident, 'counts'> = {
  ...web,
  reason: 'Unhealthy',
  message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
};
const oomKilled: Omit<Incident, 'counts'> = {
  ...web,
  reason: 'OOMKilled',
  message: 'Container web was killed for lack of memory (exit code 137)',
  component: 'kube-events',
};

function at(event: Omit<Incident, 'counts'>, windowMinutes: number, times: number): Incident {
  return { ...event, counts: [[leaving(windowMinutes), times]] };
}

/** Lumps five minutes apart, the newest of them arrived as late as can be and the next is due. */
const lumps = [26, 21, 16, 11].map(minutes => minutes * 60);

export const podCases: readonly AlertCase[] = [
  ...countedCases({
    rule: 'CrashLoop',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 3,
    event: restarting,
    labels,
    summary: 'shop/web is crash-looping',
    description: times => `The kubelet held back restarts of a failed container ${times} times within 30m.`,
    lasting: lumps.map((seconds, index) => [seconds, index + 1]),
  }),
  {
    rule: 'CrashLoop',
    title: 'an image that is not pulled',
    events: [at(pulling, 30, 4)],
    alerts: [],
  },
  {
    rule: 'CrashLoop',
    title: 'Normal as in older versions of Kubernetes',
    events: [at({ ...restarting, type: 'Normal' }, 30, 3)],
    alerts: [
      {
        rule: 'CrashLoop',
        severity: 'warning',
        labels,
        summary: 'shop/web is crash-looping',
        description: 'The kubelet held back restarts of a failed container 3 times within 30m.',
        newest: `Pod/web-7c9d8b6f5-x2x4z: ${restarting.message}`,
      },
    ],
  },
  {
    rule: 'CrashLoop',
    title: 'of several workloads',
    events: [
      at(restarting, 30, 2),
      { ...restarting, name: 'web-7c9d8b6f5-b4b5c', counts: [[leaving(30) + 5, 2]] },
      { ...at(restarting, 30, 2), name: 'cart-5d8f9b7c6-x2x4z' },
    ],
    alerts: [
      {
        rule: 'CrashLoop',
        severity: 'warning',
        labels,
        summary: 'shop/web is crash-looping',
        description: 'The kubelet held back restarts of a failed container 4 times within 30m.',
        newest: `Pod/web-7c9d8b6f5-x2x4z: ${restarting.message}`,
      },
    ],
  },

  ...countedCases({
    rule: 'ImagePullFailed',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 5,
    event: pull,
    labels,
    summary: 'shop/web can’t pull its image',
    description: times =>
      `Pulling an image failed or was held back ${times} times within 30m. The container waits for it.`,
    lasting: lumps.map((seconds, index) => [seconds, 2 * (index + 1)]),
  }),
  {
    rule: 'ImagePullFailed',
    title: 'held back, which is Normal',
    events: [at(pulling, 30, 5)],
    alerts: [
      {
        rule: 'ImagePullFailed',
        severity: 'warning',
        labels,
        summary: 'shop/web can’t pull its image',
        description:
          'Pulling an image failed or was held back 5 times within 30m. The container waits for it.',
        newest: 'Pod/web-7c9d8b6f5-x2x4z: Back-off pulling image "registry.example.com/web:9"',
      },
    ],
  },
  {
    rule: 'ImagePullFailed',
    title: 'a container that can not be started',
    events: [
      at({ ...pull, message: 'Error: failed to create containerd task: exec: "webb": not found' }, 30, 9),
      at({ ...restarting, message: 'Back-off restarting a container of another text' }, 30, 9),
    ],
    alerts: [],
  },

  ...countedCases({
    rule: 'ProbeFailures',
    severity: 'warning',
    windowMinutes: 20,
    threshold: 30,
    event: unhealthy,
    labels,
    summary: 'Probes of shop/web fail',
    description: times => `Liveness or readiness probes failed ${times} times within 20m.`,
    lasting: lumps.slice(2).map((seconds, index) => [seconds, 30 * (index + 1)]),
  }),
  {
    rule: 'ProbeFailures',
    title: 'a startup probe',
    events: [at({ ...unhealthy, message: 'Startup probe failed: dial tcp: connection refused' }, 20, 60)],
    alerts: [],
  },

  ...countedCases({
    rule: 'OomKill',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: oomKilled,
    labels,
    summary: 'shop/web was killed for lack of memory',
    description: times => `Containers ran out of memory ${times} times within 30m.`,
  }),
  {
    rule: 'OomKill',
    title: 'a container that failed',
    events: [
      at({ ...oomKilled, reason: 'ContainerFailed', message: 'Container web ended (exit code 1)' }, 30, 1),
    ],
    alerts: [],
  },

  ...countedCases({
    rule: 'Evictions',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: { ...web, reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' },
    labels: { namespace: 'shop' },
    summary: 'Pods were evicted in shop',
    description: times =>
      `${times} pods of namespace shop were evicted within 30m, by their node or for a taint.`,
  }),
  {
    rule: 'Evictions',
    title: 'for a taint, which is Normal',
    events: [
      at(
        {
          ...web,
          type: 'Normal',
          reason: 'TaintManagerEviction',
          message: 'Marking for deletion Pod shop/web-7c9d8b6f5-x2x4z',
          component: 'taint-eviction-controller',
        },
        30,
        1,
      ),
    ],
    alerts: [
      {
        rule: 'Evictions',
        severity: 'warning',
        labels: { namespace: 'shop' },
        summary: 'Pods were evicted in shop',
        description: '1 pods of namespace shop were evicted within 30m, by their node or for a taint.',
        newest: 'Pod/web-7c9d8b6f5-x2x4z: Marking for deletion Pod shop/web-7c9d8b6f5-x2x4z',
      },
    ],
  },
  {
    rule: 'Evictions',
    title: 'a node that is back in time',
    events: [
      at(
        {
          ...web,
          type: 'Normal',
          reason: 'TaintManagerEviction',
          message: 'Cancelling deletion of Pod shop/web-7c9d8b6f5-x2x4z',
          component: 'taint-eviction-controller',
        },
        30,
        1,
      ),
    ],
    alerts: [],
  },

  ...countedCases({
    rule: 'Preemption',
    severity: 'info',
    windowMinutes: 30,
    threshold: 1,
    event: {
      ...web,
      // The scheduler names the node in its message only.
      node: '',
      type: 'Normal',
      reason: 'Preempted',
      message: 'Preempted by pod 5b0c on node node-1',
      component: 'default-scheduler',
      newStyle: true,
    },
    labels,
    summary: 'Pods of shop/web were preempted',
    description: times => `${times} pods were ended within 30m to make room for others of higher priority.`,
    lasting: [[late, 1]],
  }),
  {
    rule: 'Preemption',
    title: 'by the kubelet for a critical pod',
    events: [
      at({ ...web, reason: 'Preempting', message: 'Preempted in order to admit critical pod' }, 30, 1),
    ],
    alerts: [
      {
        rule: 'Preemption',
        severity: 'info',
        labels,
        summary: 'Pods of shop/web were preempted',
        description: '1 pods were ended within 30m to make room for others of higher priority.',
        newest: 'Pod/web-7c9d8b6f5-x2x4z: Preempted in order to admit critical pod',
      },
    ],
  },
  {
    rule: 'Preemption',
    title: 'a pod that is just ended',
    events: [at({ ...web, type: 'Normal', reason: 'Killing', message: 'Stopping container web' }, 30, 5)],
    alerts: [],
  },
];
