/** What is said, the cause that a reader takes it for, and how often it occurred. */
export type Row = readonly [message: string, cause: string, occurrences: number];

const preemption =
  ' preemption: 0/5 nodes are available: 2 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.';
const taint = 'node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }';

/** Messages of schedulers, from the sources that dashboards/causes.ts names: each text, and mixtures. */
export const scheduling: readonly Row[] = [
  [
    'Failed to schedule pod, incompatible with nodepool "default", daemonset overhead={"cpu":"240m"}, did not tolerate taint',
    'Failed to schedule pod',
    1,
  ],
  [`0/5 nodes are available: 2 Insufficient cpu, 3 ${taint}.${preemption}`, 'Insufficient cpu', 7],
  [`0/5 nodes are available: 2 Insufficient cpu, 3 Insufficient memory.${preemption}`, 'Insufficient cpu', 2],
  [`0/5 nodes are available: 1 ${taint}, 4 Insufficient memory.${preemption}`, 'Insufficient memory', 5],
  ['0/5 nodes are available: 5 Insufficient ephemeral-storage.', 'Insufficient ephemeral-storage', 1],
  ['0/5 nodes are available: 5 Insufficient hugepages-2Mi.', 'Insufficient hugepages', 1],
  [
    `0/5 nodes are available: 1 ${taint}, 4 Insufficient nvidia.com/gpu.${preemption}`,
    'Insufficient nvidia.com/gpu',
    3,
  ],
  ['0/5 nodes are available: 5 Insufficient amd.com/gpu.', 'Insufficient amd.com/gpu', 1],
  ['0/5 nodes are available: 5 Insufficient example.com/anything-at-all.', 'Insufficient', 1],
  [`0/5 nodes are available: 2 ${taint}, 3 Too many pods.`, 'Too many pods', 2],
  [
    "0/5 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 3 node(s) didn't have free ports for the requested pod ports.",
    'free ports',
    2,
  ],
  [
    '0/5 nodes are available: 2 node(s) exceed max volume count, 3 node(s) had volume node affinity conflict.',
    'max volume count',
    1,
  ],
  ['0/5 nodes are available: 5 node(s) did not have enough free storage.', 'enough free storage', 1],
  ['0/5 nodes are available: 5 cannot allocate all claims.', 'cannot allocate all claims', 1],
  ['0/5 nodes are available: 5 cannot fit resource.', 'cannot fit resource', 1],
  [
    `0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims.${preemption}`,
    'unbound immediate PersistentVolumeClaims',
    4,
  ],
  [
    `0/5 nodes are available: 1 ${taint}, 4 node(s) didn't find available persistent volumes to bind.`,
    'available persistent volumes to bind',
    1,
  ],
  [
    "0/5 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 3 node(s) had volume node affinity conflict.",
    'volume node affinity conflict',
    2,
  ],
  [
    "0/5 nodes are available: 5 node(s) didn't match PersistentVolume's node affinity.",
    'match PersistentVolume',
    1,
  ],
  ['0/5 nodes are available: 5 node(s) had no available volume zone.', 'available volume zone', 1],
  ['0/5 nodes are available: 5 node(s) had no available disk.', 'available disk', 1],
  [
    '0/5 nodes are available: 5 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.',
    'ReadWriteOncePod',
    1,
  ],
  [
    '0/5 nodes are available: 5 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).',
    'non-existent pv',
    1,
  ],
  ['0/5 nodes are available: persistentvolumeclaim "data" not found.', 'persistentvolumeclaim', 3],
  [
    'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    'binding volumes',
    1,
  ],
  [
    '0/5 nodes are available: 5 ebs.csi.aws.com CSI driver is not installed on the node.',
    'CSI driver is not installed',
    1,
  ],
  ['0/5 nodes are available: resourceclaim in use.', 'resourceclaim', 1],
  [
    '0/5 nodes are available: resource claim shop/gpu is in the process of being allocated.',
    'resource claim',
    1,
  ],
  ['0/5 nodes are available: request gpu: device class big does not exist.', 'device class', 1],
  [
    `0/5 nodes are available: 2 node(s) didn't match pod anti-affinity rules, 3 ${taint}.${preemption}`,
    'anti-affinity rules',
    3,
  ],
  ["0/5 nodes are available: 5 node(s) didn't match pod affinity rules.", 'pod affinity', 1],
  [
    `0/5 nodes are available: 2 node(s) didn't match pod topology spread constraints, 3 ${taint}. preemption: 0/5 nodes are available: 2 node(s) didn't match pod topology spread constraints, 3 Preemption is not helpful for scheduling.`,
    'topology spread constraints',
    2,
  ],
  [
    `0/5 nodes are available: 1 ${taint}, 4 node(s) didn't match Pod's node affinity/selector.${preemption}`,
    'node affinity/selector',
    6,
  ],
  ["0/5 nodes are available: 5 node(s) didn't match node selector.", 'node selector', 1],
  [
    "0/5 nodes are available: 5 node(s) didn't match scheduler-enforced node affinity.",
    'scheduler-enforced node affinity',
    1,
  ],
  ["0/5 nodes are available: 5 node(s) didn't match the requested node name.", 'requested node name', 1],
  ["0/5 nodes are available: 5 node(s) didn't match Pod's required features.", 'required features', 1],
  ["0/5 nodes are available: 5 node(s) didn't satisfy plugin(s) [NodeAffinity].", 'satisfy plugin', 1],
  [
    `0/5 nodes are available: 1 ${taint}, 4 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.`,
    'node.kubernetes.io/not-ready',
    2,
  ],
  ...['unreachable', 'memory-pressure', 'disk-pressure', 'pid-pressure', 'network-unavailable'].map(
    what =>
      [
        `0/5 nodes are available: 5 node(s) had untolerated taint {node.kubernetes.io/${what}: }.`,
        `node.kubernetes.io/${what}`,
        1,
      ] as const,
  ),
  ['0/5 nodes are available: 5 node(s) had unknown conditions.', 'unknown conditions', 1],
  [
    `0/5 nodes are available: 5 node(s) had untolerated taint(s). no new claims to deallocate,${preemption}`,
    'untolerated taint',
    4,
  ],
  ["0/5 nodes are available: 5 node(s) had taints that the pod didn't tolerate.", 'had taint', 1],
  [
    "0/5 nodes are available: 5 node(s) had taint {dedicated: db}, that the pod didn't tolerate.",
    'had taint',
    1,
  ],
  ['0/5 nodes are available: 5 node(s) were unschedulable.', 'were unschedulable', 2],
  ['waiting for minCount pods from a gang to appear in scheduling queue', 'minCount pods', 1],
  ['pod group is unschedulable', 'pod group', 1],
  ['waiting for the preemption for this pod to be finished', 'waiting for the preemption', 1],
  ['no nodes available to schedule pods', 'no nodes available', 1],
  ['0/0 nodes are available', '0/0 nodes are available', 1],
  ['skip schedule deleting pod: shop/web-5d4f8c7b9-x2x4z', 'Other', 1],
];

/** What the API server answers to controllers. */
export const refusals: readonly Row[] = [
  [
    'Error creating: pods "web-5d4f8c7b9-x2x4z" is forbidden: exceeded quota: compute, requested: limits.cpu=1, used: limits.cpu=4, limited: limits.cpu=4',
    'exceeded quota',
    6,
  ],
  [
    'Error creating: pods "web" is forbidden: failed quota: compute: must specify limits.cpu for: app',
    'failed quota',
    2,
  ],
  [
    'Error creating: pods "web" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
    'insufficient quota',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: status unknown for quota: compute, resources: pods',
    'status unknown for quota',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
    'usage per Container',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: minimum cpu usage per Pod is 100m, but request is 10m',
    'usage per Pod',
    1,
  ],
  [
    'create Pod db-0 in StatefulSet db failed error: failed to create PVC data-db-0: persistentvolumeclaims "data-db-0" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 9Gi',
    'usage per PersistentVolumeClaim',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    'max limit to request ratio',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    'violates PodSecurity',
    3,
  ],
  [
    'Error creating: pods "web" is forbidden: unable to validate against any security context constraint: []',
    'security context constraint',
    1,
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "inject.example.com": context deadline exceeded',
    'failed calling webhook',
    2,
  ],
  [
    'Error creating: admission webhook "policy.example.com" denied the request: no latest tags',
    'admission webhook',
    2,
  ],
  [
    "Error creating: pods \"web\" is forbidden: ValidatingAdmissionPolicy 'tags' with binding 'tags' denied request: no latest tags",
    'denied request',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
    'error looking up service account',
    1,
  ],
  [
    'Error creating: pods "web" is forbidden: no PriorityClass with name high was found',
    'no PriorityClass',
    1,
  ],
  ['Error creating: Timeout: request did not complete within requested timeout', 'Other', 1],
];

/** What cluster-autoscaler says of pods that it adds no node for. */
export const scaleUps: readonly Row[] = [
  [
    "pod didn't trigger scale-up: 2 max node group size reached, 1 Insufficient cpu",
    'max node group size reached',
    3,
  ],
  [
    "pod didn't trigger scale-up: max total nodes in cluster reached",
    'max total nodes in cluster reached',
    1,
  ],
  ["pod didn't trigger scale-up: 1 max cluster cpu, memory limit reached", 'max cluster', 1],
  ["pod didn't trigger scale-up: 1 in backoff after failed scale-up", 'in backoff after failed scale-up', 1],
  ["pod didn't trigger scale-up: 1 not ready for scale-up", 'not ready for scale-up', 1],
  [
    "pod didn't trigger scale-up: 1 node(s) had untolerated taint {dedicated: db}, 2 node(s) didn't match Pod's node affinity/selector",
    'node affinity/selector',
    2,
  ],
  ["pod didn't trigger scale-up: ", 'Other', 1],
];

const pull = 'Failed to pull image "registry.example.com/web:2": ';
const unpack = `${pull}rpc error: code = Unknown desc = failed to pull and unpack image "registry.example.com/web:2": `;

/** What the kubelet, runtimes and registries say of images. */
export const pulls: readonly Row[] = [
  [`${pull}pull QPS exceeded`, 'pull QPS exceeded', 1],
  [`${unpack}toomanyrequests: You have reached your pull rate limit.`, 'toomanyrequests', 1],
  [
    `${unpack}failed to copy: unexpected status code: 429 Too Many Requests - Server message: toomanyrequests: slow down`,
    '429 Too Many Requests',
    2,
  ],
  [`${unpack}pull access denied, repository does not exist or may require authorization`, 'access denied', 2],
  [
    `${unpack}failed to resolve reference "x": failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden`,
    'failed to authorize',
    1,
  ],
  [
    `${pull}rpc error: code = Unknown desc = Error response from daemon: unauthorized: authentication required`,
    'unauthorized',
    1,
  ],
  [`${unpack}unexpected status from HEAD request to /v2/: 401 Unauthorized`, '401 Unauthorized', 3],
  [`${unpack}unexpected status from HEAD request to /v2/: 403 Forbidden`, '403 Forbidden', 1],
  [`${unpack}no match for platform in manifest`, 'no match for platform', 1],
  [`${unpack}tls: failed to verify certificate: x509: certificate has expired`, 'x509', 1],
  [`${unpack}http: server gave HTTP response to HTTPS client`, 'HTTP response to HTTPS client', 1],
  [`${unpack}write /var/lib/x: no space left on device`, 'no space left on device', 1],
  [
    `${pull}image pull failed for web because the signature validation failed`,
    'signature validation failed',
    1,
  ],
  [`${unpack}dial tcp 192.0.2.1:443: i/o timeout`, 'i/o timeout', 4],
  [`${unpack}net/http: TLS handshake timeout`, 'TLS handshake timeout', 1],
  [`${unpack}net/http: request canceled (Client.Timeout exceeded)`, 'Client.Timeout', 1],
  [`${pull}rpc error: code = DeadlineExceeded desc = context deadline exceeded`, 'deadline exceeded', 1],
  [`${unpack}dial tcp: lookup registry.example.com: no such host`, 'no such host', 1],
  [
    `${unpack}dial tcp: lookup registry.example.com on 192.0.2.53:53: server misbehaving`,
    'server misbehaving',
    1,
  ],
  [`${unpack}dial tcp 192.0.2.1:443: connect: connection refused`, 'connection refused', 1],
  [`${unpack}read tcp: connection reset by peer`, 'connection reset', 1],
  [`${unpack}dial tcp 192.0.2.1:443: connect: no route to host`, 'no route to host', 1],
  [`${unpack}dial tcp 192.0.2.1:443: connect: network is unreachable`, 'network is unreachable', 1],
  [`${unpack}failed to copy: unexpected EOF`, 'unexpected EOF', 1],
  ...['500 Internal Server Error', '502 Bad Gateway', '503 Service Unavailable'].map(
    status => [`${unpack}unexpected status from HEAD request to /v2/: ${status}`, status, 1] as const,
  ),
  [
    `${pull}image pull failed for web because the registry is unavailable: no answer`,
    'registry is unavailable',
    1,
  ],
  [`${unpack}manifest unknown: manifest unknown`, 'manifest unknown', 1],
  [
    `${pull}rpc error: code = NotFound desc = failed to resolve reference "x": registry.example.com/web:2: not found`,
    'not found',
    5,
  ],
  [`${pull}something else`, 'Other', 1],
];
