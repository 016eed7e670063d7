import type { PreviousCount } from '../../exporter/event/occurrences.ts';
import type { CoreEvent } from '../../exporter/event/wire.ts';
import type { BoundedLabel } from '../../exporter/loki/cardinality/foldable.ts';

/** One revision of an event, and what it is worth, written down and not computed. */
export interface Revision {
  /** Minutes before the end of the seed, when it last occurred. */
  readonly minutesAgo: number;
  /** Absent for an exporter without a name for its cluster. */
  readonly cluster: string | undefined;
  readonly event: CoreEvent;
  readonly previous: PreviousCount;
  /** How many occurrences are new with this revision. */
  readonly occurrences: number;
  /** What the object belongs to, as a person would say. */
  readonly workload: string;
  readonly node: string;
  /** Labels that the exporter's budget has folded. */
  readonly folds: readonly BoundedLabel[];
}

/** Its name has a character that means something in a regular expression, and `eastx1` is what that would match too. */
export const east = 'east.1';
export const decoy = 'eastx1';
export const west = 'west';
/** Its events are older than every range that is asked for. */
export const silent = 'silent';

interface Described {
  readonly cluster?: string | undefined;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly type?: string;
  readonly component?: string;
  readonly node?: string;
  readonly container?: string;
  readonly workload: string;
  /** Written by the scheduler's recorder: `eventTime` instead of the older times, and no count. */
  readonly newStyle?: boolean;
  readonly folds?: readonly BoundedLabel[];
}

const day = 24 * 60;

/**
 * Two weeks of events of several clusters, ending at a time. Times stand half a minute off the full minute, so that no range
 * begins or ends at one.
 * @param end milliseconds since 1970
 * @param everyMinutes how often an ordinary pod starts in each of two clusters
 */
export function seed(end: number, everyMinutes = 30): Revision[] {
  const revisions: Revision[] = [];
  let uids = 0;
  let resourceVersion = 1000;

  /** An event with its revisions: `[minutes ago, its count then, what is new of it]`. */
  function add(
    what: Described,
    bumps: readonly (readonly [minutesAgo: number, count: number, occurrences: number])[],
    before: PreviousCount = 0,
  ): void {
    const uid = `uid-${++uids}`;
    const at = (minutesAgo: number) =>
      new Date(end - minutesAgo * 60_000 + 30_000).toISOString().replace('.000Z', 'Z');
    const kind = what.kind ?? 'Pod';
    const namespace = what.namespace ?? 'default';
    let previous = before;
    for (const [minutesAgo, count, occurrences] of bumps) {
      const time = at(minutesAgo);
      const first = at(bumps[0]?.[0] ?? minutesAgo);
      const event: CoreEvent = {
        metadata: {
          name: `${what.name}.${uid}`,
          namespace,
          uid,
          resourceVersion: String(++resourceVersion),
          creationTimestamp: first,
        },
        involvedObject: {
          kind,
          name: what.name,
          uid: `object-${what.name}`,
          apiVersion: 'v1',
          ...(kind !== 'Node' && { namespace }),
          ...(what.container && { fieldPath: `spec.containers{${what.container}}` }),
        },
        reason: what.reason,
        message: what.message,
        type: what.type ?? 'Warning',
        ...(what.newStyle
          ? {
              source: {},
              eventTime: time.replace('Z', '.000000Z'),
              reportingComponent: what.component ?? 'default-scheduler',
              reportingInstance: 'default-scheduler-control-1',
              action: 'Binding',
              firstTimestamp: null,
              lastTimestamp: null,
            }
          : {
              source: {
                component: what.component ?? 'kubelet',
                ...(what.node && kind !== 'Node' && { host: what.node }),
              },
              firstTimestamp: first,
              lastTimestamp: time,
              count,
              eventTime: null,
              reportingComponent: what.component ?? 'kubelet',
              reportingInstance: what.node ?? '',
            }),
      };
      revisions.push({
        minutesAgo,
        cluster: 'cluster' in what ? what.cluster : east,
        event,
        previous,
        occurrences,
        workload: what.workload,
        node: what.node ?? '',
        folds: what.folds ?? [],
      });
      previous = count;
    }
  }

  ordinaryPods(add, everyMinutes);
  countBumps(add);
  for (let index = 0; index < 700; index += 1) {
    const minutesAgo = 30 + (index % 270);
    add(
      {
        namespace: 'infra',
        name: `loadgen-6b7f9c8d4-${suffix(index)}`,
        reason: 'FailedScheduling',
        message:
          '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
        component: 'default-scheduler',
        workload: 'loadgen',
        newStyle: true,
      },
      [[minutesAgo, 1, 1]],
    );
  }
  // Nothing at all before it.
  for (let pod = 0; pod < 20; pod += 1) {
    add(
      {
        cluster: west,
        namespace: 'shop',
        name: `cart-5d8f9b7c6-${suffix(pod)}`,
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "config" : configmap "cart" not found',
        node: 'west-1',
        workload: 'cart',
      },
      [
        [20 - (pod % 10), 5, 5],
        [10 - (pod % 10), 25, 20],
      ],
    );
  }
  for (let index = 0; index < 5; index += 1) {
    add(
      {
        cluster: silent,
        namespace: 'shop',
        name: `web-7c9d8b6f5-${suffix(900 + index)}`,
        reason: 'Started',
        message: 'Started container web',
        type: 'Normal',
        node: 'silent-1',
        container: 'web',
        workload: 'web',
      },
      [[10 * day + index, 1, 1]],
    );
  }
  nodeFailures(add);
  oddLabels(add);
  capacity(add);
  return revisions.sort((a, b) => b.minutesAgo - a.minutesAgo);
}

type Add = (
  what: Described,
  bumps: readonly (readonly [number, number, number])[],
  before?: PreviousCount,
) => void;

function ordinaryPods(add: Add, everyMinutes: number): void {
  const namespaces = ['shop', 'infra', 'kube-system'];
  for (const cluster of [east, west]) {
    for (let index = 0; index * everyMinutes < 14 * day; index += 1) {
      const minutesAgo = index * everyMinutes + 3;
      const name = `web-7c9d8b6f5-${suffix(index)}`;
      const namespace = namespaces[index % 3] ?? 'shop';
      const node = `${cluster.slice(0, 4)}-${(index % 3) + 1}`;
      const pod = { cluster, namespace, name, node, workload: 'web', type: 'Normal' };
      const assigned = `Successfully assigned ${namespace}/${name} to ${node}`;
      const scheduler = { component: 'default-scheduler', newStyle: true };
      add({ ...pod, ...scheduler, reason: 'Scheduled', message: assigned }, [[minutesAgo, 1, 1]]);
      const container = { container: 'web' };
      add({ ...pod, ...container, reason: 'Pulled', message: 'Container image "web:1" already present' }, [
        [minutesAgo - 1, 1, 1],
      ]);
      add({ ...pod, ...container, reason: 'Started', message: 'Started container web' }, [
        [minutesAgo - 2, 1, 1],
      ]);
    }
  }
}

function countBumps(add: Add): void {
  const backOff = {
    namespace: 'shop',
    reason: 'BackOff',
    message: 'Back-off restarting failed container web in pod web',
    node: 'east-1',
    container: 'web',
    workload: 'web',
  };
  const name = `web-7c9d8b6f5-${suffix(1)}`;
  add({ ...backOff, name }, [
    [55, 1, 1],
    [50, 4, 3],
    [40, 9, 5],
    [25, 20, 11],
    [10, 64, 44],
    // Its writer has begun anew.
    [5, 2, 2],
  ]);
  // The day before, and the day before that.
  add({ ...backOff, name: `web-7c9d8b6f5-${suffix(2)}` }, [
    [day + 30, 1, 1],
    [day + 25, 32, 31],
  ]);
  add({ ...backOff, name: `web-7c9d8b6f5-${suffix(3)}` }, [[3 * day, 1, 1]]);
  // An exporter's first start.
  add(
    { ...backOff, namespace: 'kube-system', name: 'coredns-6f9d8c7b5-x2x4z', workload: 'coredns' },
    [[28, 40, 40]],
    'unknown',
  );
  add({ ...backOff, cluster: decoy, name: `web-7c9d8b6f5-${suffix(4)}` }, [[29, 1, 1]]);
}

function nodeFailures(add: Add): void {
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

function oddLabels(add: Add): void {
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

function capacity(add: Add): void {
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
      workload: 'data-db-0',
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

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters as a ReplicaSet gives them to its pods. */
export function suffix(index: number): string {
  let rest = index * 7_919 + 104_729;
  let text = '';
  for (let place = 0; place < 5; place += 1) {
    text += alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
