import { known } from '../../dashboards/reasons.ts';
import type { Selection } from '../ask.ts';
import { counting, eventRule } from '../rule.ts';
import { removed } from './nodes.ts';
import { standing } from './state.ts';

/** Said of each pod that waits, with the node that it waits on. */
export const noNetwork: Selection = { reasons: known('NetworkNotReady'), kinds: ['Pod'] };

/** A kubelet that finds its network plugin ready says that its node is. */
export const networkBack: Selection = { reasons: [...known('NodeReady'), ...removed], kinds: ['Node'] };

export const conntrack: Selection = { reasons: known('ConntrackFull'), kinds: ['Node'] };

/** A node on which pods get no network. */
export const networkNotReady = eventRule({
  name: 'NetworkNotReady',
  severity: 'critical',
  for: '5m',
  by: ['node'],
  selection: noNetwork,
  settings: {
    window: {
      default: '1h',
      description:
        'How far back it looks. A pod that waits is told of once in five minutes at least, six minutes late at most; it resolves with `NodeReady`, or after this time.',
    },
  },
  // Every node that joins has it for a moment, so that a count tells nothing: what counts is that it hasn't ended.
  query: (ask, by, { window }) => `(${standing(ask, noNetwork, networkBack, by, window)}) > bool 0`,
  summary: { en: 'No pod network on node {node}', zh: '节点 {node} 的 Pod 网络未就绪' },
  description: {
    en: 'Pods on node {node} wait for the pod network, and the node has not become ready since.',
    zh: '节点 {node} 上的 Pod 在等待 Pod 网络，此后节点一直未就绪。',
  },
  runbook: {
    meaning:
      'The container runtime on a node says that its network plugin (CNI) is not ready. Pods that don’t use the host’s network can’t start there.',
    checks: [
      'The network plugin’s pod on that node: `kubectl get pods -n kube-system -o wide --field-selector spec.nodeName=NODE`.',
      'What it says: `kubectl logs -n kube-system PLUGIN-POD --all-containers --tail=100`.',
      'Its configuration on the node: `ls /etc/cni/net.d`, `journalctl -u containerd --since -30min`.',
    ],
    causes: [
      'The plugin’s DaemonSet does not run there: its image, its taints, its resources.',
      'It can’t reach the API server or its own store.',
      'Its configuration was removed, or belongs to another plugin.',
    ],
    notes: [
      'Every node that joins the cluster has it for a moment; it fires when that lasts for longer than `for`.',
      'A plugin that says that it is ready and fails all the same gives `FailedCreatePodSandBox` instead: WarningSpike and NewWarningReason tell of that.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Coming and going' },
});

/** A node that drops new connections. */
export const conntrackFull = eventRule({
  name: 'ConntrackFull',
  severity: 'critical',
  for: '0s',
  by: ['node'],
  selection: conntrack,
  settings: counting(1, '30m', {
    threshold: 'It is told of when connections have been dropped already.',
    window:
      'node-problem-detector repeats it while it lasts: every five minutes at least, six minutes late at most.',
  }),
  summary: { en: 'Connection tracking is full on node {node}', zh: '节点 {node} 的 conntrack 表已满' },
  description: {
    en: 'The conntrack table of node {node} is full ({value} times within {window}): new connections are dropped.',
    zh: '节点 {node} 的 conntrack 表已满（{window} 内 {value} 次），新连接会被丢弃。',
  },
  runbook: {
    meaning:
      'The kernel can’t note another connection, and drops the packets that would open one. Programs on the node see timeouts that come and go.',
    checks: [
      'How full it is: `sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max` on the node.',
      "Whose connections they are: `conntrack -L 2>/dev/null | grep -o 'src=[^ ]*' | sort | uniq -c | sort -rn | head` on the node.",
      'Whether one workload opens many: its own metrics, `kubectl get pods -A -o wide --field-selector spec.nodeName=NODE`.',
    ],
    causes: [
      'A program that opens a connection for each request, or a DNS client without a cache.',
      'A scan or an attack from outside.',
      'A limit too low for the node: `conntrack.maxPerCore` of kube-proxy.',
    ],
    notes: ['It needs node-problem-detector with its network plugin monitor (`network_problem.sh`).'],
  },
  panel: { dashboard: 'nodes', title: 'Problems that node-problem-detector found' },
});
