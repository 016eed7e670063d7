import { countOf, occurrencesSince, type PreviousCount } from '../event/occurrences.ts';
import { clampTimestamp, firstOccurrence, formatTimestamp, lastOccurrence } from '../event/timestamp.ts';
import type { CoreEvent } from '../event/wire.ts';
import { workloadOf } from '../event/workload.ts';
import type { LineFormat } from './line.ts';
import { type Entry, type Metadata, otherValue, type StreamLabels } from './schema.ts';

/** What is the same for every entry of one exporter. */
export interface EntryOptions {
  readonly job: string;
  readonly cluster: string | undefined;
  /** `text` where it isn't given. */
  readonly line?: LineFormat;
}

/**
 * The entry of one revision of an event. Its line is the message alone but for `text`: other formats of the line are
 * made of the entry, when its labels are folded.
 * @param previous the event's count at its revision before
 * @param arrival nanoseconds since 1970, for an event that carries no time at all
 */
export function toEntry(
  event: CoreEvent,
  previous: PreviousCount,
  options: EntryOptions,
  arrival: bigint,
): Entry {
  const object = event.involvedObject ?? {};
  const kind = object.kind ?? '';
  const name = object.name ?? '';
  const time = lastOccurrence(event) ?? arrival;
  const timestamp = clampTimestamp(time);
  return {
    labels: labelsOf(event, kind, options),
    timestamp,
    line:
      (options.line ?? 'text') === 'text' ? `${kind}/${name}: ${event.message ?? ''}` : (event.message ?? ''),
    metadata: metadataOf(event, previous, kind, name, timestamp === time ? '' : formatTimestamp(time)),
  };
}

function labelsOf(event: CoreEvent, kind: string, options: EntryOptions): StreamLabels {
  return {
    ...(options.cluster && { cluster: options.cluster }),
    job: options.job,
    ...(kind && { kind }),
    namespace: event.metadata?.namespace || event.involvedObject?.namespace || 'default',
    ...(event.reason && { reason: event.reason }),
    type: isUsualType(event.type) ? event.type : otherValue,
  };
}

function metadataOf(
  event: CoreEvent,
  previous: PreviousCount,
  kind: string,
  name: string,
  eventTime: string,
): Metadata {
  const count = countOf(event);
  const node = nodeOf(event, kind, name);
  // Written in the schema's order; what is empty here is left out when the entry is encoded.
  return {
    name,
    workload: workloadOf(kind, name, node) ?? '',
    event_uid: event.metadata?.uid ?? '',
    resource_version: event.metadata?.resourceVersion ?? '',
    count: String(count),
    occurrences: String(occurrencesSince(previous, count)),
    baseline: previous === 'unknown' && count > 1 ? 'unknown' : '',
    component: event.source?.component || event.reportingComponent || '',
    node,
    container: containerOf(event.involvedObject?.fieldPath),
    action: event.action ?? '',
    object_uid: event.involvedObject?.uid ?? '',
    first_seen: firstOccurrence(event) ?? '',
    // Filled where the label is folded.
    event_namespace: '',
    event_kind: '',
    event_reason: '',
    event_type: isUsualType(event.type) ? '' : (event.type ?? ''),
    event_time: eventTime,
    detected_level: levelOf(event.type),
  };
}

function isUsualType(type: string | undefined): type is 'Normal' | 'Warning' {
  return type === 'Normal' || type === 'Warning';
}

function levelOf(type = ''): string {
  if (type === 'Normal') return 'info';
  if (/^warn/i.test(type)) return 'warn';
  return /error|fail|fatal|critical/i.test(type) ? 'error' : 'info';
}

/** The scheduler names the node in its message only (pkg/scheduler/schedule_one.go, "Successfully assigned"). */
const scheduledTo = /^Successfully assigned \S+ to (\S+)$/;

function nodeOf(event: CoreEvent, kind: string, name: string): string {
  if (kind === 'Node') return name;
  if (event.source?.host) return event.source.host;
  if (isKubelet(event)) return kubeletNode(event);
  if (event.related?.kind === 'Node' && event.related.name) return event.related.name;
  if (event.reason === 'Scheduled') return scheduledTo.exec(event.message ?? '')?.[1] ?? '';
  return '';
}

function isKubelet(event: CoreEvent): boolean {
  const component = event.source?.component || event.reportingComponent;
  return component === 'kubelet' || component === 'kubernetes.io/kubelet';
}

/**
 * The old recorder writes the host as the instance (client-go/tools/record/event.go), the new one writes it behind
 * the component's name (client-go/tools/events/event_broadcaster.go).
 */
function kubeletNode({ reportingInstance = '' }: CoreEvent): string {
  return reportingInstance.replace(/^(?:kubernetes\.io\/)?kubelet-/, '');
}

/**
 * The kubelet tells a container by its name, one without a name by its place, and the Pod's own sandbox in words
 * (pkg/kubelet/container/ref.go).
 */
const containerPath =
  /^(?:spec\.(?:c|initC|ephemeralC)ontainers(?:\{(.+)\}|(\[\d+\]))|implicitly required container (.+))$/;

function containerOf(fieldPath = ''): string {
  const match = containerPath.exec(fieldPath);
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
}
