import { known } from '../../dashboards/reasons.ts';
import type { Selection } from '../ask.ts';
import { counting, eventRule } from '../rule.ts';
import { conntrack, networkBack, noNetwork } from './node-network.ts';
import { notReady, outOfMemory, pressure, rebooted } from './nodes.ts';
import { standing } from './state.ts';

const kernel: Selection = {
  reasons: [
    ...known(
      'TaskHung',
      'UnregisterNetDevice',
      'KernelOops',
      'Ext4Error',
      'Ext4Warning',
      'IOError',
      'XfsHasShutdown',
      'FilesystemIsReadOnly',
      'DiskBadBlock',
      'MemoryReadError',
      'DockerHung',
      'VMcore',
    ),
    // Some configurations give the name of the condition as the reason.
    'KernelDeadlock',
    'ReadonlyFilesystem',
  ],
  kinds: ['Node'],
};

/** What the kernel of a node reports of itself and of its disks. */
export const kernelProblem = eventRule({
  name: 'KernelProblem',
  severity: 'warning',
  for: '0s',
  by: ['node', 'reason'],
  selection: kernel,
  settings: counting(1, '1h', {
    threshold: 'One is enough to look.',
    window: 'How long it is news: what lasts, such as a read-only file system, is told of once.',
  }),
  summary: { en: '{reason} on node {node}', zh: '节点 {node} 出现 {reason}' },
  description: {
    en: 'The kernel of node {node} reported {reason} {value} times within {window}.',
    zh: '节点 {node} 的内核在 {window} 内报告 {reason} {value} 次。',
  },
  runbook: {
    meaning:
      'node-problem-detector found a line in the kernel’s log that tells of trouble: a disk or a file system that fails, a process that hangs in the kernel, a fault of the kernel or of the memory.',
    checks: [
      'The kernel’s own words: `kubectl get events -n default --field-selector involvedObject.name=NODE`, then `dmesg -T` on the node.',
      'Whether the node’s conditions changed: `kubectl describe node NODE`.',
      'Disks: `lsblk`, `smartctl -a /dev/DISK` on the node, or the volume in the provider’s console.',
    ],
    causes: [
      'A disk or a network volume that fails or is cut off.',
      'A fault of the kernel or of a driver: look for a newer one.',
      'Broken memory.',
    ],
    notes: [
      'It needs node-problem-detector with its kernel monitor.',
      'What lasts is told of once: the alert resolves after `window` though the file system is still read-only. The node’s conditions know.',
      'Where in doubt take the node out: `kubectl drain NODE --ignore-daemonsets`.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Problems that node-problem-detector found' },
});

/** Trouble of nodes that has no rule of its own. */
const others = known(
  'EvictionThresholdMet',
  'FreeDiskSpaceFailed',
  'ImageGCFailed',
  'ContainerGCFailed',
  'KubeletSetupFailed',
  'CIDRNotAvailable',
  'CIDRAssignmentFailed',
  'FailedToCreateRoute',
  'CorruptDockerOverlay2',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
  'KubeletUnhealthy',
  'DockerUnhealthy',
  'ContainerdUnhealthy',
);
const ofNodes: Selection = {
  reasons: [notReady, rebooted, pressure, outOfMemory, conntrack, kernel]
    .flatMap(({ reasons = [] }) => reasons)
    .concat(others),
  kinds: ['Node'],
};

/** Whatever nodes complain of, by reason: for more nodes than can be told apart, and for what has no rule of its own. */
export const nodeTrouble = eventRule({
  name: 'NodeTrouble',
  severity: 'warning',
  for: '5m',
  by: ['reason'],
  selection: {
    reasons: [ofNodes, noNetwork].flatMap(({ reasons = [] }) => reasons),
    kinds: ['Node', 'Pod'],
    // Pods are told when their node goes: NodeNotReady on a Pod.
    without: 'Node is not ready',
  },
  settings: counting(1, '30m', {
    threshold: 'It has to fire where one of the rules by node would.',
    window: 'Most of them are told of once, and up to six minutes late.',
  }),
  query: (ask, by, { window }) => {
    const cluster = [ask.nameOf('cluster')];
    const network = `${ask.occurrences(noNetwork, by, window)} and on (${cluster.join()})`;
    // Every node that joins has no network for a moment.
    return `${ask.occurrences(ofNodes, by, window)} or ${network} (${standing(ask, noNetwork, networkBack, cluster, window)})`;
  },
  summary: { en: 'Nodes report {reason}', zh: '节点报告 {reason}' },
  description: {
    en: '{reason} {value} times on nodes of the cluster within {window}.',
    zh: '集群节点在 {window} 内出现 {reason} {value} 次。',
  },
  runbook: {
    meaning:
      'Nodes of a cluster complain of something. The rules by node tell which one; this one knows the reason alone, and so also fires when more nodes are concerned than Loki gives series for (500), when an event does not name its node, and for reasons that have no rule by node.',
    checks: [
      'What the reason means: `kube-events-loki explain REASON`.',
      'Which nodes: `kubectl get nodes`, `kubectl get events -n default --field-selector involvedObject.kind=Node`.',
      'Whether they have something in common: zone, pool, version: `kubectl get nodes -L topology.kubernetes.io/zone -o wide`.',
    ],
    causes: [
      'One node: the alert of that node says more.',
      'Many at once: the network, the control plane, a rollout of an image or of a DaemonSet, a zone.',
    ],
    notes: [
      'Beside an alert by node it is the same trouble told again. The Alertmanager config of this project holds it back then; in Grafana silence it, or disable it where clusters are small.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Reasons' },
});
