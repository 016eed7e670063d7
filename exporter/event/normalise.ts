import { type Fields, fields, integer, text } from './fields.ts';
import type { CoreEvent, ObjectMeta, ObjectReference } from './wire.ts';

/**
 * The APIs that serve events, by the path of each. They show the same objects under the same uids and
 * resourceVersions, so one of them is watched, never both.
 */
const paths = {
  'core/v1': '/api/v1',
  'events.k8s.io/v1': '/apis/events.k8s.io/v1',
} as const;

export type EventSchema = keyof typeof paths;
export const eventSchemas = Object.keys(paths) as readonly EventSchema[];

/** The path at which an API lists and watches events: of one namespace, or of all. */
export function eventsPath(schema: EventSchema, namespace?: string): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${paths[schema]}${scope}/events`;
}

/**
 * An object of the given API as an event. Never throws: each field is taken where it has the type that the API
 * declares, and is left out otherwise, as an empty text is. What else the object holds (managedFields, annotations)
 * is let go with it.
 * Source of the fields: staging/src/k8s.io/api/{core,events}/v1/types.go; of how one API's are the other's:
 * pkg/apis/events/v1/conversion.go.
 */
export function normalise(raw: unknown, schema: EventSchema): CoreEvent {
  return schema === 'core/v1' ? fromCore(fields(raw)) : fromEvents(fields(raw));
}

function fromCore(raw: Fields): CoreEvent {
  return {
    metadata: metadata(raw['metadata']),
    involvedObject: reference(raw['involvedObject']),
    related: reference(raw['related']),
    reason: text(raw['reason']),
    message: text(raw['message']),
    type: text(raw['type']),
    action: text(raw['action']),
    source: source(raw['source']),
    reportingComponent: text(raw['reportingComponent']),
    reportingInstance: text(raw['reportingInstance']),
    count: integer(raw['count']),
    firstTimestamp: text(raw['firstTimestamp']),
    lastTimestamp: text(raw['lastTimestamp']),
    eventTime: text(raw['eventTime']),
    series: series(raw['series']),
  };
}

function fromEvents(raw: Fields): CoreEvent {
  return {
    metadata: metadata(raw['metadata']),
    involvedObject: reference(raw['regarding']),
    related: reference(raw['related']),
    reason: text(raw['reason']),
    message: text(raw['note']),
    type: text(raw['type']),
    action: text(raw['action']),
    source: source(raw['deprecatedSource']),
    reportingComponent: text(raw['reportingController']),
    reportingInstance: text(raw['reportingInstance']),
    count: integer(raw['deprecatedCount']),
    firstTimestamp: text(raw['deprecatedFirstTimestamp']),
    lastTimestamp: text(raw['deprecatedLastTimestamp']),
    eventTime: text(raw['eventTime']),
    series: series(raw['series']),
  };
}

function metadata(raw: unknown): ObjectMeta {
  const from = fields(raw);
  return {
    name: text(from['name']),
    namespace: text(from['namespace']),
    uid: text(from['uid']),
    resourceVersion: text(from['resourceVersion']),
    creationTimestamp: text(from['creationTimestamp']),
  };
}

function reference(raw: unknown): ObjectReference | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const from = fields(raw);
  return {
    kind: text(from['kind']),
    namespace: text(from['namespace']),
    name: text(from['name']),
    uid: text(from['uid']),
    apiVersion: text(from['apiVersion']),
    fieldPath: text(from['fieldPath']),
  };
}

function source(raw: unknown): CoreEvent['source'] {
  const from = fields(raw);
  return { component: text(from['component']), host: text(from['host']) };
}

function series(raw: unknown): CoreEvent['series'] {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const from = fields(raw);
  return { count: integer(from['count']), lastObservedTime: text(from['lastObservedTime']) };
}
