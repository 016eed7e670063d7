import { reasonsOf } from './reason.ts';

/**
 * Why the kubelet refuses or ends a pod that was given to its node: the pod gets phase Failed, and this
 * event.
 */
export const KUBELET_ADMISSION_REASONS = [
  ...reasonsOf(['kubelet'], {
    Evicted: {
      type: 'Warning',
      severity: 'critical',
      meaning:
        'The pod was ended because its node ran short of memory, disk or process ids, or it used more disk than its limit.',
      check: 'See what ran short, and set requests and limits: kubectl describe node NODE.',
    },
    NodeShutdown: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The pod was refused because its node is shutting down.',
      check:
        'Check that the node comes back, and that a controller made a new pod: kubectl get pods -n NAMESPACE -o wide.',
    },
    OutOfcpu: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: the node has less CPU unrequested than it asks for.',
      check:
        'Look for pods bound past the scheduler (nodeName, a second scheduler): kubectl describe node NODE.',
    },
    OutOfmemory: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: the node has less memory unrequested than it asks for.',
      check:
        'Look for pods bound past the scheduler (nodeName, a second scheduler): kubectl describe node NODE.',
    },
    'OutOfephemeral-storage': {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: the node has less local disk unrequested than it asks for.',
      check: "Compare its requests with the node's allocatable: kubectl describe node NODE.",
    },
    OutOfpods: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: the node already runs as many pods as it may.',
      check: "Compare with the kubelet's maxPods: kubectl describe node NODE.",
    },
    NodeAffinity: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: the node's labels no longer match its nodeSelector or affinity.",
      check: 'Compare labels: kubectl get node NODE --show-labels.',
    },
    NodeName: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: it is meant for a node of another name.',
      check: "Compare spec.nodeName with the node's name: kubectl get pod POD -n NAMESPACE -o wide.",
    },
    NodePorts: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: a host port that it wants is taken on the node.',
      check:
        'Find the other pod with that hostPort: kubectl get pods -A --field-selector spec.nodeName=NODE -o yaml.',
    },
    TaintToleration: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: it does not tolerate a NoExecute taint of the node.',
      check: 'Compare taints and tolerations: kubectl describe node NODE.',
    },
    InvalidNodeInfo: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: the kubelet does not know its own Node object.',
      check:
        'Check that the node is registered and that the kubelet reaches the API server: kubectl get node NODE.',
    },
    PodOSSelectorNodeLabelDoesNotMatch: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: its kubernetes.io/os label differs from the node's.",
      check: 'Select nodes of the right system: kubectl get node NODE --show-labels.',
    },
    PodOSNotSupported: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: its spec.os is not the node's operating system.",
      check: 'Select nodes of the right system: kubectl get nodes -L kubernetes.io/os.',
    },
    SupplementalGroupsPolicyNotSupported: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: the node's runtime can't do supplementalGroupsPolicy Strict.",
      check: "See what the runtime supports: kubectl get node NODE -o jsonpath='{.status.features}'.",
    },
    PodLevelResourcesNotSupported: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: the node can't do resources set for a whole pod.",
      check: "Set resources per container, or check the kubelet's version: kubectl get nodes.",
    },
    PodFeatureUnsupported: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: it needs a feature that the kubelet of this node does not offer.',
      check: "The message names it; compare the kubelet's version: kubectl get nodes.",
    },
    UnexpectedAdmissionError: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused because resources could not be allocated, often by a device plugin.',
      check:
        "Check the device plugin's pod on that node: kubectl get pods -A --field-selector spec.nodeName=NODE.",
    },
    UnexpectedPredicateFailureType: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused by an admission check that the kubelet could not interpret.',
      check: "Read the message and the kubelet's log: kubectl describe pod POD -n NAMESPACE.",
    },
    UnknownReason: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused and the kubelet could not say why.',
      check: "Read the kubelet's log on the node: kubectl describe pod POD -n NAMESPACE.",
    },
    SysctlForbidden: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: it sets a sysctl that the kubelet does not allow.',
      check:
        "Allow it in the kubelet's allowedUnsafeSysctls or drop it: kubectl get pod POD -n NAMESPACE -o yaml.",
    },
    AppArmor: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod was refused: its AppArmor profile can't be used on the node.",
      check: 'Check that the profile is loaded there: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    TopologyAffinityError: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        "The pod was refused: its CPUs, memory and devices can't be aligned on the node as the topology policy demands.",
      check:
        'Compare its requests with what is free per NUMA node, or relax the policy: kubectl describe node NODE.',
    },
    SMTAlignmentError: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'The pod was refused: its CPU request is not a multiple of whole physical cores, as the CPU policy demands.',
      check: 'Round the CPU request up to full cores: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    EmptyPodSharedPoolError: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        "The pod was refused: its containers with exclusive CPUs or memory leave none of the pod's for the others.",
      check: 'Raise the resources of the whole pod: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    VolumeAttachmentLimitExceeded: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The pod was refused: no more volumes can be attached to the node.',
      check: "Compare the driver's limit with what is attached: kubectl describe csinode NODE.",
    },
    FailedNodeDeclaredFeaturesCheck: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A changed pod needs features that its node does not declare.',
      check: 'Compare with what the node declares: kubectl get node NODE -o yaml.',
    },
  }),
];
