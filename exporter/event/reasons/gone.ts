/** A reason that people look for, and that no current component gives an event. */
export interface FormerReason {
  readonly reason: string;
  /**
   * `gone`: older releases had such events; `state`: it is the reason of a container's state and never was
   * an event's.
   */
  readonly status: 'gone' | 'state';
  /** The component that used it, or that sets the state. */
  readonly component: string;
  /** One sentence. */
  readonly meaning: string;
  /** Which events tell of the same thing today. */
  readonly instead: string;
}

/**
 * Reasons that articles, dashboards and the defaults of other tools still name. Of those named together
 * with them, FailedRescale, MissingJob, UnAvailableLoadBalancer, NetworkNotReady and FreeDiskSpaceFailed
 * are *not* gone: see the catalogue. A test holds this list against Kubernetes' source, as it does with the
 * catalogue.
 */
export const FORMER_REASONS: readonly FormerReason[] = [
  {
    reason: 'HostPortConflict',
    status: 'gone',
    component: 'kubelet',
    meaning: "The pod's host port was taken on the node.",
    instead: 'NodePorts from the kubelet, or FailedScheduling.',
  },
  {
    reason: 'NodeSelectorMismatching',
    status: 'gone',
    component: 'kubelet',
    meaning: "The node's labels did not match the pod's node selector.",
    instead: 'NodeAffinity from the kubelet.',
  },
  {
    reason: 'InsufficientFreeCPU',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The node had too little CPU left for the pod.',
    instead: 'OutOfcpu from the kubelet.',
  },
  {
    reason: 'InsufficientFreeMemory',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The node had too little memory left for the pod.',
    instead: 'OutOfmemory from the kubelet.',
  },
  {
    reason: 'OutOfDisk',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The node had no disk space left for the pod.',
    instead: 'NodeHasDiskPressure, and Evicted on the pods.',
  },
  {
    reason: 'HostNetworkNotSupported',
    status: 'gone',
    component: 'kubelet',
    meaning: "The kubelet did not allow pods in the host's network.",
    instead: "Pod Security Admission: FailedCreate from the pod's controller.",
  },
  {
    reason: 'NilShaper',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The pod asked for a bandwidth limit that the kubelet could not set.',
    instead: 'The network plugin, which may report FailedCreatePodSandBox.',
  },
  {
    reason: 'UnfinishedPreStopHook',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The preStop hook did not end in time.',
    instead: 'FailedPreStopHook, or ExceededGracePeriod.',
  },
  {
    reason: 'FailedDetachVolume',
    status: 'gone',
    component: 'kubelet',
    meaning: 'A volume could not be detached from the node.',
    instead: 'FailedAttachVolume on the next pod that wants it.',
  },
  {
    reason: 'FailedUnMount',
    status: 'gone',
    component: 'kubelet',
    meaning: 'A volume could not be unmounted.',
    instead: "The kubelet's log only; the pod stays in Terminating.",
  },
  {
    reason: 'SuccessfulDetachVolume',
    status: 'gone',
    component: 'kubelet',
    meaning: 'A volume was detached.',
    instead: "The VolumeAttachment object's deletion.",
  },
  {
    reason: 'SuccessfulUnMountVolume',
    status: 'gone',
    component: 'kubelet',
    meaning: 'A volume was unmounted.',
    instead: "Nothing: the kubelet's log only.",
  },
  {
    reason: 'InitContainerRestartPolicyForbidden',
    status: 'gone',
    component: 'kubelet',
    meaning:
      "The pod was refused for an init container's restart policy; the constant is left, but nothing uses it.",
    instead: 'Nothing: sidecar containers are supported.',
  },
  {
    reason: 'NodeOutOfDisk',
    status: 'gone',
    component: 'kubelet',
    meaning: 'The node had no disk space left.',
    instead: 'NodeHasDiskPressure.',
  },
  {
    reason: 'DeletingAllPods',
    status: 'gone',
    component: 'node-controller',
    meaning: 'All pods of a lost node were deleted; the code is left, but nothing calls it.',
    instead: 'NodeNotReady, then TaintManagerEviction on each pod.',
  },
  {
    reason: 'NodeControllerEviction',
    status: 'gone',
    component: 'node-controller',
    meaning: 'A pod of a lost node was deleted; the code is left, but nothing calls it.',
    instead: 'TaintManagerEviction.',
  },
  {
    reason: 'TLSConfigChanged',
    status: 'gone',
    component: 'kube-apiserver',
    meaning: 'A certificate was loaded anew; the code is left, but no caller gives it an event recorder.',
    instead: "Nothing: the API server's log only.",
  },
  {
    reason: 'TerminatingEvictedPod',
    status: 'gone',
    component: 'node-controller',
    meaning: 'A pod of a lost node was deleted by force.',
    instead: 'TaintManagerEviction.',
  },
  {
    reason: 'CreatingLoadBalancer',
    status: 'gone',
    component: 'service-controller',
    meaning: 'A load balancer was being made.',
    instead: 'EnsuringLoadBalancer.',
  },
  {
    reason: 'CreatedLoadBalancer',
    status: 'gone',
    component: 'service-controller',
    meaning: 'A load balancer was made.',
    instead: 'EnsuredLoadBalancer.',
  },
  {
    reason: 'CreatingLoadBalancerFailed',
    status: 'gone',
    component: 'service-controller',
    meaning: 'A load balancer could not be made.',
    instead: 'SyncLoadBalancerFailed.',
  },
  {
    reason: 'CleanupLoadBalancerFailed',
    status: 'gone',
    component: 'service-controller',
    meaning: 'A load balancer could not be removed.',
    instead: 'DeleteLoadBalancerFailed or SyncLoadBalancerFailed.',
  },
  {
    reason: 'LoadBalancerUpdateFailed',
    status: 'gone',
    component: 'service-controller',
    meaning: 'A load balancer could not be told of changed nodes.',
    instead: 'UpdateLoadBalancerFailed.',
  },
  {
    reason: 'FailedNeedsStart',
    status: 'gone',
    component: 'cronjob-controller',
    meaning:
      'The first CronJob controller could not tell whether a run was due, mostly after 100 missed ones.',
    instead: 'TooManyMissedTimes, UnparseableSchedule or InvalidSchedule.',
  },
  {
    reason: 'KernelPanic',
    status: 'gone',
    component: 'kernel-monitor',
    meaning: 'An early name of node-problem-detector for an error of the kernel.',
    instead: 'KernelOops.',
  },
  {
    reason: 'AUFSUmountHung',
    status: 'gone',
    component: 'kernel-monitor',
    meaning: "Docker's AUFS storage was blocked in the kernel.",
    instead: 'TaskHung.',
  },
  {
    reason: 'CrashLoopBackOff',
    status: 'state',
    component: 'kubelet',
    meaning: 'A container keeps ending: its waiting state.',
    instead: 'BackOff of type Warning.',
  },
  {
    reason: 'ImagePullBackOff',
    status: 'state',
    component: 'kubelet',
    meaning: "An image can't be pulled and is tried ever later: a container's waiting state.",
    instead: 'BackOff of type Normal, and Failed.',
  },
  {
    reason: 'ErrImagePull',
    status: 'state',
    component: 'kubelet',
    meaning: "An image could not be pulled: a container's waiting state.",
    instead: 'Failed, whose message names the image; the state itself appears in another Failed.',
  },
  {
    reason: 'CreateContainerConfigError',
    status: 'state',
    component: 'kubelet',
    meaning: 'A ConfigMap or Secret that a container needs is missing: its waiting state.',
    instead: 'Failed, whose message names what is missing.',
  },
];

const BY_REASON = new Map(FORMER_REASONS.map(entry => [entry.reason, entry]));

/** What became of a reason; undefined where nothing is known of it or it is still in use. */
export function formerReasonOf(reason: string): FormerReason | undefined {
  return BY_REASON.get(reason);
}
