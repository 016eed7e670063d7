/*
 * The stream schema: what an event is in Loki. Everything that reads or writes these streams takes the names
 * from here, so that a field renamed here is renamed everywhere or doesn't compile. The descriptions are the
 * reference documentation.
 */

/** Stream labels. All are bounded: their values times each other make the streams. */
export const streamLabels = {
  cluster: 'The cluster, from the configuration; absent where none is set.',
  job: '`kube-events`, or what the configuration says.',
  kind: "The involved object's kind; `__other__` where the cardinality budget is used up, the kind in `event_kind`.",
  namespace:
    "The event's own namespace: `default` for cluster-scoped objects, as kubectl shows it. Or `__other__`, the namespace in `event_namespace`.",
  reason: "The event's reason. Or `__other__`, the reason in `event_reason`.",
  type: '`Normal` or `Warning`; anything else is `__other__`, its value in `event_type`.',
} as const;

export type StreamLabel = keyof typeof streamLabels;
export type StreamLabels = Readonly<Partial<Record<StreamLabel, string>>>;

/** Structured metadata of an entry, in the order in which it is written. A name without a value is left out. */
export const structuredMetadata = {
  name: "The involved object's name.",
  workload:
    'The controller that the object belongs to, read off its name: `web` for Pod `web-5d4f8c7b9-x2x4z`.',
  event_uid: "The event's uid. With `resource_version` the identity of an entry.",
  resource_version: 'The revision of the event that this entry tells of.',
  count: "The event's own count at this revision, as kubectl shows it.",
  occurrences: 'How many of them are new since the entry before. Sum this, and never the lines.',
  baseline: '`unknown` where the count before is not known and is above 1, as at a first start.',
  component: 'Who reported the event: `kubelet`, `default-scheduler`, …',
  node: 'The node that it happened on, where the event says so.',
  container: 'The container that it is about, where it is about one.',
  action: 'What was being done, in events of the new style.',
  object_uid: "The involved object's uid.",
  first_seen: 'When the event first occurred, RFC 3339, as the API has it.',
  event_namespace: 'The namespace where the label is `__other__`.',
  event_kind: 'The kind where the label is `__other__`.',
  event_reason: 'The reason where the label is `__other__`.',
  event_type: "The event's type where it is neither Normal nor Warning.",
  event_time: 'The true time, RFC 3339, of an entry that Loki would not take at it.',
  detected_level:
    '`info` for Normal, `warn` for Warning, `error` for an error-like type. Explore colours by it.',
} as const;

export type MetadataName = keyof typeof structuredMetadata;
/** Values by name; its keys are in the schema's order. */
export type Metadata = Readonly<Partial<Record<MetadataName, string>>>;

/** Stream labels of the heartbeat: one stream for each cluster. */
export const heartbeatLabels = {
  cluster: 'The cluster, as for events.',
  job: "`kube-events-heartbeat`: the events' own and `-heartbeat`.",
} as const satisfies Readonly<Partial<Record<StreamLabel, string>>>;

/** Structured metadata of a heartbeat, in the order in which it is written. A name without a value is left out. */
export const heartbeatMetadata = {
  last_frame_age_seconds: 'Time since the API server last sent a list or a frame; absent before the first.',
  in_flight: 'Revisions that were received and are not delivered, filtered or dropped yet.',
  instance: "The exporter's host; in Kubernetes its pod.",
  version: "The exporter's version.",
  detected_level: '`info`.',
} as const;

export type HeartbeatName = keyof typeof heartbeatMetadata;

/** The label `job` of the heartbeats of an exporter, by that of its events. */
export function heartbeatJob(job: string): string {
  return `${job}-heartbeat`;
}

/** The value of a bounded label whose real value stands in metadata. */
export const otherValue = '__other__';

/** One line of one stream. An entry is a pure function of the event's revision and of its count before. */
export interface Entry<Name extends string = MetadataName> {
  readonly labels: StreamLabels;
  /** Nanoseconds since 1970: the last occurrence. */
  readonly timestamp: bigint;
  readonly line: string;
  readonly metadata: Readonly<Partial<Record<Name, string>>>;
}
