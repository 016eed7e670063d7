import type { EventObject, WatchFrame } from '../fakes/frame.ts';

/** What has to be in Loki in the end, computed from the source alone. */
export interface Expectation {
  /** By event uid. */
  readonly events: ReadonlyMap<string, ExpectedEvent>;
  /** Every revision that a client could see, as `revisionKey` writes them; undefined where nobody can know. */
  readonly revisions: ReadonlySet<string> | undefined;
}

/** An event, and how often it has occurred. */
export interface ExpectedEvent {
  readonly type: string;
  readonly reason: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly count: number;
}

/** The identity of a revision. */
export function revisionKey(uid: string, resourceVersion: string): string {
  return `${uid}/${resourceVersion}`;
}

/**
 * What a client sees that lists after the first frames and watches the later ones: of the first, the newest revision
 * of each event that is still there; of the later, each.
 */
export function expectFrames(first: readonly WatchFrame[], later: readonly WatchFrame[]): Expectation {
  const listed = new Map<string, EventObject>();
  for (const { type, object } of first) {
    if (type === 'DELETED') listed.delete(object.metadata.uid);
    else listed.set(object.metadata.uid, object);
  }
  const watched = later.filter(({ type }) => type !== 'DELETED').map(({ object }) => object);
  const seen = [...listed.values(), ...watched];
  return {
    events: new Map(seen.map(object => [object.metadata.uid, expectEvent(object)])),
    revisions: new Set(seen.map(({ metadata }) => revisionKey(metadata.uid, metadata.resourceVersion))),
  };
}

/** What a list of the API server says. */
export function expectList(items: readonly EventObject[]): Expectation {
  return {
    events: new Map(items.map(object => [object.metadata.uid, expectEvent(object)])),
    revisions: undefined,
  };
}

function expectEvent(event: EventObject): ExpectedEvent {
  return {
    type: event.type === 'Normal' || event.type === 'Warning' ? event.type : '__other__',
    reason: event.reason ?? '',
    name: `${event.metadata.namespace}/${event.metadata.name}`,
    resourceVersion: event.metadata.resourceVersion,
    // As `kubectl get events` counts: the series, else the count, else once.
    count: event.series?.count || event.count || 1,
  };
}
