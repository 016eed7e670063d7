import type { Causes } from './cause.ts';

/**
 * Why a pod is not scheduled. A message counts nodes by what keeps the pod off each: what a node lacks that would do
 * otherwise comes first, because what keeps the pod off the others (their taints, mostly) is as it should be.
 * Texts: pkg/scheduler/framework/plugins and schedule_one.go of Kubernetes, those of older versions too; Karpenter's
 * pkg/controllers/provisioning/scheduling/events.go.
 */
export const schedulingCauses: Causes = [
  [
    'Failed to schedule pod',
    'Insufficient cpu',
    'Insufficient memory',
    'Insufficient ephemeral-storage',
    'Insufficient hugepages',
    'Insufficient nvidia.com/gpu',
    'Insufficient amd.com/gpu',
    // Any other extended resource: their names are anybody's.
    'Insufficient',
    'Too many pods',
    'free ports',
    'max volume count',
    'enough free storage',
    'cannot allocate all claims',
    'cannot fit resource',
  ],
  [
    'unbound immediate PersistentVolumeClaims',
    'available persistent volumes to bind',
    'volume node affinity conflict',
    'match PersistentVolume',
    'available volume zone',
    'available disk',
    'ReadWriteOncePod',
    'non-existent pv',
    'persistentvolumeclaim',
    'binding volumes',
    'CSI driver is not installed',
    'resourceclaim',
    'resource claim',
    'device class',
  ],
  ['anti-affinity rules', 'pod affinity', 'topology spread constraints'],
  [
    'node affinity/selector',
    'node selector',
    'scheduler-enforced node affinity',
    'requested node name',
    'required features',
    'satisfy plugin',
  ],
  [
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/unreachable',
    'node.kubernetes.io/memory-pressure',
    'node.kubernetes.io/disk-pressure',
    'node.kubernetes.io/pid-pressure',
    'node.kubernetes.io/network-unavailable',
    'unknown conditions',
  ],
  ['untolerated taint', 'had taint'],
  [
    'were unschedulable',
    'minCount pods',
    'pod group',
    'waiting for the preemption',
    'no nodes available',
    '0/0 nodes are available',
  ],
];

/** Why cluster-autoscaler adds no node. Texts: cluster-autoscaler/core/scaleup/orchestrator and processors/status. */
export const scaleUpCauses: Causes = [
  [
    'max node group size reached',
    'max total nodes in cluster reached',
    'max cluster',
    'in backoff after failed scale-up',
    'not ready for scale-up',
  ],
  ...schedulingCauses,
];

/**
 * Why a controller may not create something. Texts: the admission plugins of Kubernetes (plugin/pkg/admission,
 * staging/src/k8s.io/apiserver/pkg/admission, staging/src/k8s.io/pod-security-admission).
 */
export const refusalCauses: Causes = [
  [
    'exceeded quota',
    'failed quota',
    'insufficient quota',
    'status unknown for quota',
    'usage per Container',
    'usage per Pod',
    'usage per PersistentVolumeClaim',
    'max limit to request ratio',
    'violates PodSecurity',
    'security context constraint',
    'failed calling webhook',
    'admission webhook',
    'denied request',
    'error looking up service account',
    'no PriorityClass',
  ],
];

/** Why an image can't be had. Texts: the kubelet's, and those of runtimes and registries that it passes on. */
export const pullCauses: Causes = [
  [
    'pull policy of Never',
    'image pull secrets',
    'invalid reference format',
    'pull QPS exceeded',
    'toomanyrequests',
    '429 Too Many Requests',
    'access denied',
    'failed to authorize',
    'unauthorized',
    '401 Unauthorized',
    '403 Forbidden',
    'no match for platform',
    'x509',
    'HTTP response to HTTPS client',
    'no space left on device',
    'signature validation failed',
    'i/o timeout',
    'TLS handshake timeout',
    'Client.Timeout',
    'deadline exceeded',
    'no such host',
    'server misbehaving',
    'connection refused',
    'connection reset',
    'no route to host',
    'network is unreachable',
    'unexpected EOF',
    '500 Internal Server Error',
    '502 Bad Gateway',
    '503 Service Unavailable',
    'registry is unavailable',
    'manifest unknown',
    'not found',
  ],
];

/** Tells an image's failure: the reason `Failed` stands for much else, and for the same pull twice more. */
export const imageFailures = [
  'Failed to pull image',
  'Failed to inspect image',
  'Failed to apply default image tag',
  'with pull policy of Never',
  'image pull secrets',
];
