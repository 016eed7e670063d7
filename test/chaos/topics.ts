/** What a written event is about: the bounded facts that become stream labels, and the recorder's generation. */
export interface Topic {
  readonly style: 'old' | 'new';
  /** The event's own; of a cluster-scoped object it's `default`. */
  readonly namespace: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly reason: string;
  readonly type: 'Normal' | 'Warning';
  readonly component: string;
}

/** The namespaces that the topics need. */
export const NAMESPACES = ['chaos-a', 'chaos-b', 'chaos-c'] as const;

const PER_NAMESPACE = [
  ['old', 'v1', 'Pod', 'BackOff', 'Warning', 'kubelet'],
  ['old', 'v1', 'Pod', 'Unhealthy', 'Warning', 'kubelet'],
  ['old', 'v1', 'Pod', 'Pulled', 'Normal', 'kubelet'],
  ['new', 'v1', 'Pod', 'FailedScheduling', 'Warning', 'default-scheduler'],
  ['new', 'v1', 'Pod', 'Scheduled', 'Normal', 'default-scheduler'],
  ['old', 'apps/v1', 'ReplicaSet', 'FailedCreate', 'Warning', 'replicaset-controller'],
  ['old', 'batch/v1', 'Job', 'SuccessfulCreate', 'Normal', 'job-controller'],
  ['new', 'v1', 'Service', 'FailedToUpdateEndpoint', 'Warning', 'endpoint-controller'],
] as const;

const OF_NODES = [
  ['old', 'v1', 'Node', 'NodeNotReady', 'Normal', 'node-controller'],
  ['new', 'v1', 'Node', 'EvictionThresholdMet', 'Warning', 'kubelet'],
] as const;

/** Twenty-six streams. */
export const TOPICS: readonly Topic[] = [
  ...NAMESPACES.flatMap(namespace => PER_NAMESPACE.map(row => topic(namespace, row))),
  ...OF_NODES.map(row => topic('default', row)),
];

function topic(
  namespace: string,
  [style, apiVersion, kind, reason, type, component]: (typeof PER_NAMESPACE | typeof OF_NODES)[number],
): Topic {
  return { style, namespace, apiVersion, kind, reason, type, component };
}
