import { type AlertCase, type ExpectedAlert, late, leaving } from '../case.ts';
import { lineOf } from '../counted.ts';
import type { Count } from '../incident.ts';
import { minute, ofNode, once, status, type Told, trouble } from './node-events.ts';

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

/** States that nodes come into and leave. */
export const nodeStateCases: readonly AlertCase[] = [...coming, ...pressures, ...networks];
