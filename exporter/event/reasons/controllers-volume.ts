import { reasonsOf } from './reason.ts';

/** Volumes, claims and claimed devices. */
export const CONTROLLERS_VOLUME_REASONS = [
  ...reasonsOf(['persistentvolume-controller'], {
    FailedBinding: {
      type: 'both',
      severity: 'warning',
      meaning:
        'A claim finds no volume and has no storage class (Normal), or the volume that it names belongs to another (Warning).',
      check: 'Set a storage class or make a fitting volume: kubectl describe pvc PVC -n NAMESPACE.',
    },
    VolumeMismatch: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The volume that a claim names does not fit it in size, mode or class.',
      check: 'Compare the two: kubectl describe pvc PVC -n NAMESPACE.',
    },
    ClaimLost: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'A bound claim has lost its volume; its data may be lost.',
      check: 'Look for the volume: kubectl get pv.',
    },
    ClaimMisbound: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'Two claims are bound to one volume, and this one wrongly.',
      check: 'Compare spec.claimRef: kubectl get pv PV -o yaml.',
    },
    WaitForFirstConsumer: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The claim waits for a pod that uses it.',
      check: 'Nothing to do unless a pod uses it already: kubectl get pods -n NAMESPACE.',
    },
    WaitForPodScheduled: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The claim waits until the pod that uses it has a node.',
      check: "Look at the pod's FailedScheduling events: kubectl describe pod POD -n NAMESPACE.",
    },
    ExternalProvisioning: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The claim waits for a storage driver to make its volume.',
      check: "If it lasts, check the driver's controller: kubectl get pods -A.",
    },
    ProvisioningSucceeded: {
      type: 'Normal',
      severity: 'info',
      meaning: 'A volume was made for the claim.',
      check: 'Nothing to do.',
    },
    ProvisioningFailed: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'No volume could be made for the claim.',
      check: 'Read the message and check its storage class: kubectl describe storageclass.',
    },
    ProvisioningCleanupFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A volume that was made in vain could not be removed from the storage.',
      check: 'Remove it there by hand; the message names it: kubectl describe pvc PVC -n NAMESPACE.',
    },
    VolumeDelete: {
      type: 'Normal',
      severity: 'notice',
      meaning: "The volume can't be deleted yet because it is still in use.",
      check: 'See who uses it: kubectl get volumeattachments.',
    },
    VolumeFailedDelete: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Deleting the volume failed.',
      check: "Read the storage's answer in the message: kubectl describe pv PV.",
    },
    VolumeRecycled: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The volume was emptied for its next use (the deprecated policy Recycle).',
      check: 'Nothing to do.',
    },
    VolumeFailedRecycle: {
      type: 'both',
      severity: 'warning',
      meaning: 'The volume could not be emptied: it is in use (Normal), or emptying failed (Warning).',
      check: 'See who uses it, and leave the policy Recycle: kubectl describe pv PV.',
    },
    RecyclerPod: {
      type: 'both',
      severity: 'notice',
      meaning: 'News from the pod that empties a volume (the deprecated policy Recycle).',
      check: 'Read the message: kubectl describe pv PV.',
    },
    VolumeUnknownReclaimPolicy: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The volume has a reclaim policy that does not exist.',
      check: 'Use Retain or Delete: kubectl get pv PV -o yaml.',
    },
  }),
  ...reasonsOf(['attachdetach-controller'], {
    SuccessfulAttachVolume: {
      type: 'Normal',
      severity: 'info',
      meaning: "The volume is attached to the pod's node.",
      check: 'Nothing to do.',
    },
    FailedAttachVolume: {
      type: 'Warning',
      severity: 'critical',
      meaning:
        "The volume could not be attached to the pod's node; often it is still attached to another one.",
      check: 'See where it is: kubectl get volumeattachments.',
    },
  }),
  ...reasonsOf(['volume_expand'], {
    ExternalExpanding: {
      type: 'both',
      severity: 'notice',
      meaning: 'A storage driver has to grow the volume; as Warning: something is in its way.',
      check: "Check that the driver's resizer runs: kubectl describe pvc PVC -n NAMESPACE.",
    },
    VolumeResizeSuccessful: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The volume was grown.',
      check: 'Nothing to do.',
    },
    VolumeResizeFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Growing the volume failed.',
      check: "Read the storage's answer in the message: kubectl describe pvc PVC -n NAMESPACE.",
    },
  }),
  ...reasonsOf(['ephemeral_volume'], {
    FailedBinding: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The claim of a pod's generic ephemeral volume could not be made.",
      check: 'Look for a claim of the same name: kubectl get pvc -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['resource_claim'], {
    FailedResourceClaimCreation: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A ResourceClaim for a pod or a pod group could not be made from its template.',
      check: 'Check the template: kubectl get resourceclaimtemplates -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['selinux_warning'], {
    MultipleSELinuxLabels: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'One volume is used with different SELinux labels within a pod.',
      check: 'Give its containers the same label: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    SELinuxLabelConflict: {
      type: 'Normal',
      severity: 'warning',
      meaning:
        'Two pods use one volume with different SELinux labels; one of them will fail once volumes are mounted by label.',
      check:
        'Give both the same label, or seLinuxChangePolicy Recursive: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
    SELinuxChangePolicyConflict: {
      type: 'Normal',
      severity: 'warning',
      meaning: 'Two pods use one volume with different seLinuxChangePolicy.',
      check: 'Give both the same policy: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
  }),
];
