import type { PreviousCount } from '../../exporter/event/occurrences.ts';
import type { CoreEvent } from '../../exporter/event/wire.ts';
import type { BoundedLabel } from '../../exporter/loki/cardinality/foldable.ts';
import { suffix } from './pod-suffix.ts';
import { capacity, nodeFailures, oddLabels } from './seed-incidents.ts';

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

/** When a revision was, in milliseconds since 1970: half a minute off the full minute, so that no range begins or ends at one. */
export function timeOf(end: number, minutesAgo: number): number {
  return end - minutesAgo * 60_000 + 30_000;
}

/** An event as a person would tell it. */
export interface Described {
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
 * Two weeks of events of several clusters, ending at a time.
 * @param end milliseconds since 1970
 * @param everyMinutes how often an ordinary pod starts in each of two clusters
 */
export function seed(end: number, everyMinutes = 120): Revision[] {
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
    const at = (minutesAgo: number) => new Date(timeOf(end, minutesAgo)).toISOString().replace('.000Z', 'Z');
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

/** Adds an event with its revisions: `[minutes ago, its count then, what is new of it]`. */
export type Add = (
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
