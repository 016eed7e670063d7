import { reasonsOf } from './reason.ts';

/** What the kubelet says of volumes. */
export const KUBELET_VOLUMES_REASONS = [
  ...reasonsOf(['kubelet'], {
    FailedMount: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A volume of the pod could not be mounted, so its containers wait.',
      check:
        'The message names it: check the Secret, ConfigMap or PVC and the storage driver: kubectl describe pod POD -n NAMESPACE.',
    },
    FailedMapVolume: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A block volume could not be made a device for the pod.',
      check: "Check the storage driver's pod on that node: kubectl describe pod POD -n NAMESPACE.",
    },
    SuccessfulMountVolume: {
      type: 'Normal',
      severity: 'info',
      meaning: 'A block volume is ready in the pod.',
      check: 'Nothing to do.',
    },
    AlreadyMountedVolume: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'A local volume is already in use with another fsGroup, so it may not be shareable.',
      check: 'Give its pods the same fsGroup: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    FailedMountOnFilesystemMismatch: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The volume has another file system than the PersistentVolume asks for.',
      check: 'Compare fsType with what is on the disk: kubectl describe pv PV.',
    },
    VolumePermissionChangeInProgress: {
      type: 'Warning',
      severity: 'notice',
      meaning: "Setting the group of all files on a volume takes long and delays the pod's start.",
      check: 'Set fsGroupChangePolicy to OnRootMismatch: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    VolumeResizeFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Growing the volume failed.',
      check: "Read the message and the storage driver's log: kubectl describe pvc PVC -n NAMESPACE.",
    },
    FileSystemResizeFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The volume grew but its file system could not be grown on the node.',
      check: 'Check the storage driver on that node: kubectl describe pvc PVC -n NAMESPACE.',
    },
    FileSystemResizeSuccessful: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The file system now fills the larger volume.',
      check: 'Nothing to do.',
    },
    VolumeConditionAbnormal: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The storage driver reports that a volume of the pod is not healthy.',
      check: 'Check the storage system: kubectl describe pod POD -n NAMESPACE.',
    },
  }),
];
