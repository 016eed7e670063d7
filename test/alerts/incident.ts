import type { PreviousCount } from '../../exporter/event/occurrences.ts';
import type { CoreEvent } from '../../exporter/event/wire.ts';
import type { BoundedLabel } from '../../exporter/loki/cardinality/foldable.ts';
import { foldedEntry } from '../../exporter/loki/cardinality/folded-entry.ts';
import { type EncodedEntry, encodeEntry } from '../../exporter/loki/encode.ts';
import { toEntry } from '../../exporter/loki/entry.ts';

/** How often an event has occurred in all at a time: `[seconds ago, its count then]`. */
export type Count = readonly [secondsAgo: number, count: number];

/** One event as the API has it, and how its count rises. */
export interface Incident {
  /** `default` where it isn't given, as for what has no namespace. */
  readonly namespace?: string;
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  readonly component: string;
  readonly node?: string;
  readonly container?: string;
  /** Written by the recorder of events.k8s.io, as the scheduler's: `eventTime` and `series`. */
  readonly newStyle?: boolean;
  readonly counts: readonly Count[];
  /** Its count before the first of `counts`; `unknown` at an exporter's first start. */
  readonly before?: PreviousCount;
  /** Labels that the exporter's budget has folded. */
  readonly folds?: readonly BoundedLabel[];
}

/**
 * The entries that an exporter makes of an incident, as it pushes them.
 * @param now milliseconds since 1970 from which times are counted back
 */
export function encodeIncident(incident: Incident, cluster: string, now: number): EncodedEntry[] {
  const { folds = [], counts, kind, name, reason, before = 0 } = incident;
  let previous: PreviousCount = before;
  return revisionsOf(incident, `${cluster}/${kind}/${name}/${reason}`, now).map((event, index) => {
    const entry = toEntry(event, previous, { job: 'kube-events', cluster }, 0n);
    previous = counts[index]?.[1] ?? 0;
    return encodeEntry(foldedEntry(entry, folds));
  });
}

/**
 * The revisions of an incident's event as the API has them.
 * @param revisionOf the resourceVersion of each
 */
export function revisionsOf(
  incident: Incident,
  uid: string,
  now: number,
  revisionOf = (index: number) => 1000 + index,
): CoreEvent[] {
  const first = timeOf(now, incident.counts[0]?.[0] ?? 0);
  return incident.counts.map(([secondsAgo, count], index) =>
    eventOf(incident, { uid, first, last: timeOf(now, secondsAgo), count, revision: revisionOf(index) }),
  );
}

/** The recorders of Kubernetes write whole seconds. */
function timeOf(now: number, secondsAgo: number): string {
  const seconds = Math.floor(now / 1000) - secondsAgo;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

interface Told {
  readonly uid: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly revision: number;
}

function eventOf(incident: Incident, { uid, first, last, count, revision }: Told): CoreEvent {
  const { namespace = 'default', kind, name, reason, message, type } = incident;
  const { component, node, container, newStyle } = incident;
  const clusterScoped = kind === 'Node' || kind === 'PersistentVolume';
  const common = {
    metadata: {
      name: `${name}.${reason}`.toLowerCase(),
      namespace,
      uid,
      resourceVersion: String(revision),
      creationTimestamp: first,
    },
    involvedObject: {
      kind,
      name,
      uid: `object-${name}`,
      apiVersion: 'v1',
      ...(!clusterScoped && { namespace }),
      ...(container !== undefined && { fieldPath: `spec.containers{${container}}` }),
    },
    reason,
    message,
    type,
  };
  if (!newStyle)
    return {
      ...common,
      source: { component, ...(node && kind !== 'Node' && { host: node }) },
      firstTimestamp: first,
      lastTimestamp: last,
      count,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: node ?? '',
    };
  return {
    ...common,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: micro(first),
    ...(count > 1 && { series: { count, lastObservedTime: micro(last) } }),
    reportingComponent: component,
    reportingInstance: `${component}-control-1`,
    action: 'Scheduling',
  };
}

function micro(time: string): string {
  return time.replace('Z', '.000000Z');
}
