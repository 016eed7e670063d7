import { reasonsOf } from './reason.ts';

/** What the kubelet says of its node and of itself. */
export const KUBELET_NODE_REASONS = [
  ...reasonsOf(['kubelet'], {
    Starting: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The kubelet has started.',
      check: 'Check whether the start was planned: kubectl describe node NODE.',
    },
    KubeletSetupFailed: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kubelet could not set up its own modules.',
      check: "Read the kubelet's log on the node: kubectl describe node NODE.",
    },
    NodeReady: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node reports that it is ready for pods.',
      check: 'Nothing to do; it follows a start or an outage.',
    },
    NodeNotReady: {
      type: 'Normal',
      severity: 'critical',
      meaning: 'The node itself reports that it is not ready.',
      check: "Read the Ready condition's message: kubectl describe node NODE.",
    },
    NodeSchedulable: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node takes new pods again (uncordoned).',
      check: 'Nothing to do.',
    },
    NodeNotSchedulable: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The node takes no new pods (cordoned).',
      check: 'Check whether maintenance is under way: kubectl get node NODE.',
    },
    NodeHasInsufficientMemory: {
      type: 'Normal',
      severity: 'critical',
      meaning: 'The node is short of memory (MemoryPressure), and evictions may follow.',
      check: 'Find what uses the memory: kubectl top pods -A --sort-by=memory.',
    },
    NodeHasSufficientMemory: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node has enough memory.',
      check: 'Nothing to do.',
    },
    NodeHasInsufficientPID: {
      type: 'Normal',
      severity: 'critical',
      meaning: 'The node is running out of process ids (PIDPressure).',
      check: 'Find the pod that starts so many processes or threads: kubectl describe node NODE.',
    },
    NodeHasSufficientPID: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node has enough process ids.',
      check: 'Nothing to do.',
    },
    NodeHasDiskPressure: {
      type: 'Normal',
      severity: 'critical',
      meaning: 'The node is short of disk space or inodes (DiskPressure), and evictions may follow.',
      check: 'Look for large logs, images and emptyDir volumes on the node: kubectl describe node NODE.',
    },
    NodeHasNoDiskPressure: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The node has enough disk space.',
      check: 'Nothing to do.',
    },
    Rebooted: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The node has a new boot id: it was restarted.',
      check: "Check whether it was planned, and the node's system log: kubectl describe node NODE.",
    },
    Shutdown: {
      type: 'Normal',
      severity: 'notice',
      meaning: "The node's shutdown was detected, or called off.",
      check: 'Check that it was planned: kubectl get node NODE.',
    },
    SystemOOM: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kernel killed a process because the whole node ran out of memory.',
      check: 'The message names the process; set memory limits: kubectl top pods -A --sort-by=memory.',
    },
    EvictionThresholdMet: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'A resource of the node fell below its eviction threshold; pods are about to be evicted.',
      check: 'The message names the resource: kubectl describe node NODE.',
    },
    ContainerGCFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Removing dead containers failed.',
      check: 'Check the container runtime on the node: kubectl describe node NODE.',
    },
    ImageGCFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Removing unused images failed repeatedly.',
      check: 'Check disk usage and the runtime on the node: kubectl describe node NODE.',
    },
    FreeDiskSpaceFailed: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Removing unused images did not free as much disk space as needed.',
      check: 'Find what else fills the disk: kubectl describe node NODE.',
    },
    InvalidDiskCapacity: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The image file system reports a capacity of 0; it often passes soon after a start.',
      check: "If it stays, check the runtime's image storage on the node: kubectl describe node NODE.",
    },
    InvalidImageID: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'An image without a valid id was passed over when removing unused images.',
      check:
        "List images with the runtime's own tool on the node: kubectl debug node/NODE -it --image=IMAGE.",
    },
    NodeAllocatableEnforced: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The limits of node allocatable and reserved resources are in force.',
      check: 'Nothing to do.',
    },
    FailedNodeAllocatableEnforcement: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The limits of node allocatable or reserved resources could not be set.',
      check:
        "Check the reserved cgroups in the kubelet's configuration and its log: kubectl describe node NODE.",
    },
    PossibleMemoryBackedVolumesOnDisk: {
      type: 'Warning',
      severity: 'notice',
      meaning:
        "The node's tmpfs can't be kept out of swap, so memory-backed volumes such as Secrets may reach the disk.",
      check: 'Use a kernel with tmpfs noswap, or turn swap off: kubectl get node NODE -o wide.',
    },
    CgroupV1: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The node still uses cgroup v1, which Kubernetes is about to leave.',
      check: "Move the node's system to cgroup v2: kubectl get node NODE -o wide.",
    },
    CheckLimitsForResolvConf: {
      type: 'Warning',
      severity: 'notice',
      meaning:
        "The node's resolv.conf has more search domains or longer lines than pods can use, or can't be read.",
      check:
        "Shorten the file that the kubelet's resolvConf names: kubectl debug node/NODE -it --image=IMAGE.",
    },
  }),
];
