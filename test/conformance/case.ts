import type { PreviousCount } from '../../exporter/event/occurrences.ts';
import type { MetadataName, StreamLabel } from '../../exporter/loki/schema.ts';
import type { RawEvent } from './conversion.ts';

/** An event in, an entry out. */
export interface Case {
  readonly name: string;
  /** In core/v1. */
  readonly event: RawEvent;
  /** Revisions that came before, of this event or of others, oldest first. */
  readonly before?: readonly RawEvent[];
  /** The count before, where no revision tells it; 0 by default. */
  readonly previous?: PreviousCount;
  readonly entry: ExpectedEntry;
}

/** What an entry has to say; what isn't named isn't looked at, and '' stands for what must not be there. */
export interface ExpectedEntry {
  readonly labels?: Readonly<Partial<Record<StreamLabel, string>>>;
  readonly metadata?: Readonly<Partial<Record<MetadataName, string>>>;
  readonly line?: string;
  /** RFC 3339 with nine digits. */
  readonly time?: string;
}

/** The arrival of every case: the time of an event that has none. */
export const arrival = '2026-05-01T23:00:00.000000000Z';

/** A kubelet's event, as the old recorder writes it. */
export const kubeletEvent: RawEvent = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: {
    name: 'web-5d4f8c7b9-x2x4z.17a3c5e7f9b1d3e5',
    namespace: 'shop',
    uid: 'e-1',
    resourceVersion: '812',
    creationTimestamp: '2026-05-01T10:00:01Z',
    managedFields: [{ manager: 'kubelet', operation: 'Update' }],
  },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-5d4f8c7b9-x2x4z',
    uid: 'p-1',
    apiVersion: 'v1',
    resourceVersion: '800',
    fieldPath: 'spec.containers{app}',
  },
  reason: 'BackOff',
  message: 'Back-off restarting failed container app',
  source: { component: 'kubelet', host: 'worker-1' },
  firstTimestamp: '2026-05-01T10:00:00Z',
  lastTimestamp: '2026-05-01T10:05:00Z',
  count: 5,
  type: 'Warning',
  eventTime: null,
  reportingComponent: 'kubelet',
  reportingInstance: 'worker-1',
};

/** The scheduler's event, as the new recorder writes it. */
export const schedulerEvent: RawEvent = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: {
    name: 'web-5d4f8c7b9-x2x4z.17a3c5e7f9b1d3e6',
    namespace: 'shop',
    uid: 'e-2',
    resourceVersion: '900',
    creationTimestamp: '2026-05-01T10:00:01Z',
  },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-5d4f8c7b9-x2x4z', uid: 'p-1' },
  reason: 'Scheduled',
  message: 'Successfully assigned shop/web-5d4f8c7b9-x2x4z to worker-2',
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  type: 'Normal',
  eventTime: '2026-05-01T10:00:01.234567Z',
  action: 'Binding',
  reportingComponent: 'default-scheduler',
  reportingInstance: 'default-scheduler-control-plane-1',
};

/** The kubelet's event with other fields; one that is undefined is left out. */
export function kubelet(change: RawEvent): RawEvent {
  return changed(kubeletEvent, change);
}

/** The scheduler's event with other fields; one that is undefined is left out. */
export function scheduler(change: RawEvent): RawEvent {
  return changed(schedulerEvent, change);
}

/** The kubelet's event about another object. */
export function about(kind: string, name: string, change: RawEvent = {}): RawEvent {
  return kubelet({ involvedObject: { kind, namespace: 'shop', name, uid: 'o-1' }, ...change });
}

function changed(event: RawEvent, change: RawEvent): RawEvent {
  return Object.fromEntries(
    Object.entries({ ...event, ...change }).filter(([, value]) => value !== undefined),
  );
}
