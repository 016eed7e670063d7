import { known } from '../../dashboards/reasons.ts';
import { CONTROLLERS_VOLUME_REASONS } from '../../exporter/event/reasons/controllers-volume.ts';
import { KUBELET_VOLUMES_REASONS } from '../../exporter/event/reasons/kubelet-volumes.ts';
import { counting, eventRule } from '../rule.ts';

/** Told of once, and of data. */
const lost = known('ClaimLost', 'ClaimMisbound');

/** About a combination of pods that is allowed, and about what is deprecated. */
const harmless = known('SELinuxLabelConflict', 'SELinuxChangePolicyConflict', 'VolumeFailedRecycle');

/** What keeps a volume from a pod, Normal (`FailedBinding`) or not. */
const failures = [...CONTROLLERS_VOLUME_REASONS, ...KUBELET_VOLUMES_REASONS]
  .filter(({ severity }) => severity === 'warning' || severity === 'critical')
  .map(({ reason }) => reason)
  .filter((reason, index, all) => all.indexOf(reason) === index)
  .filter(reason => !lost.includes(reason) && !harmless.includes(reason));

/** Volumes that can't be made, attached, mounted or resized. */
export const volumeFailure = eventRule({
  name: 'VolumeFailure',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'reason'],
  selection: { reasons: failures },
  settings: counting(10, '1h', {
    threshold:
      'Mounts fail once or twice where a Secret or an attachment is a moment late. One that lasts is tried every two minutes, and reaches it in some eight.',
    window:
      'Provisioners try every five minutes in the end, and entries can arrive six minutes late: a shorter window would have holes.',
  }),
  summary: { en: '{reason}: volumes fail in {namespace}', zh: '{namespace} 存储卷异常：{reason}' },
  description: {
    en: '{reason} {value} times in namespace {namespace} within {window}. Pods that need the volume wait.',
    zh: '命名空间 {namespace} 在 {window} 内出现 {reason} {value} 次，依赖该卷的 Pod 处于等待状态。',
  },
  runbook: {
    meaning:
      'A volume can’t be made, bound, attached, mounted or resized. The pods that need it do not start.',
    checks: [
      'What the storage answered: `kubectl get events -n NAMESPACE --field-selector reason=REASON`.',
      'Claims and volumes: `kubectl get pvc -n NAMESPACE`, `kubectl get pv`.',
      'The storage driver: `kubectl get volumeattachments`, `kubectl get pods -A -o wide | grep -i csi`.',
    ],
    causes: [
      'A Secret or ConfigMap that a pod mounts does not exist (`FailedMount`).',
      'The volume is still attached to another node, often one that is gone (`FailedAttachVolume`).',
      'No storage class, none by default, or a quota of the storage (`FailedBinding`, `ProvisioningFailed`).',
      'The driver does not run on the node, or can’t reach its storage.',
    ],
    notes: [
      'It sums over a namespace: many pods that start at once, each with a first mount that fails, can reach it.',
      '`FailedBinding` is mostly of type Normal: a rule that reads Warnings would miss it.',
      'It fires until `window` is over after the last failures.',
    ],
  },
  panel: { dashboard: 'scheduling', title: 'Volumes, by reason' },
});

/** Claims that lost their volume. */
export const volumeLost = eventRule({
  name: 'VolumeLost',
  severity: 'critical',
  for: '0s',
  by: ['namespace', 'reason'],
  selection: { reasons: lost, kinds: ['PersistentVolumeClaim'] },
  settings: counting(1, '6h', {
    threshold: 'It is told of once.',
    window: 'How long it fires: nothing more is said of it.',
  }),
  summary: { en: 'A claim of {namespace} has lost its volume', zh: '{namespace} 的存储卷声明丢失了卷' },
  description: {
    en: '{reason} {value} times in namespace {namespace} within {window}: a bound claim has no volume of its own any more.',
    zh: '命名空间 {namespace} 在 {window} 内出现 {reason} {value} 次：已绑定的声明失去了自己的卷。',
  },
  runbook: {
    meaning:
      'The PersistentVolume of a bound claim is gone (`ClaimLost`), or belongs to another claim (`ClaimMisbound`). The data may be lost; pods that use the claim can’t start anew.',
    checks: [
      'Which claim: `kubectl get pvc -n NAMESPACE`, those that are `Lost`.',
      'Whether the volume is there: `kubectl get pv`, by the `VOLUME` of the claim; its `spec.claimRef`.',
      "Whether the disk is still in the storage itself: its provider's console, by `kubectl get pv PV -o jsonpath='{.spec.csi.volumeHandle}'`. Keep it from being cleaned up.",
    ],
    causes: [
      'Somebody deleted the PersistentVolume, or restored one cluster’s objects into another.',
      'Two claims were written for one volume.',
    ],
    notes: ['Do not delete the claim before the disk is safe: its deletion may delete the disk.'],
  },
  panel: { dashboard: 'scheduling', title: 'Volumes, by reason' },
});
