import type { KubernetesApi } from '../servers/api.ts';
import { queryEntries, queryInstant, type StoredEntry } from '../servers/loki-query.ts';
import { countOf, type ListedEvent, listEvents, nanoseconds, timeOf } from './listed-event.ts';

/** A span of time, in nanoseconds since 1970, the end not included. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** What {@link audit} compares. */
export interface Auditee {
  readonly api: KubernetesApi;
  readonly lokiUrl: string;
  readonly cluster: string;
  /** Where Loki may have entries. */
  readonly span: Span;
  /** Events that Loki has and the API server has no more. */
  readonly gone: readonly ListedEvent[];
}

/** What Loki has, against what the API server has. */
export interface Audit {
  readonly events: number;
  readonly entries: number;
  /** Events whose newest revision isn't in Loki. */
  readonly lost: number;
  /** Entries beyond the first of their (event_uid, resource_version). */
  readonly twice: number;
  /** Events whose entries' occurrences don't add up to the API server's count. */
  readonly miscounted: number;
  /** Newest revisions that are at another time than theirs, without that time in `event_time`. */
  readonly misplaced: number;
  /** Newest revisions at another time than theirs, with it in `event_time`. */
  readonly restamped: number;
  /** Occurrences by the API server's counts. */
  readonly expected: number;
  /** The first few of each kind of fault, to look into. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 3;

/**
 * Compares every event of the API server with the entries in Loki.
 *
 * @throws ApiError, LokiQueryError
 */
export async function audit({ api, lokiUrl, cluster, span, gone }: Auditee): Promise<Audit> {
  const listed = [...(await listEvents(api)), ...gone];
  // Nothing is read of the lines, which may be many megabytes.
  const query = `${selector(cluster)} | line_format ""`;
  const entries = await queryEntries(lokiUrl, query, span.start, span.end);
  const byUid = Map.groupBy(entries, ({ metadata }) => metadata['event_uid'] ?? '');
  const keys = new Set(entries.map(keyOf));
  const examples: string[] = [];
  const faults = { lost: 0, miscounted: 0, misplaced: 0 };
  const report = (fault: keyof typeof faults, event: ListedEvent, detail: string): void => {
    faults[fault] += 1;
    if (faults[fault] > MAX_EXAMPLES) return;
    examples.push(`${fault}: ${event.metadata.namespace}/${event.metadata.name} ${detail}`);
  };
  let restamped = 0;
  for (const event of listed) {
    const own = byUid.get(event.metadata.uid) ?? [];
    const of = event.metadata.resourceVersion;
    const newest = own.find(({ metadata }) => metadata['resource_version'] === of);
    if (newest === undefined) report('lost', event, `${of}; Loki has ${describe(own)}`);
    else if (newest.timestamp !== timeOf(event)) {
      const stated = newest.metadata['event_time'];
      if (stated !== undefined && nanoseconds(stated) === timeOf(event)) restamped += 1;
      else report('misplaced', event, `at ${newest.timestamp} for ${timeOf(event)}, event_time ${stated}`);
    }
    const sum = own.reduce((total, { metadata }) => total + Number(metadata['occurrences']), 0);
    if (sum !== countOf(event))
      report('miscounted', event, `count ${countOf(event)}; Loki has ${describe(own)}`);
  }
  if (keys.size < entries.length) examples.push(...differingCopies(entries));
  return {
    events: listed.length,
    entries: entries.length,
    twice: entries.length - keys.size,
    restamped,
    expected: listed.reduce((total, event) => total + countOf(event), 0),
    examples,
    ...faults,
  };
}

/** The sum of all occurrences in a span, by one metric query. @throws LokiQueryError */
export async function sumByMetric(lokiUrl: string, cluster: string, { start, end }: Span): Promise<number> {
  const seconds = (end - start) / 1_000_000_000n;
  const query = `sum(sum_over_time(${selector(cluster)} | unwrap occurrences [${seconds}s]))`;
  const [sample] = await queryInstant(lokiUrl, query, end);
  return sample?.value ?? 0;
}

function selector(cluster: string): string {
  return `{job="kube-events", cluster="${cluster}"}`;
}

function keyOf({ metadata }: StoredEntry): string {
  return `${metadata['event_uid']}/${metadata['resource_version']}`;
}

function describe(entries: readonly StoredEntry[]): string {
  const parts = entries.map(
    ({ metadata }) =>
      `${metadata['resource_version']}: count ${metadata['count']}, occurrences ${metadata['occurrences']}`,
  );
  return parts.length === 0 ? 'nothing of it' : parts.join('; ');
}

function differingCopies(entries: readonly StoredEntry[]): string[] {
  const copies = [...Map.groupBy(entries, keyOf)].filter(([, { length }]) => length > 1);
  return copies.slice(0, MAX_EXAMPLES).map(([key, of]) => {
    const shown = of.map(({ timestamp, labels, metadata }) =>
      JSON.stringify({ timestamp: String(timestamp), labels, metadata }),
    );
    return `twice: ${key}\n      ${shown.join('\n      ')}`;
  });
}
