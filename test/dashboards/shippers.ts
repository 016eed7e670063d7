import type { ProfileName } from '../../dashboards/profile.ts';
import { formatTimestamp, lastOccurrence } from '../../exporter/event/timestamp.ts';
import type { CoreEvent } from '../../exporter/event/wire.ts';
import { foldedEntry } from '../../exporter/loki/cardinality/folded-entry.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { type EncodedEntry, encodeEntry, encodePush, formatLabels } from '../../exporter/loki/encode.ts';
import { toEntry } from '../../exporter/loki/entry.ts';
import { isFieldFormat, type LineFormat, withFieldsInLine } from '../../exporter/loki/line.ts';
import type { Entry } from '../../exporter/loki/schema.ts';
import type { Revision } from './seed.ts';

/** Any labels and metadata, as other shippers have. */
export type AnyEntry = Omit<Entry, 'labels' | 'metadata'> & {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** What a revision becomes in Loki under each profile. */
export const shippers: Readonly<Record<ProfileName, (revision: Revision, job: string) => AnyEntry>> = {
  default: (revision, job) => ours(revision, job, 'text'),
  logfmt: (revision, job) => ours(revision, job, 'logfmt'),
  json: (revision, job) => ours(revision, job, 'json'),
  alloy,
  'k8s-monitoring': kubernetesMonitoring,
  'kubernetes-event-exporter': kubernetesEventExporter,
};

function ours({ event, previous, cluster, folds }: Revision, job: string, line: LineFormat): AnyEntry {
  const entry = foldedEntry(toEntry(event, previous, { job, cluster, line }, 0n), folds);
  return (isFieldFormat(line) ? withFieldsInLine(entry, line) : entry) as AnyEntry;
}

/** Source: parseEvent in internal/component/loki/source/kubernetes_events/event_controller.go of Alloy. */
function alloy({ event }: Revision, job: string): AnyEntry {
  const { involvedObject = {}, metadata = {}, source = {} } = event;
  const fields: [string, string | number | undefined][] = [
    ['name', involvedObject.name],
    ['kind', involvedObject.kind],
    ['action', event.action],
    ['objectAPIversion', involvedObject.apiVersion],
    ['eventRV', metadata.resourceVersion],
    ['reportinginstance', event.reportingInstance],
    ['reportingcontroller', event.reportingComponent],
    ['sourcecomponent', source.component],
    ['sourcehost', source.host],
    ['reason', event.reason],
    ['type', event.type],
    ['count', event.count],
  ];
  const text = fields.filter(([, value]) => value).map(([name, value]) => `${name}=${value} `);
  return {
    labels: {
      ...(involvedObject.namespace && { namespace: involvedObject.namespace }),
      job,
      instance: 'loki.source.kubernetes_events.events',
    },
    timestamp: timeOf(event),
    line: `${text.join('')}msg=${JSON.stringify(event.message)} `,
    metadata: {},
  };
}

/** Source: feature-cluster-events of the chart, with its default values: labels from the line, name and node as metadata. */
function kubernetesMonitoring(revision: Revision, job: string): AnyEntry {
  const { event, cluster } = revision;
  const entry = alloy(revision, job);
  const { kind, name = '' } = event.involvedObject ?? {};
  const node = kind === 'Node' ? name : event.source?.host;
  return {
    ...entry,
    labels: {
      ...entry.labels,
      ...(cluster && { cluster }),
      level: event.type === 'Normal' ? 'Info' : (event.type ?? ''),
      reason: event.reason ?? '',
      service_name: job,
      source: 'kubernetes-events',
    },
    metadata: { name, ...(node && { node }) },
  };
}

/**
 * The event as JSON with the cluster's name, merged into the record of the container's log by Fluent Bit's filter `kubernetes`.
 * Source: EnhancedEvent in pkg/kube/event.go of kubernetes-event-exporter; Merge_Log and line_format json of Fluent Bit.
 */
function kubernetesEventExporter({ event, cluster }: Revision, job: string): AnyEntry {
  const timestamp = timeOf(event);
  const record = {
    stream: 'stdout',
    time: formatTimestamp(timestamp),
    ...event,
    clusterName: cluster ?? '',
    kubernetes: { pod_name: 'event-exporter-6f9d8c7b5-x2x4z', namespace_name: 'monitoring' },
  };
  return { labels: { job }, timestamp, line: JSON.stringify(record), metadata: {} };
}

/** When an event last occurred. */
export function timeOf(event: CoreEvent): bigint {
  const time = lastOccurrence(event);
  if (time === undefined) throw new Error('an event of the seed has no time');
  return time;
}

const batch = 2000;

/** Pushes a seed as a profile's shipper would. @throws Error with Loki's words where it does not take everything */
export function ship(
  url: string,
  revisions: readonly Revision[],
  profile: ProfileName,
  job: string,
): Promise<void> {
  return shipEntries(
    url,
    revisions.map(revision => shippers[profile](revision, job)),
  );
}

/** Pushes entries, oldest first. @throws Error with Loki's words where it does not take them all */
export async function shipEntries(url: string, entries: readonly AnyEntry[]): Promise<void> {
  const client = new LokiClient({ url, tenant: undefined, timeoutMs: 60_000 });
  try {
    const encoded = entries.map(encode);
    for (let start = 0; start < encoded.length; start += batch) {
      const result = await client.push(encodePush(encoded.slice(start, start + batch)), never);
      if (result.kind !== 'accepted') throw new Error(`Loki says ${JSON.stringify(result, texts)}`);
    }
  } finally {
    await client.close();
  }
}

const never = new AbortController().signal;

function encode(entry: AnyEntry): EncodedEntry {
  // Other shippers have names that the exporter's schema lacks; they are encoded the same.
  return { ...encodeEntry(entry as Entry), stream: formatLabels(entry.labels as Entry['labels']) };
}

function texts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
