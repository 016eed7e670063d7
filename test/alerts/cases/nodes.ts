import type { AlertCase } from '../case.ts';
import { countedCases } from '../counted.ts';
import { ofNode, once, troubleSince } from './node-events.ts';

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
