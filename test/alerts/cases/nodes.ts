import { type AlertCase, type ExpectedAlert, late, leaving } from '../case.ts';
import { type Counted, countedCases, lineOf } from '../counted.ts';
import type { Count, Incident } from '../incident.ts';

const minute = 60;

type Told = Omit<Incident, 'counts'>;

function ofNode(reason: string, message: string, rest: Partial<Incident> = {}): Told {
  return {
    kind: 'Node',
    name: 'node-1',
    node: 'node-1',
    reason,
    message,
    type: 'Normal',
    component: 'kubelet',
    ...rest,
  };
}

/** Once, some minutes ago. */
function once(told: Told, minutesAgo: number): Incident {
  return { ...told, counts: [[minutesAgo * minute, 1]] };
}

function status(reason: string): Told {
  return ofNode(reason, `Node node-1 status is now: ${reason}`);
}

/** The companion of the rules by node: it knows the reason alone. */
function trouble(times: number, reason: string, rest: Partial<ExpectedAlert> = {}): ExpectedAlert {
  return {
    rule: 'NodeTrouble',
    severity: 'warning',
    labels: { reason },
    summary: `Nodes report ${reason}`,
    description: `${reason} ${times} times on nodes of the cluster within 30m.`,
    ...rest,
  };
}

/** {@link trouble} where it was lately. */
function troubleSince(event: Told): NonNullable<Counted['also']> {
  return (times, reason, secondsAgo) =>
    secondsAgo < 30 * minute ? [trouble(times, reason, { newest: lineOf(event) })] : [];
}

const notReady = status('NodeNotReady');
const ready = status('NodeReady');
const gone: ExpectedAlert = {
  rule: 'NodeNotReady',
  severity: 'critical',
  labels: { node: 'node-1' },
  summary: 'Node node-1 is not ready',
  description: 'Node node-1 went out of service and has not said since that it is ready.',
  newest: 'Node/node-1: Node node-1 status is now: NodeNotReady',
};
const now: readonly Count[] = [[0, 1]];

const coming: readonly AlertCase[] = [
  {
    rule: 'NodeNotReady',
    title: 'it goes and comes back',
    events: [once(notReady, 40)],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'it does not come back',
    events: [{ ...notReady, counts: [[leaving(6 * 60), 1]] }],
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'it is removed',
    events: [once(notReady, 40)],
    later: {
      events: [
        {
          ...ofNode('RemovingNode', 'Node node-1 event: Removing Node node-1 from Controller'),
          component: 'node-controller',
          counts: now,
        },
      ],
    },
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'late entries',
    events: [{ ...notReady, counts: [[late, 1]] }],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [gone, trouble(1, 'NodeNotReady', { newest: lineOf(notReady), resolves: false })],
  },
  {
    rule: 'NodeNotReady',
    title: 'it was back',
    events: [once(notReady, 40), once(ready, 35)],
    alerts: [],
  },
  {
    rule: 'NodeNotReady',
    title: 'it goes again',
    events: [
      {
        ...notReady,
        counts: [
          [50 * minute, 1],
          [40 * minute, 2],
        ],
      },
      once(ready, 45),
    ],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'another one comes back',
    events: [once(notReady, 40), once({ ...ready, name: 'node-2', node: 'node-2' }, 35)],
    alerts: [{ ...gone, resolves: false }],
  },
  {
    // How often it went is not known; that it is gone is.
    rule: 'NodeNotReady',
    title: 'of unknown age',
    events: [{ ...notReady, counts: [[40 * minute, 3]], before: 'unknown' }],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'the word of a pod',
    events: [
      {
        ...ofNode('NodeNotReady', 'Node is not ready', { type: 'Warning', component: 'node-controller' }),
        namespace: 'shop',
        kind: 'Pod',
        name: 'web-7c9d8b6f5-x2x4z',
        counts: [[5 * minute, 1]],
      },
    ],
    alerts: [],
  },
  {
    rule: 'NodeNotReady',
    title: 'a reason that is folded',
    events: [{ ...once(notReady, 40), folds: ['reason'] }],
    later: { events: [{ ...ready, folds: ['reason'], counts: now }] },
    alerts: [gone],
  },
  {
    rule: 'NodeNotReady',
    title: 'a kind that is folded',
    events: [{ ...once(notReady, 40), folds: ['kind'] }],
    later: { events: [{ ...ready, folds: ['kind'], counts: now }] },
    alerts: [gone],
  },
];

const diskPressure = status('NodeHasDiskPressure');
const short: ExpectedAlert = {
  rule: 'NodePressure',
  severity: 'warning',
  labels: { node: 'node-1' },
  summary: 'Node node-1 is short of resources',
  description:
    'Node node-1 runs short of memory, disk or process numbers. It takes no new pods, and may evict those that it has.',
  newest: lineOf(diskPressure),
};

const pressures: readonly AlertCase[] = [
  {
    rule: 'NodePressure',
    title: 'disk, and enough again',
    events: [once(diskPressure, 40)],
    later: { events: [{ ...status('NodeHasNoDiskPressure'), counts: now }] },
    alerts: [short],
  },
  ...(['Memory', 'PID'] as const).map(
    (what): AlertCase => ({
      rule: 'NodePressure',
      title: `${what}, and enough again`,
      events: [once(status(`NodeHasInsufficient${what}`), 40)],
      later: { events: [{ ...status(`NodeHasSufficient${what}`), counts: now }] },
      alerts: [{ ...short, newest: lineOf(status(`NodeHasInsufficient${what}`)) }],
    }),
  ),
  {
    rule: 'NodePressure',
    title: 'for six hours',
    events: [{ ...diskPressure, counts: [[leaving(6 * 60), 1]] }],
    alerts: [short],
  },
  {
    rule: 'NodePressure',
    title: 'late entries',
    events: [{ ...diskPressure, counts: [[late, 1]] }],
    later: { events: [{ ...status('NodeHasNoDiskPressure'), counts: now }] },
    alerts: [short, trouble(1, 'NodeHasDiskPressure', { newest: lineOf(diskPressure), resolves: false })],
  },
  {
    rule: 'NodePressure',
    title: 'enough of something else',
    events: [once(diskPressure, 40), once(status('NodeHasSufficientMemory'), 39)],
    alerts: [{ ...short, resolves: false }],
  },
  {
    rule: 'NodePressure',
    title: 'a node that starts',
    events: [
      once(status('NodeHasSufficientMemory'), 10),
      once(status('NodeHasNoDiskPressure'), 10),
      once(status('NodeHasSufficientPID'), 10),
      once(ready, 9),
    ],
    alerts: [],
  },
  {
    rule: 'NodePressure',
    title: 'a reason that is folded',
    events: [{ ...once(diskPressure, 40), folds: ['reason'] }],
    later: { events: [{ ...status('NodeHasNoDiskPressure'), folds: ['reason'], counts: now }] },
    alerts: [short],
  },
];

const waiting: Told = {
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-7c9d8b6f5-x2x4z',
  reason: 'NetworkNotReady',
  message:
    'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  type: 'Warning',
  component: 'kubelet',
  node: 'node-1',
};
const noNetwork: ExpectedAlert = {
  rule: 'NetworkNotReady',
  severity: 'critical',
  labels: { node: 'node-1' },
  summary: 'No pod network on node node-1',
  description: 'Pods on node node-1 wait for the pod network, and the node has not become ready since.',
  newest: lineOf(waiting),
};

const networks: readonly AlertCase[] = [
  {
    rule: 'NetworkNotReady',
    title: 'until the node is ready',
    events: [once(waiting, 40)],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [noNetwork],
  },
  {
    rule: 'NetworkNotReady',
    title: 'nothing more is heard',
    events: [{ ...waiting, counts: [[leaving(60), 1]] }],
    alerts: [noNetwork],
  },
  {
    rule: 'NetworkNotReady',
    title: 'late entries',
    events: [{ ...waiting, counts: [[late, 1]] }],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [noNetwork, trouble(1, 'NetworkNotReady', { newest: lineOf(waiting) })],
  },
  {
    rule: 'NetworkNotReady',
    title: 'a node that joins',
    events: [once(waiting, 10), once(ready, 9)],
    alerts: [],
  },
  {
    rule: 'NetworkNotReady',
    title: 'a reason that is folded',
    events: [{ ...once(waiting, 40), folds: ['reason'] }],
    later: { events: [{ ...ready, counts: now }] },
    alerts: [noNetwork],
  },
];

const rebooted = ofNode('Rebooted', 'Node node-1 has been rebooted, boot id: 7f3a', { type: 'Warning' });
const oom = ofNode('SystemOOM', 'System OOM encountered, victim process: java, pid: 4711', {
  type: 'Warning',
});
const conntrack = ofNode('ConntrackFull', 'nf_conntrack: table full, dropping packet', {
  type: 'Warning',
  component: 'kernel-monitor',
});
const readOnly = ofNode('FilesystemIsReadOnly', 'EXT4-fs (vda1): Remounting filesystem read-only', {
  type: 'Normal',
  component: 'kernel-monitor',
});
const eviction = ofNode('EvictionThresholdMet', 'Attempting to reclaim ephemeral-storage', {
  type: 'Warning',
});
const labels = { node: 'node-1' };

export const nodeCases: readonly AlertCase[] = [
  ...coming,
  ...pressures,
  ...networks,
  ...countedCases({
    rule: 'NodeRebooted',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: rebooted,
    labels,
    summary: 'Node node-1 was rebooted',
    description: times => `Node node-1 came back with another boot, ${times} times within 30m.`,
    also: troubleSince(rebooted),
  }),
  {
    rule: 'NodeRebooted',
    title: 'a kubelet that starts',
    events: [once(ofNode('Starting', 'Starting kubelet.'), 10)],
    alerts: [],
  },
  ...countedCases({
    rule: 'NodeOom',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: oom,
    labels,
    summary: 'Out of memory on node node-1',
    description: times => `The kernel of node node-1 killed for lack of memory ${times} times within 30m.`,
    also: troubleSince(oom),
  }),
  ...countedCases({
    rule: 'ConntrackFull',
    severity: 'critical',
    windowMinutes: 30,
    threshold: 1,
    event: conntrack,
    labels,
    summary: 'Connection tracking is full on node node-1',
    description: times =>
      `The conntrack table of node node-1 is full (${times} times within 30m): new connections are dropped.`,
    also: troubleSince(conntrack),
  }),
  ...countedCases({
    rule: 'KernelProblem',
    severity: 'warning',
    windowMinutes: 60,
    threshold: 1,
    event: readOnly,
    labels: { node: 'node-1', reason: 'FilesystemIsReadOnly' },
    summary: 'FilesystemIsReadOnly on node node-1',
    description: times => `The kernel of node node-1 reported FilesystemIsReadOnly ${times} times within 1h.`,
    also: troubleSince(readOnly),
  }),
  {
    rule: 'KernelProblem',
    title: 'a file system that is well again',
    events: [once(ofNode('FilesystemIsNotReadOnly', 'Filesystem is not read-only'), 10)],
    alerts: [],
  },
  ...countedCases({
    rule: 'NodeTrouble',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: eviction,
    labels: { reason: 'EvictionThresholdMet' },
    summary: 'Nodes report EvictionThresholdMet',
    description: times => `EvictionThresholdMet ${times} times on nodes of the cluster within 30m.`,
  }),
];
