import { suffix } from './pod-suffix.ts';
import type { Add } from './seed.ts';

/** Nodes that fail, most of it told as Normal. */
export function nodeFailures(add: Add): void {
  const on = (node: string) => ({ kind: 'Node', name: node, node, workload: '' });
  const controller = { component: 'node-controller', type: 'Normal' };
  add(
    {
      ...on('east-2'),
      ...controller,
      reason: 'NodeNotReady',
      message: 'Node east-2 status is now: NodeNotReady',
    },
    [[45, 1, 1]],
  );
  add(
    {
      ...on('east-2'),
      ...controller,
      reason: 'RegisteredNode',
      message: 'Node east-2 event: Registered Node east-2 in Controller',
    },
    [[44, 1, 1]],
  );
  add(
    {
      ...on('east-3'),
      type: 'Normal',
      reason: 'NodeHasDiskPressure',
      message: 'Node east-3 status is now: NodeHasDiskPressure',
    },
    [
      [42, 1, 1],
      [37, 3, 2],
    ],
  );
  add(
    { ...on('east-3'), reason: 'EvictionThresholdMet', message: 'Attempting to reclaim ephemeral-storage' },
    [[41, 1, 1]],
  );
  add({ ...on('east-2'), reason: 'Rebooted', message: 'Node east-2 has been rebooted, boot id: 7f' }, [
    [39, 1, 1],
  ]);
  add(
    {
      ...on('east-2'),
      reason: 'SystemOOM',
      message: 'System OOM encountered, victim process: java, pid: 4711',
    },
    [[38, 1, 1]],
  );
  const kernel = { component: 'kernel-monitor' };
  add(
    {
      ...on('east-2'),
      ...kernel,
      reason: 'OOMKilling',
      message: 'Memory cgroup out of memory: Killed process 4711 (java)',
    },
    [
      [37, 1, 1],
      [36, 4, 3],
    ],
  );
  add(
    {
      ...on('east-1'),
      ...kernel,
      reason: 'ConntrackFull',
      message: 'nf_conntrack: table full, dropping packet',
    },
    [
      [36, 1, 1],
      [34, 6, 5],
    ],
  );
  add(
    {
      ...on('east-1'),
      ...kernel,
      reason: 'KernelDeadlock',
      message: 'task kworker/0:1 blocked for more than 120 seconds',
    },
    [[35, 1, 1]],
  );
  const pod = { namespace: 'shop', name: `web-7c9d8b6f5-${suffix(5)}`, workload: 'web' };
  add(
    {
      ...pod,
      component: 'taint-eviction-controller',
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: 'Marking for deletion Pod shop/web',
    },
    [[43, 1, 1]],
  );
  add(
    {
      ...pod,
      node: 'east-3',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage.',
    },
    [[40, 1, 1]],
  );
}

/** Folded labels, a type of its own, and a cluster without a name. */
export function oddLabels(add: Add): void {
  const job = {
    name: 'report-28123456',
    kind: 'Job',
    namespace: 'tenants',
    component: 'job-controller',
    workload: 'report',
  };
  add({ ...job, reason: 'Tenant901Failed', message: 'reason is folded', folds: ['reason'] }, [
    [33, 1, 1],
    [32, 7, 6],
  ]);
  add(
    {
      ...job,
      kind: 'Widget901',
      reason: 'FailedCreate',
      message: 'kind is folded',
      workload: '',
      folds: ['kind'],
    },
    [[33, 1, 1]],
  );
  add(
    {
      ...job,
      namespace: 'tenant-901',
      reason: 'FailedCreate',
      message: 'namespace is folded',
      folds: ['namespace'],
    },
    [[33, 2, 2]],
  );
  add({ ...job, type: 'Error', reason: 'FailedCreate', message: 'type is folded' }, [[32, 1, 1]]);
  for (let index = 0; index < 10; index += 1) {
    const pod = { cluster: undefined, namespace: 'shop', workload: 'web', node: 'lost-1', container: 'web' };
    add(
      {
        ...pod,
        name: `web-7c9d8b6f5-${suffix(50 + index)}`,
        type: 'Normal',
        reason: 'Pulled',
        message: 'Container image "web:1" already present',
      },
      [[31, 1, 1]],
    );
  }
}

/** What keeps pods from running. */
export function capacity(add: Add): void {
  const set = {
    namespace: 'infra',
    kind: 'ReplicaSet',
    name: 'api-7d9c8f6b5',
    component: 'replicaset-controller',
    workload: 'api',
  };
  add(
    {
      ...set,
      reason: 'FailedCreate',
      message:
        'Error creating: pods "api-7d9c8f6b5-x2x4z" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=10, limited: cpu=10',
    },
    [
      [27, 1, 1],
      [22, 5, 4],
    ],
  );
  const pod = { namespace: 'infra', name: 'api-7d9c8f6b5-x2x4z', workload: 'api', node: 'east-1' };
  add(
    {
      ...pod,
      component: 'default-scheduler',
      reason: 'Preempted',
      type: 'Normal',
      message: 'Preempted by pod 1f on node east-1',
    },
    [[26, 1, 1]],
  );
  add(
    {
      ...pod,
      node: '',
      component: 'cluster-autoscaler',
      type: 'Normal',
      reason: 'NotTriggerScaleUp',
      message: "pod didn't trigger scale-up: 1 max node group size reached",
    },
    [
      [25, 1, 1],
      [21, 3, 2],
    ],
  );
  add(
    {
      ...pod,
      node: '',
      component: 'attachdetach-controller',
      reason: 'FailedAttachVolume',
      message: 'AttachVolume.Attach failed for volume "pvc-1"',
    },
    [[24, 1, 1]],
  );
  add(
    {
      ...pod,
      kind: 'PersistentVolumeClaim',
      name: 'data-db-0',
      node: '',
      workload: '',
      component: 'persistentvolume-controller',
      reason: 'ProvisioningFailed',
      message: 'storageclass.storage.k8s.io "fast" not found',
    },
    [[23, 1, 1]],
  );
  add(
    {
      ...pod,
      container: 'api',
      reason: 'Failed',
      message:
        'Failed to pull image "api:9": rpc error: code = NotFound desc = failed to pull and unpack image: not found',
    },
    [
      [22, 1, 1],
      [19, 4, 3],
    ],
  );
}
