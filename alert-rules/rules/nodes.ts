import { known } from '../../dashboards/reasons.ts';
import { eventRule } from '../rule.ts';

/** A node that went out of service and has not come back. */
export const nodeNotReady = eventRule({
  name: 'NodeNotReady',
  severity: 'critical',
  for: '0s',
  by: ['node'],
  // Normal on a Node, and a Warning on its pods.
  selection: { reasons: known('NodeNotReady'), kinds: ['Node'] },
  settings: {
    window: {
      default: '6h',
      description:
        'How long it fires for a node that does not come back: it is told of once, when it goes. After this time it resolves without `NodeReady`.',
    },
  },
  query: (ask, by, { window }) => {
    const gone = ask.last({ reasons: known('NodeNotReady'), kinds: ['Node'] }, by, window);
    const back = ask.last({ reasons: known('NodeReady', 'RemovingNode'), kinds: ['Node'] }, by, window);
    // 1 for each node whose newest word is that it is gone.
    return `(${gone} > (${back} or ${gone} * 0)) > bool 0`;
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
    ],
    notes: ['A node that is removed from the cluster (`RemovingNode`) resolves it.'],
  },
  panel: { dashboard: 'nodes', title: 'Coming and going' },
});
