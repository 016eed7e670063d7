import type { CoreEvent } from '../../exporter/event/wire.ts';
import { pulls, type Row, refusals, scaleUps, scheduling } from './capacity-messages.ts';
import type { Revision } from './seed.ts';

/** What a component said, how often, and what a reader takes it for. */
export interface Told {
  readonly reason: string;
  readonly message: string;
  readonly occurrences: number;
  /** The cause that it should count under, where its messages have one. */
  readonly cause?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly type?: 'Normal' | 'Warning';
  readonly component?: string;
  readonly node?: string;
}

const of = (rows: readonly Row[], what: Omit<Told, 'message' | 'occurrences' | 'cause'>): Told[] =>
  rows.map(([message, cause, occurrences]) => ({ ...what, message, cause, occurrences }));

export const unscheduledPods = of(scheduling, {
  reason: 'FailedScheduling',
  type: 'Warning',
  component: 'default-scheduler',
});
export const refusedCreations = of(refusals, {
  reason: 'FailedCreate',
  type: 'Warning',
  kind: 'ReplicaSet',
  name: 'web-5d4f8c7b9',
  component: 'replicaset-controller',
});
export const missedScaleUps = of(scaleUps, {
  reason: 'NotTriggerScaleUp',
  type: 'Normal',
  component: 'cluster-autoscaler',
});
const kubelet = { component: 'kubelet', node: 'worker-1' } as const;
export const failedImages: readonly Told[] = [
  ...of(pulls, { reason: 'Failed', type: 'Warning', ...kubelet }),
  {
    reason: 'ErrImageNeverPull',
    message: 'Container image "web:2" is not present with pull policy of Never',
    cause: 'pull policy of Never',
    occurrences: 2,
    type: 'Warning',
    ...kubelet,
  },
  {
    reason: 'FailedToRetrieveImagePullSecret',
    message:
      'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    cause: 'image pull secrets',
    occurrences: 1,
    type: 'Warning',
    ...kubelet,
  },
  {
    reason: 'InspectFailed',
    message:
      'Failed to apply default image tag "Web:2": couldn\'t parse image name "Web:2": invalid reference format',
    cause: 'invalid reference format',
    occurrences: 1,
    type: 'Warning',
    ...kubelet,
  },
];

function about(kind: string, name: string, namespace: string) {
  return { kind, name, namespace };
}
const node = (name: string, component = 'kubelet') =>
  ({
    ...about('Node', name, 'default'),
    component,
    ...(component !== 'node-controller' && { node: name }),
  }) as const;

/** Everything: what the panels are about, and what they are not. */
export const capacityEvents: readonly Told[] = [
  ...unscheduledPods,
  ...refusedCreations,
  ...missedScaleUps,
  ...failedImages,
  { reason: 'Failed', message: 'Error: ErrImagePull', occurrences: 50, type: 'Warning', ...kubelet },
  { reason: 'BackOff', message: 'Back-off pulling image "web:2"', occurrences: 50, ...kubelet },
  { reason: 'Preempted', message: 'Preempted by pod 1 on node worker-1', occurrences: 2 },
  {
    reason: 'Preempting',
    message: 'Preempted in order to admit critical pod',
    occurrences: 1,
    type: 'Warning',
    ...kubelet,
  },
  {
    ...about('HorizontalPodAutoscaler', 'web', 'shop'),
    reason: 'SuccessfulRescale',
    message: 'New size: 4; reason: cpu above target',
    occurrences: 3,
  },
  {
    ...about('HorizontalPodAutoscaler', 'web', 'shop'),
    reason: 'FailedGetResourceMetric',
    message: 'failed to get cpu utilization',
    type: 'Warning',
    occurrences: 4,
  },
  {
    ...about('Widget', 'web', 'shop'),
    reason: 'FailedUpdateStatus',
    message: 'of an operator',
    type: 'Warning',
    occurrences: 50,
  },
  { reason: 'TriggeredScaleUp', message: 'pod triggered scale-up: [{pool 1->2}]', occurrences: 2 },
  {
    ...node('worker-4', 'cluster-autoscaler'),
    reason: 'ScaleDown',
    message: 'removed by cluster autoscaler',
    occurrences: 1,
  },
  {
    ...about('ConfigMap', 'cluster-autoscaler-status', 'kube-system'),
    reason: 'FailedToScaleUpGroup',
    message: 'Scale-up failed for group pool: quota',
    type: 'Warning',
    occurrences: 2,
  },
  { reason: 'FailedMount', message: 'MountVolume.SetUp failed', type: 'Warning', occurrences: 3, ...kubelet },
  {
    ...about('PersistentVolumeClaim', 'data', 'shop'),
    reason: 'ProvisioningFailed',
    message: 'storageclass.storage.k8s.io "fast" not found',
    type: 'Warning',
    occurrences: 2,
  },
  {
    ...about('PersistentVolumeClaim', 'data', 'shop'),
    reason: 'FailedBinding',
    message: 'no persistent volumes available for this claim and no storage class is set',
    occurrences: 1,
  },
  {
    ...about('PersistentVolumeClaim', 'data', 'shop'),
    reason: 'ProvisioningSucceeded',
    message: 'Successfully provisioned volume pv',
    occurrences: 50,
  },
  {
    ...node('worker-1', 'node-controller'),
    reason: 'NodeNotReady',
    message: 'Node worker-1 status is now: NodeNotReady',
    occurrences: 2,
  },
  {
    ...node('worker-2', 'node-controller'),
    reason: 'NodeNotReady',
    message: 'Node worker-2 status is now: NodeNotReady',
    occurrences: 1,
  },
  {
    ...node('worker-3'),
    reason: 'NodeNotReady',
    message: 'Node worker-3 status is now: NodeNotReady',
    occurrences: 1,
  },
  {
    ...node('worker-1'),
    reason: 'NodeReady',
    message: 'Node worker-1 status is now: NodeReady',
    occurrences: 1,
  },
  {
    ...node('worker-2'),
    reason: 'Rebooted',
    message: 'Node worker-2 has been rebooted, boot id: 5f0c',
    type: 'Warning',
    occurrences: 1,
  },
  {
    ...node('worker-1'),
    reason: 'NodeHasDiskPressure',
    message: 'Node worker-1 status is now: NodeHasDiskPressure',
    occurrences: 4,
  },
  {
    ...node('worker-1'),
    reason: 'EvictionThresholdMet',
    message: 'Attempting to reclaim ephemeral-storage',
    type: 'Warning',
    occurrences: 3,
  },
  {
    ...node('worker-1'),
    reason: 'NodeHasSufficientMemory',
    message: 'Node worker-1 status is now: NodeHasSufficientMemory',
    occurrences: 1,
  },
  {
    ...node('worker-1'),
    reason: 'SystemOOM',
    message: 'System OOM encountered, victim process: java, pid: 81',
    type: 'Warning',
    occurrences: 2,
  },
  {
    ...node('worker-2', 'kernel-monitor'),
    reason: 'OOMKilling',
    message: 'Killed process 81 (java) total-vm:1kB, anon-rss:1kB, file-rss:0kB',
    type: 'Warning',
    occurrences: 1,
  },
  {
    reason: 'OOMKilled',
    message: 'Container app was killed',
    type: 'Warning',
    component: 'kube-events',
    node: 'worker-1',
    occurrences: 5,
  },
  {
    ...node('worker-3', 'network-custom-plugin-monitor'),
    reason: 'ConntrackFull',
    message: 'Conntrack table full',
    type: 'Warning',
    occurrences: 6,
  },
  {
    ...node('worker-3', 'kernel-monitor'),
    reason: 'KernelDeadlock',
    message: 'Node condition KernelDeadlock is now: True, reason: KernelDeadlock',
    occurrences: 1,
  },
  {
    ...node('worker-2', 'kernel-monitor'),
    reason: 'DockerHung',
    message: 'Node condition KernelDeadlock is now: True, reason: DockerHung',
    occurrences: 2,
  },
  {
    ...node('worker-1', 'kernel-monitor'),
    reason: 'TaskHung',
    message: 'task java:81 blocked for more than 120 seconds.',
    type: 'Warning',
    occurrences: 3,
  },
  {
    ...node('worker-1', 'health-checker'),
    reason: 'KubeletIsHealthy',
    message: 'Node condition KubeletUnhealthy is now: False, reason: KubeletIsHealthy',
    occurrences: 1,
  },
  {
    ...node('worker-1', 'my-monitor'),
    reason: 'MyOwnCheck',
    message: 'a check of somebody’s own',
    type: 'Warning',
    occurrences: 7,
  },
  {
    reason: 'Evicted',
    message: 'The node was low on resource: ephemeral-storage.',
    type: 'Warning',
    occurrences: 2,
    ...kubelet,
  },
  {
    ...about('Pod', 'nightly-28811520-x2x4z', 'batch'),
    reason: 'TaintManagerEviction',
    message: 'Marking for deletion Pod batch/nightly-28811520-x2x4z',
    component: 'taint-eviction-controller',
    occurrences: 3,
  },
];

/** Revisions of events, one a minute going back; each had been seen once before where it counts more than one. */
export function revisionsOf(events: readonly Told[], end: number): Revision[] {
  return events.map((told, index) => {
    const minutesAgo = 1 + (index % 50);
    return {
      minutesAgo,
      cluster: 'east',
      event: eventOf(told, index, end - minutesAgo * 60_000),
      previous: 1,
      occurrences: told.occurrences,
      workload: '',
      node: told.node ?? '',
      folds: [],
    };
  });
}

function eventOf(told: Told, index: number, at: number): CoreEvent {
  const { kind = 'Pod', name = 'web-5d4f8c7b9-x2x4z', namespace = 'shop', component = 'test' } = told;
  const time = new Date(at).toISOString().replace('.000Z', 'Z');
  return {
    metadata: {
      name: `${name}.${index}`,
      namespace,
      uid: `uid-${index}`,
      resourceVersion: String(index + 1),
    },
    involvedObject: { kind, name, apiVersion: 'v1', ...(kind !== 'Node' && { namespace }) },
    reason: told.reason,
    message: told.message,
    type: told.type ?? 'Normal',
    source: { component, ...(told.node !== undefined && { host: told.node }) },
    count: told.occurrences + 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
}
