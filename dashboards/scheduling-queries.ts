import { CustomVariableBuilder, type VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { CONTROLLERS_SCALING_REASONS } from '../exporter/event/reasons/controllers-scaling.ts';
import { CONTROLLERS_VOLUME_REASONS } from '../exporter/event/reasons/controllers-volume.ts';
import { KUBELET_VOLUMES_REASONS } from '../exporter/event/reasons/kubelet-volumes.ts';
import type { EventReason } from '../exporter/event/reasons/reason.ts';
import { causeStage, valuesOf } from './cause.ts';
import {
  imageFailures as failureTexts,
  pullCauses,
  refusalCauses,
  scaleUpCauses,
  schedulingCauses,
} from './causes.ts';
import type { Queries, Where } from './query.ts';
import { anyOf, known } from './reasons.ts';

/*
 * Pipelines of what keeps pods from running. Each has its reasons, and takes both types: what matters is often Normal.
 */

const refusals = known('FailedCreate', 'ReplicaSetCreateError');
const preemptions = known('Preempted', 'Preempting');
const images = known('Failed', 'ErrImageNeverPull', 'InspectFailed', 'FailedToRetrieveImagePullSecret');
const volumes = [...CONTROLLERS_VOLUME_REASONS, ...KUBELET_VOLUMES_REASONS].filter(isTrouble);
const podAutoscalers = CONTROLLERS_SCALING_REASONS.filter(({ components }) =>
  components.includes('horizontal-pod-autoscaler'),
);

const podAutoscaler = 'HorizontalPodAutoscaler';

/** Of cluster-autoscaler and Karpenter, which the catalogue doesn't have. */
const nodeAutoscalers = [
  'TriggeredScaleUp',
  'ScaledUpGroup',
  'ScaleDown',
  'ScaleDownEmpty',
  'NotTriggerScaleUp',
  'FailedToScaleUpGroup',
  'ScaleUpTimedOut',
  'ScaleDownFailed',
  'MaxNodesTotalReached',
  'ClusterUnhealthy',
  'Nominated',
  'Disrupted',
  'DisruptionTerminating',
  'DisruptionBlocked',
  'FailedDraining',
  'NoCompatibleInstanceTypes',
  'InsufficientCapacityError',
  'NodeClassNotReady',
];

function isTrouble({ severity }: EventReason): boolean {
  return severity === 'warning' || severity === 'critical';
}

function reasonsOf(entries: readonly EventReason[]): string {
  return anyOf([...new Set(entries.map(({ reason }) => reason))]);
}

function of(reason: string, also: Where = {}): Where {
  return { reason, kind: '.*', type: '.*', ...also };
}

/** Pods that got no node. */
export function unscheduled(query: Queries): string {
  return query.entries(of(anyOf(known('FailedScheduling'))));
}

export function unscheduledByCause(query: Queries): string {
  return `${unscheduled(query)} ${causeStage(schedulingCauses)}`;
}

/** Those that the variable `cause` selects. */
export function unscheduledFor(query: Queries): string {
  return `${unscheduledByCause(query)} | cause=~"$cause"`;
}

/** What the API server refused to a controller. */
function refused(query: Queries): string {
  return query.entries(of(anyOf(refusals)));
}

export function refusedByCause(query: Queries): string {
  return `${refused(query)} ${causeStage(refusalCauses)}`;
}

export function quotaExceeded(query: Queries): string {
  return `${refused(query)} |= \`exceeded quota: \``;
}

export function preempted(query: Queries): string {
  return query.entries(of(anyOf(preemptions)));
}

export function podAutoscaling(query: Queries): string {
  return query.entries(of(reasonsOf(podAutoscalers), { kind: podAutoscaler }));
}

export function podAutoscalingFailures(query: Queries): string {
  return query.entries(of(reasonsOf(podAutoscalers.filter(isTrouble)), { kind: podAutoscaler }));
}

/** Of all namespaces: what is said of nodes, and of the autoscaler itself, is in namespaces of no workload. */
export function nodeAutoscaling(query: Queries): string {
  return query.entries(of(anyOf(nodeAutoscalers), { namespace: '.*', workload: '.*' }));
}

/** Pods for which cluster-autoscaler added no node. */
export function notScaledUpByCause(query: Queries): string {
  return `${query.entries(of('NotTriggerScaleUp'))} ${causeStage(scaleUpCauses)}`;
}

export function volumeFailures(query: Queries): string {
  return query.entries(of(reasonsOf(volumes)));
}

export function imageFailures(query: Queries): string {
  return `${query.entries(of(anyOf(images)))} |~ \`${anyOf(failureTexts)}\``;
}

export function imageFailuresByCause(query: Queries): string {
  return `${imageFailures(query)} ${causeStage(pullCauses)}`;
}

/** Chooses among the causes of pods that got no node. */
export function causeVariable(): VariableModel {
  return new CustomVariableBuilder('cause')
    .label('Cause')
    .description('Why pods got no node: narrows the panels that say so.')
    .values(valuesOf(schedulingCauses).join(','))
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' })
    .build();
}
