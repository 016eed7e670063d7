import { structuredMetadata } from '../exporter/loki/schema.ts';

/** What a dashboard asks of an event. The names are those of the stream schema. */
export const fields = [
  'cluster',
  'namespace',
  'kind',
  'reason',
  'type',
  'name',
  'workload',
  'node',
  'component',
  'container',
  'first_seen',
  'count',
] as const;
export type Field = (typeof fields)[number];

/** Where the fields are in what an exporter writes, and how often an entry counts. */
export interface Profile {
  /** What it is, for `--help` and the docs. */
  readonly description: string;
  /** The value of the label `job`. */
  readonly job: string;
  /** Fields that are stream labels: what Grafana can list the values of, and what costs nothing to select by. */
  readonly labels: readonly Field[];
  /** Fields that an entry has besides: structured metadata, or what the parser makes of the line. */
  readonly others: readonly Field[];
  /** What gives the other fields their names, after the selector; empty for structured metadata. */
  readonly parser: string;
  /** The same for the fields of its heartbeats; without it whoever wrote the events writes no heartbeats. */
  readonly heartbeat?: string;
  /** Whether each entry says how many occurrences it stands for; an entry counts as one where it doesn't. */
  readonly hasOccurrences: boolean;
}

const schemaLabels: readonly Field[] = ['cluster', 'namespace', 'kind', 'reason', 'type'];
const schemaMetadata = fields.filter(field => Object.hasOwn(structuredMetadata, field));

const ours = {
  job: 'kube-events',
  labels: schemaLabels,
  others: schemaMetadata,
  hasOccurrences: true,
} as const;

/** Extracts fields of a JSON line under the schema's names. */
function jsonFields(paths: Readonly<Partial<Record<Field, string>>>): string {
  const pairs = Object.entries(paths).map(([field, path]) => `${field}="${path}"`);
  return `| json ${pairs.join(', ')}`;
}

/**
 * All fields of the line: of named ones (`| logfmt reason, type`) Loki misses some in metric queries, where the line has other
 * fields before them.
 */
const alloyFields = '| logfmt | label_format node=sourcehost, component=sourcecomponent';

/** Data that the dashboards can be made for. */
export const profiles = {
  default: {
    ...ours,
    description: 'kube-events-loki, with structured metadata',
    parser: '',
    heartbeat: '',
  },
  logfmt: {
    ...ours,
    description: 'kube-events-loki with `loki.line: logfmt`',
    parser: '| logfmt',
    heartbeat: '| logfmt',
  },
  json: {
    ...ours,
    description: 'kube-events-loki with `loki.line: json`',
    parser: `| json ${[...schemaMetadata, 'occurrences'].join(', ')}`,
    heartbeat: '| json',
  },
  alloy: {
    description: "Grafana Alloy's loki.source.kubernetes_events, as it comes",
    job: 'loki.source.kubernetes_events',
    labels: ['namespace'],
    others: ['kind', 'reason', 'type', 'name', 'node', 'component'],
    parser: alloyFields,
    hasOccurrences: false,
  },
  'k8s-monitoring': {
    description: "Grafana Alloy's events as the Kubernetes monitoring Helm chart labels them",
    job: 'integrations/kubernetes/eventhandler',
    labels: ['cluster', 'namespace', 'reason'],
    others: ['kind', 'type', 'name', 'node', 'component'],
    parser: alloyFields,
    hasOccurrences: false,
  },
  'kubernetes-event-exporter': {
    description: "kubernetes-event-exporter's JSON, through Fluent Bit or Fluentd",
    job: 'fluent-bit',
    labels: [],
    others: ['cluster', 'namespace', 'kind', 'reason', 'type', 'name', 'node', 'component'],
    parser: jsonFields({
      cluster: 'clusterName',
      namespace: 'involvedObject.namespace',
      kind: 'involvedObject.kind',
      reason: 'reason',
      type: 'type',
      name: 'involvedObject.name',
      node: 'source.host',
      component: 'source.component',
    }),
    hasOccurrences: false,
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as readonly ProfileName[];

/** Whoever names the label has it, whatever is usual for this kind of data. */
export function withClusterLabel(profile: Profile): Profile {
  if (profile.labels.includes('cluster')) return profile;
  const others = profile.others.filter(field => field !== 'cluster');
  return { ...profile, labels: ['cluster', ...profile.labels], others };
}
