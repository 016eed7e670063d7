/**
 * A core/v1 Event as the API server sends it. Every field is optional: the API validates few of them, and old
 * clients fill others than new ones. Times are RFC 3339 text, because a `Date` would lose the microseconds.
 * Source: Kubernetes API reference, core/v1 Event (staging/src/k8s.io/api/core/v1/types.go).
 */
export interface CoreEvent {
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string | null;
  };
  involvedObject?: ObjectReference;
  related?: ObjectReference;
  reason?: string;
  message?: string;
  type?: string;
  action?: string;
  source?: { component?: string; host?: string };
  reportingComponent?: string;
  reportingInstance?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string | null } | null;
}

/** The object that an event is about (core/v1 ObjectReference). */
export interface ObjectReference {
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiVersion?: string;
  /** `spec.containers{name}` where the event is about one container of a Pod. */
  fieldPath?: string;
}
