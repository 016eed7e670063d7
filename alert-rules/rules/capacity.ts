import { known } from '../../dashboards/reasons.ts';
import type { Selection } from '../ask.ts';
import { counting, eventRule } from '../rule.ts';

const unscheduled: Selection = { reasons: known('FailedScheduling'), kinds: ['Pod'] };

/** Said of pods for which cluster-autoscaler or Karpenter has ordered a node. */
const ordered: Selection = { reasons: ['TriggeredScaleUp', 'Nominated'], kinds: ['Pod'] };

/** Pods that get no node. */
export const failedScheduling = eventRule({
  name: 'FailedScheduling',
  severity: 'warning',
  // An autoscaler has to have said that it orders a node.
  for: '3m',
  by: ['namespace', 'workload'],
  selection: unscheduled,
  settings: {
    ...counting(3, '45m', {
      threshold:
        'A pod that waits for another to go fails once or twice. The third time is known with the scheduler’s next write, half an hour later at most.',
      window:
        'The scheduler writes a series of repeats every 30 minutes only, and entries can arrive six minutes late.',
    }),
    grace: {
      default: 600,
      description:
        'Seconds that an ordered node has to come: failures up to so long after the last word of an autoscaler (`TriggeredScaleUp`, `Nominated`) don’t count.',
    },
    orders: {
      default: '1h',
      description:
        'How far back that word is looked for: `window` and `grace` together at least, or failures would outlast it.',
    },
  },
  query: (ask, by, { window, grace, orders }) => {
    const last = ask.last(unscheduled, by, window);
    const until = `${ask.last(ordered, by, orders)} + ${grace}`;
    return `${ask.occurrences(unscheduled, by, window)} and ${last} > (${until} or ${last} * 0)`;
  },
  summary: {
    en: 'No node for {namespace}/{workload}',
    zh: '{namespace}/{workload} 无法调度',
  },
  description: {
    en: 'The scheduler found no node {value} times within {window}.',
    zh: '调度器在 {window} 内 {value} 次未找到可用节点。',
  },
  runbook: {
    meaning:
      'No node can take a pod: it stays Pending. The message counts the nodes by what keeps the pod off each.',
    checks: [
      'The causes: `kubectl describe pod -n NAMESPACE POD`, or the panel *What schedulers say*.',
      'Whether it still waits: `kubectl get pods -A --field-selector status.phase=Pending`.',
      'What the nodes have left: `kubectl describe nodes | grep -A 8 "Allocated resources"`.',
    ],
    causes: [
      'No room: CPU, memory or another resource is requested to the full.',
      'A selector, an affinity or a taint that fits no node, or a zone without any.',
      'A claim without a volume, or with one in another zone: see [VolumeFailure](VolumeFailure.md).',
      'An autoscaler at its limit: `NotTriggerScaleUp` says why.',
    ],
    notes: [
      'It may fire until `window` is over for pods that have found a node: the events of one pod are not followed to its `Scheduled`.',
      'In a quiet cluster the scheduler tries a waiting pod every five minutes, and tells of a third and later failure every half an hour: a single pod that waits may be told of only then.',
      'The words of autoscalers are those of cluster-autoscaler and Karpenter; with another one, raise `threshold`.',
    ],
  },
  panel: { dashboard: 'scheduling', title: 'Waiting workloads' },
});

const refused: Selection = { reasons: known('FailedCreate', 'ReplicaSetCreateError') };

/** Controllers that may not make what they should. */
export const failedCreate = eventRule({
  name: 'FailedCreate',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: refused,
  settings: {
    ...counting(3, '1h', {
      threshold: 'Controllers try again within milliseconds, so that this alone tells little: see `lasting`.',
      window:
        'Controllers wait longer and longer, up to 17 minutes, and entries can arrive six minutes late: three tries are always in it.',
    }),
    lasting: {
      default: 120,
      description:
        'Seconds from the first failure in `window` to the last from which it fires: a webhook that was away for a moment has ten failures in ten seconds.',
    },
  },
  query: (ask, by, { window, lasting }) =>
    `${ask.occurrences(refused, by, window)} and ` +
    `${ask.last(refused, by, window)} - ${ask.first(refused, by, window)} >= ${lasting}`,
  summary: {
    en: '{namespace}/{workload} can’t create its pods',
    zh: '{namespace}/{workload} 无法创建 Pod',
  },
  description: {
    en: 'The API server refused what the controller wanted to create {value} times within {window}.',
    zh: '{window} 内 API server 拒绝控制器的创建请求 {value} 次。',
  },
  runbook: {
    meaning:
      'A ReplicaSet, StatefulSet, DaemonSet, Job or CronJob may not create a pod or a claim. There are fewer pods than there should be, and none that is Pending.',
    checks: [
      'What was answered: `kubectl get events -n NAMESPACE --field-selector reason=FailedCreate`.',
      'The quota: `kubectl describe resourcequota -n NAMESPACE`.',
      'Webhooks and pod security: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`, `kubectl get namespace NAMESPACE --show-labels`.',
    ],
    causes: [
      'The namespace’s quota is used up, or a pod leaves out what it has to state.',
      'An admission webhook refuses it, or does not answer.',
      'The pod breaks the namespace’s pod security level.',
      'A service account or a priority class that does not exist.',
    ],
    notes: [
      'It fires until `window` is over after the last failures, because a controller’s next try can be 17 minutes away.',
    ],
  },
  panel: { dashboard: 'scheduling', title: 'Refused, by cause' },
});

/** Pods that were ended to make room. */
export const preemption = eventRule({
  name: 'Preemption',
  severity: 'info',
  for: '0s',
  by: ['namespace', 'workload'],
  // The scheduler's is Normal; the kubelet's, for a critical pod, a Warning.
  selection: { reasons: known('Preempted', 'Preempting'), kinds: ['Pod'] },
  settings: counting(1, '30m', {
    threshold: 'Each ends a pod.',
    window: 'How long it is news. The event can arrive six minutes after its time.',
  }),
  summary: {
    en: 'Pods of {namespace}/{workload} were preempted',
    zh: '{namespace}/{workload} 的 Pod 被抢占',
  },
  description: {
    en: '{value} pods were ended within {window} to make room for others of higher priority.',
    zh: '{window} 内有 {value} 个 Pod 为更高优先级的 Pod 让出资源而被终止。',
  },
  runbook: {
    meaning:
      'The scheduler, or the kubelet for a critical pod, ended pods of lower priority because there was no room. Their controllers make new ones, which wait until there is room again.',
    checks: [
      'For whom: `kubectl get events -n NAMESPACE --field-selector reason=Preempted`, the message names it or its uid.',
      'Whether the victims found another place: `kubectl get pods -n NAMESPACE`.',
      'Who has which priority: `kubectl get priorityclasses`, `kubectl get pods -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,PRIORITY:.spec.priority`.',
    ],
    causes: [
      'The cluster is full, and what matters more took the place: as it was set up.',
      'A new workload has a higher priority than it should.',
      'Placeholder pods that keep room for a scale-up: leave their namespace out by `selector`, or disable the rule.',
    ],
    notes: ['The scheduler’s event is of type Normal: a rule that reads Warnings would miss it.'],
  },
  panel: { dashboard: 'scheduling', title: 'Preempted pods, by namespace' },
});

/** Pods that a node or a taint ended. */
export const evictions = eventRule({
  name: 'Evictions',
  severity: 'warning',
  for: '0s',
  by: ['namespace'],
  selection: {
    // Those for a taint are Normal.
    reasons: known('Evicted', 'TaintManagerEviction', 'DeviceTaintManagerEviction'),
    kinds: ['Pod'],
    // A node that is back in time: nothing was evicted.
    without: 'Cancelling deletion',
  },
  settings: counting(1, '30m', {
    threshold: 'Each ends a pod.',
    window: 'How long it is news. The event can arrive six minutes after its time.',
  }),
  summary: { en: 'Pods were evicted in {namespace}', zh: '{namespace} 有 Pod 被驱逐' },
  description: {
    en: '{value} pods of namespace {namespace} were evicted within {window}, by their node or for a taint.',
    zh: '{window} 内命名空间 {namespace} 有 {value} 个 Pod 被节点或污点驱逐。',
  },
  runbook: {
    meaning:
      'A node ended pods because it ran short of something or they used more disk than they may, or they were deleted because of a taint, as that of a node that is gone. Their controllers make new ones elsewhere.',
    checks: [
      'Why: `kubectl get events -n NAMESPACE --field-selector reason=Evicted`, and the same with `reason=TaintManagerEviction`.',
      'The state of the node: `kubectl describe node NODE`.',
      'Whether the new pods run: `kubectl get pods -n NAMESPACE -o wide`.',
    ],
    causes: [
      'A node short of memory or disk: see [NodePressure](NodePressure.md).',
      'A node that was lost for five minutes: see [NodeNotReady](NodeNotReady.md).',
      'A pod above its limit of ephemeral storage, or an `emptyDir` above its size.',
      'Somebody tainted a node with `NoExecute`.',
    ],
    notes: [
      'A drain (`kubectl drain`) gives no event, and does not fire.',
      'The events for a taint are of type Normal: a rule that reads Warnings would miss them.',
    ],
  },
  panel: { dashboard: 'nodes', title: 'Evictions by namespace' },
});
