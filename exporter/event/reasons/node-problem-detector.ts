import { reasonsOf } from './reason.ts';

/**
 * node-problem-detector with the configurations of its own repository; a component is the `source` of one
 * of them. A problem is a Warning; the end of a lasting one is Normal, with the reason of the healthy
 * condition.
 */
export const NODE_PROBLEM_DETECTOR_REASONS = [
  ...reasonsOf(['kernel-monitor'], {
    OOMKilling: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kernel killed a process for lack of memory, of a container or of the whole node.',
      check: "The message names the process; compare with the pods' limits: kubectl describe node NODE.",
    },
    TaskHung: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A process was blocked in the kernel for minutes, mostly by storage.',
      check: "Check the node's disks and network storage: kubectl describe node NODE.",
    },
    UnregisterNetDevice: {
      type: 'Warning',
      severity: 'warning',
      meaning: "A network device can't be freed; pods may be slow to stop or start.",
      check: 'If it repeats, drain and restart the node: kubectl drain NODE.',
    },
    KernelOops: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kernel met an error of its own and may be unstable.',
      check: 'Drain and restart the node, and look for a newer kernel: kubectl drain NODE.',
    },
    Ext4Error: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'An ext4 file system reports an error.',
      check: "Check the node's disks: kubectl describe node NODE.",
    },
    Ext4Warning: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'An ext4 file system reports a warning.',
      check: "Check the node's disks: kubectl describe node NODE.",
    },
    IOError: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Reading from or writing to a disk failed.',
      check: "Check the node's disks: kubectl describe node NODE.",
    },
    XfsHasShutdown: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'An XFS file system was shut down after an error.',
      check: 'Drain the node and check its disks: kubectl describe node NODE.',
    },
    MemoryReadError: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The node's memory had an error that could be corrected.",
      check: 'If it repeats, have the memory replaced: kubectl describe node NODE.',
    },
    DockerHung: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Docker daemon is blocked in the kernel (condition KernelDeadlock).',
      check: 'Drain and restart the node: kubectl drain NODE.',
    },
    FilesystemIsReadOnly: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'A file system was remounted read-only after an error.',
      check: 'Drain the node and check its disks: kubectl describe node NODE.',
    },
    NoFrequentUnregisterNetDevice: {
      type: 'Normal',
      severity: 'info',
      meaning: 'Network devices of the node are freed again.',
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['docker-monitor'], {
    CorruptDockerImage: {
      type: 'Warning',
      severity: 'warning',
      meaning: "Docker's image store has a broken layer.",
      check: 'Remove and pull the image anew on the node: kubectl describe node NODE.',
    },
    CorruptDockerOverlay2: {
      type: 'Warning',
      severity: 'critical',
      meaning: "Docker's overlay2 storage is broken; containers fail to start.",
      check: "Drain the node and clear Docker's storage: kubectl drain NODE.",
    },
    NoCorruptDockerOverlay2: {
      type: 'Normal',
      severity: 'info',
      meaning: "Docker's overlay2 storage shows no more errors.",
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['systemd-monitor'], {
    KubeletStart: {
      type: 'Warning',
      severity: 'notice',
      meaning: "The kubelet's service was started.",
      check: 'Check whether it was planned: kubectl describe node NODE.',
    },
    DockerStart: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'The Docker daemon was started.',
      check: 'Check whether it was planned: kubectl describe node NODE.',
    },
    ContainerdStart: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'containerd was started.',
      check: 'Check whether it was planned: kubectl describe node NODE.',
    },
    FrequentKubeletRestart: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kubelet restarts again and again.',
      check: "Read the kubelet's log on the node: kubectl describe node NODE.",
    },
    FrequentDockerRestart: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Docker daemon restarts again and again.',
      check: 'Read its log on the node: kubectl describe node NODE.',
    },
    FrequentContainerdRestart: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'containerd restarts again and again.',
      check: 'Read its log on the node: kubectl describe node NODE.',
    },
    NoFrequentKubeletRestart: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The kubelet no longer restarts again and again.',
      check: 'Nothing to do.',
    },
    NoFrequentDockerRestart: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The Docker daemon no longer restarts again and again.',
      check: 'Nothing to do.',
    },
    NoFrequentContainerdRestart: {
      type: 'Normal',
      severity: 'info',
      meaning: 'containerd no longer restarts again and again.',
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['health-checker'], {
    KubeletUnhealthy: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kubelet does not answer its health check.',
      check: "Read the kubelet's log on the node: kubectl describe node NODE.",
    },
    ContainerdUnhealthy: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'containerd does not answer its health check.',
      check: 'Read its log on the node: kubectl describe node NODE.',
    },
    DockerUnhealthy: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The Docker daemon does not answer its health check.',
      check: 'Read its log on the node: kubectl describe node NODE.',
    },
    KubeletIsHealthy: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The kubelet answers its health check again.',
      check: 'Nothing to do.',
    },
    ContainerRuntimeIsHealthy: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The container runtime answers its health check again.',
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['network-custom-plugin-monitor'], {
    ConntrackFull: {
      type: 'Warning',
      severity: 'critical',
      meaning: "The node's table of tracked connections is full, and new connections are dropped.",
      check: 'Raise nf_conntrack_max and find who opens so many: kubectl describe node NODE.',
    },
  }),
  ...reasonsOf(['ntp-custom-plugin-monitor'], {
    NTPIsDown: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The node's time service does not run, so its clock may drift.",
      check: 'Start it on the node: kubectl describe node NODE.',
    },
    NTPIsUp: {
      type: 'Normal',
      severity: 'info',
      meaning: "The node's time service runs again.",
      check: 'Nothing to do.',
    },
  }),
  ...reasonsOf(['iptables-mode-monitor'], {
    IPTablesVersionsMismatch: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Both iptables-legacy and iptables-nft have rules on the node, and may contradict each other.',
      check: 'Let all programs use the same one: kubectl describe node NODE.',
    },
  }),
  ...reasonsOf(['disk-monitor'], {
    DiskBadBlock: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'A disk of the node has unreadable sectors.',
      check: 'Drain the node and replace the disk: kubectl drain NODE.',
    },
  }),
  ...reasonsOf(['abrt-adaptor'], {
    CCPPCrash: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A native program on the node crashed.',
      check: 'The message names it: kubectl describe node NODE.',
    },
    UncaughtException: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A program on the node ended by an uncaught exception.',
      check: 'The message names it: kubectl describe node NODE.',
    },
    KernelOops: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kernel met an error of its own and may be unstable.',
      check: 'Drain and restart the node, and look for a newer kernel: kubectl drain NODE.',
    },
    VMcore: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The kernel crashed and left a memory dump.',
      check: 'Find the dump on the node and a newer kernel: kubectl describe node NODE.',
    },
    XorgCrash: {
      type: 'Warning',
      severity: 'notice',
      meaning: "The node's display server crashed.",
      check: 'Ask why a node has one: kubectl describe node NODE.',
    },
  }),
  ...reasonsOf(['containerd'], {
    MissingPigz: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'Images are unpacked slowly on a Windows node because unpigz is not installed.',
      check: 'Install it on the node: kubectl describe node NODE.',
    },
    IncompatibleContainer: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'A Windows container could not be created, mostly because its image is for another Windows build.',
      check: "Compare the image with the node's build: kubectl get node NODE -o wide.",
    },
  }),
  ...reasonsOf(['windows-defender-custom-plugin-monitor'], {
    WindowsDefenderThreatsDetected: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Windows Defender has found malware on the node.',
      check: 'Isolate the node: kubectl cordon NODE.',
    },
  }),
];
