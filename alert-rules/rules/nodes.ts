import { known } from '../../dashboards/reasons.ts';
import type { Selection } from '../ask.ts';
import { counting, eventRule } from '../rule.ts';
import { standing } from './state.ts';

/** Ends every state of a node. */
export const removed = known('RemovingNode');

/** Normal on a Node, and a Warning on its pods. */
export const notReady: Selection = { reasons: known('NodeNotReady'), kinds: ['Node'] };
export const rebooted: Selection = { reasons: known('Rebooted'), kinds: ['Node'] };

/** What a node says when it runs short of something, and when it no longer is. */
const pressures = [
  known('NodeHasInsufficientMemory', 'NodeHasSufficientMemory'),
  known('NodeHasDiskPressure', 'NodeHasNoDiskPressure'),
  known('NodeHasInsufficientPID', 'NodeHasSufficientPID'),
] as const;
export const pressure: Selection = {
  reasons: pressures.flatMap(([short = '']) => short),
  kinds: ['Node'],
};

export const outOfMemory: Selection = { reasons: known('SystemOOM', 'OOMKilling'), kinds: ['Node'] };

/** A node that went out of service and has not come back. */
export const nodeNotReady = eventRule({
  name: 'NodeNotReady',
  severity: 'critical',
  for: '0s',
  by: ['node'],
  selection: notReady,
  settings: {
    window: {
      default: '6h',
      description:
        'How long it fires for a node that does not come back: it is told of once, when it goes. After this time it resolves without `NodeReady`.',
    },
  },
  query: (ask, by, { window }) => {
    const back = { reasons: [...known('NodeReady'), ...removed], kinds: ['Node'] };
    // 1 for each node whose newest word is that it is gone.
    return `(${standing(ask, notReady, back, by, window)}) > bool 0`;
  },
  summary: { en: 'Node {node} is not ready', zh: '节点 {node} 未就绪' },
  description: {
    en: 'Node {node} went out of service and has not said since that it is ready.',
    zh: '节点 {node} 已停止服务，此后未再报告就绪。',
  },
  runbook: {
    meaning:
      'The kubelet of a node says that it is not ready, or the control plane has not heard of it for 40 seconds. After five minutes its pods are evicted and start elsewhere, where there is room.',
    checks: [
      'What the node says of itself: `kubectl describe node NODE`, its conditions first.',
      'Whether the machine is there: the console of its provider, `ssh`, its metrics.',
      'The kubelet and the container runtime on it: `journalctl -u kubelet -u containerd --since -30min`.',
    ],
    causes: [
      'The machine is down, restarts, or is cut off from the control plane.',
      'It is short of memory, disk or process numbers: see [NodePressure](NodePressure.md).',
      'The kubelet or the container runtime hangs.',
      'Its network plugin is not ready: see [NetworkNotReady](NetworkNotReady.md).',
    ],
    notes: [
      'The event is of type Normal: a rule that reads Warnings would miss it.',
      'It resolves with the next `NodeReady`, or with `RemovingNode` where the node leaves the cluster. An autoscaler that removes a node stops it first: it fires until the node’s object is gone.',
      'A node that was gone already when the exporter started, and whose event has expired, is not known.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Coming and going' },
});

/** A node that came back with another boot. */
export const nodeRebooted = eventRule({
  name: 'NodeRebooted',
  severity: 'warning',
  for: '0s',
  by: ['node'],
  selection: rebooted,
  settings: counting(1, '30m', {
    threshold: 'A reboot is told of once.',
    window: 'How long it is news. The event can arrive six minutes after its time.',
  }),
  summary: { en: 'Node {node} was rebooted', zh: '节点 {node} 已重启' },
  description: {
    en: 'Node {node} came back with another boot, {value} times within {window}.',
    zh: '节点 {node} 在 {window} 内重启 {value} 次。',
  },
  runbook: {
    meaning:
      'The kubelet found another boot id than before: the machine was restarted. All containers on it were started anew.',
    checks: [
      'Whether it was planned: an upgrade, maintenance of the provider, `kubectl describe node NODE` for who had cordoned it.',
      'What the machine said last: `journalctl -b -1 -n 200` on the node, or its serial console.',
      'Whether its pods are back: `kubectl get pods -A --field-selector spec.nodeName=NODE`.',
    ],
    causes: [
      'An upgrade of the system, or an automatic reboot after one.',
      'A kernel panic or a watchdog: see [KernelProblem](KernelProblem.md).',
      'The provider moved or restarted the machine.',
    ],
    notes: [
      'A machine that comes back under another name is a new node, and tells of no reboot.',
      'Planned reboots fire too: silence the rule by `node` for their time, or set its severity to `info`.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Coming and going' },
});

/** A node that is short of memory, disk or process numbers. */
export const nodePressure = eventRule({
  name: 'NodePressure',
  severity: 'warning',
  for: '0s',
  by: ['node'],
  selection: pressure,
  settings: {
    window: {
      default: '6h',
      description:
        'How long it fires for a node that stays short of something: it says so once. After this time it resolves without the word that it has enough.',
    },
  },
  query: (ask, by, { window }) => {
    const states = pressures.map(([short = '', enough = '']) =>
      standing(
        ask,
        { reasons: [short], kinds: ['Node'] },
        { reasons: [enough, ...removed], kinds: ['Node'] },
        by,
        window,
      ),
    );
    // 1 for each node that is short of anything.
    return `(${states.join(' or ')}) > bool 0`;
  },
  summary: { en: 'Node {node} is short of resources', zh: '节点 {node} 资源紧张' },
  description: {
    en: 'Node {node} runs short of memory, disk or process numbers. It takes no new pods, and may evict those that it has.',
    zh: '节点 {node} 的内存、磁盘或进程号不足，不再接收新 Pod，并可能驱逐已有 Pod。',
  },
  runbook: {
    meaning:
      'The kubelet has set MemoryPressure, DiskPressure or PIDPressure: less is free than its eviction threshold. The node is tainted, and pods that use more than they asked for are evicted first.',
    checks: [
      'Which of the three, and since when: `kubectl describe node NODE`.',
      'Who uses it: `kubectl top pods -A --sort-by=memory`, on the node `df -h`, `df -i` and `crictl stats`.',
      'What was evicted already: `kubectl get events -A --field-selector reason=Evicted`.',
    ],
    causes: [
      'Pods that use far more memory or disk than they request.',
      'Logs, images and `emptyDir` volumes that fill the disk, or too many inodes.',
      'A program that starts processes without end.',
    ],
    notes: [
      'The events are of type Normal: a rule that reads Warnings would miss them.',
      'A node can be short of two things at once: it is one alert, and resolves when all are there again.',
      'Pressure of seconds ends after the kubelet’s transition period, five minutes by default.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Events of nodes' },
});

/** The kernel of a node killed for lack of memory. */
export const nodeOom = eventRule({
  name: 'NodeOom',
  severity: 'warning',
  for: '0s',
  by: ['node'],
  selection: outOfMemory,
  settings: counting(1, '30m', {
    threshold: 'Each kill ends a process.',
    window: 'How long it is news. The event can arrive six minutes after its time.',
  }),
  summary: { en: 'Out of memory on node {node}', zh: '节点 {node} 内存不足（OOM）' },
  description: {
    en: 'The kernel of node {node} killed for lack of memory {value} times within {window}.',
    zh: '节点 {node} 的内核在 {window} 内因内存不足终止进程 {value} 次。',
  },
  runbook: {
    meaning:
      'The kernel ended a process to get memory. `SystemOOM` is the kubelet’s word for a node that had none left; `OOMKilling` is node-problem-detector’s for any kill, also of a container above its own limit.',
    checks: [
      'Which process: `kubectl get events -n default --field-selector involvedObject.name=NODE`.',
      'Whose it is: `kubectl top pods -A --sort-by=memory`, and `dmesg -T | grep -i oom` on the node.',
      'What the pods there may use together: `kubectl describe node NODE`, *Allocated resources*.',
    ],
    causes: [
      'Containers without a memory limit, or limits far above requests.',
      'Too little memory reserved for the system and the kubelet.',
      'A container above its limit (`OOMKilling` alone): see [OomKill](OomKill.md).',
    ],
    notes: [
      'Kubernetes itself tells only of nodes that ran out. For containers above their limit have node-problem-detector, or `terminations` of this exporter.',
      'One kill can be told by both components, and counts twice then.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Events of nodes' },
});
