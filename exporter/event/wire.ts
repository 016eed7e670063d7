/**
 * An event of either API, in the names of core/v1, with the fields that are read and no others. Every field is
 * optional: the API validates few of them, and old clients fill others than new ones. Times are RFC 3339 text,
 * because a `Date` would lose the microseconds.
 * Source: Kubernetes API reference, core/v1 Event (staging/src/k8s.io/api/core/v1/types.go).
 */
export interface CoreEvent {
  metadata?: ObjectMeta | undefined;
  involvedObject?: ObjectReference | undefined;
  /** A second object, such as what preempted a Pod. kubectl doesn't show it. */
  related?: ObjectReference | undefined;
  reason?: string | undefined;
  message?: string | undefined;
  type?: string | undefined;
  action?: string | undefined;
  source?: { component?: string | undefined; host?: string | undefined } | undefined;
  reportingComponent?: string | undefined;
  reportingInstance?: string | undefined;
  count?: number | undefined;
  firstTimestamp?: string | null | undefined;
  lastTimestamp?: string | null | undefined;
  eventTime?: string | null | undefined;
  series?: { count?: number | undefined; lastObservedTime?: string | null | undefined } | null | undefined;
}

/** What is read of an event's own metadata (meta/v1 ObjectMeta). */
export interface ObjectMeta {
  name?: string | undefined;
  namespace?: string | undefined;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  creationTimestamp?: string | null | undefined;
}

/** The object that an event is about (core/v1 ObjectReference). */
export interface ObjectReference {
  kind?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
  uid?: string | undefined;
  apiVersion?: string | undefined;
  /** `spec.containers{name}` where the event is about one container of a Pod. */
  fieldPath?: string | undefined;
}
