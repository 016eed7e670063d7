import { CONTROL_PLANE_REASONS } from './control-plane.ts';
import { CONTROLLERS_BATCH_REASONS } from './controllers-batch.ts';
import { CONTROLLERS_NETWORK_REASONS } from './controllers-network.ts';
import { CONTROLLERS_NODE_REASONS } from './controllers-node.ts';
import { CONTROLLERS_SCALING_REASONS } from './controllers-scaling.ts';
import { CONTROLLERS_VOLUME_REASONS } from './controllers-volume.ts';
import { CONTROLLERS_WORKLOAD_REASONS } from './controllers-workload.ts';
import { KUBELET_ADMISSION_REASONS } from './kubelet-admission.ts';
import { KUBELET_CONTAINER_REASONS } from './kubelet-container.ts';
import { KUBELET_NODE_REASONS } from './kubelet-node.ts';
import { KUBELET_VOLUMES_REASONS } from './kubelet-volumes.ts';
import { NODE_PROBLEM_DETECTOR_REASONS } from './node-problem-detector.ts';
import type { EventReason } from './reason.ts';
import { SCHEDULER_REASONS } from './scheduler.ts';
import { TERMINATION_REASONS } from './terminations.ts';

/** The reasons of Kubernetes' own components; a test holds them against its source. */
export const KUBERNETES_REASONS: readonly EventReason[] = [
  ...KUBELET_CONTAINER_REASONS,
  ...KUBELET_ADMISSION_REASONS,
  ...KUBELET_NODE_REASONS,
  ...KUBELET_VOLUMES_REASONS,
  ...SCHEDULER_REASONS,
  ...CONTROLLERS_WORKLOAD_REASONS,
  ...CONTROLLERS_BATCH_REASONS,
  ...CONTROLLERS_SCALING_REASONS,
  ...CONTROLLERS_NODE_REASONS,
  ...CONTROLLERS_NETWORK_REASONS,
  ...CONTROLLERS_VOLUME_REASONS,
  ...CONTROL_PLANE_REASONS,
];

/**
 * All reasons that are known; one that several components use in different ways has an entry for each way.
 */
export const REASONS: readonly EventReason[] = [
  ...KUBERNETES_REASONS,
  ...NODE_PROBLEM_DETECTOR_REASONS,
  ...TERMINATION_REASONS,
];

const BY_REASON = Map.groupBy(REASONS, entry => entry.reason);

/** Is it in the catalogue, whichever component uses it? Case matters. */
export function isKnownReason(reason: string): boolean {
  return BY_REASON.has(reason);
}

/**
 * What is known of a reason, as `component` uses it. Without a component, or where the catalogue doesn't
 * have it for that one, the entry that comes first: the kubelet's, then the scheduler's, the controllers',
 * node-problem-detector's and this project's.
 */
export function reasonOf(reason: string, component?: string): EventReason | undefined {
  const entries = BY_REASON.get(reason);
  return (
    entries?.find(entry => component !== undefined && entry.components.includes(component)) ?? entries?.[0]
  );
}
