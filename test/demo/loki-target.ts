import type { ArrivedEntry, OccurrenceSum, Target } from './target.ts';

/** How many log lines one query brings; Loki refuses more than 5,000 by default. */
const pageSize = 5000;

/** A Loki's target, apart from what it is called and how it ends. */
export type LokiQueries = Pick<Target, 'url' | 'countedBy' | 'queryable' | 'entries' | 'occurrences'>;

/** Queries a Loki without authentication. */
export function lokiQueries(url: string): LokiQueries {
  return {
    url,
    countedBy: 'asked of Loki in LogQL',
    queryable: true,
    entries: async (cluster, since) => {
      const entries = await readEntries(url, selector(cluster), since, now());
      return entries.map(labels => ({
        uid: labels['event_uid'] ?? '',
        resourceVersion: labels['resource_version'] ?? '',
        type: labels['type'] ?? '',
        reason: labels['reason'] ?? '',
        occurrences: Number(labels['occurrences']),
      })) satisfies ArrivedEntry[];
    },
    occurrences: async (cluster, since) => {
      const end = now();
      const seconds = (end - since) / 1_000_000_000n + 1n;
      const query = `sum by (type, reason) (sum_over_time(${selector(cluster)} | unwrap occurrences [${seconds}s]))`;
      const { result } = await ask<VectorSample>(url, '/loki/api/v1/query', { query, time: String(end) });
      return result.map(({ metric, value }) => ({
        type: metric['type'] ?? '',
        reason: metric['reason'] ?? '',
        occurrences: Number(value[1]),
      })) satisfies OccurrenceSum[];
    },
  };
}

/** Whether a Loki answers there, ready to take pushes. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/**
 * Whether the demo can push to it and query it.
 *
 * @returns its version, if it says so
 * @throws Error, worded for the user, where it doesn't answer, wants credentials or is too old
 */
export async function checkLoki(url: string): Promise<string | undefined> {
  await ask(url, '/loki/api/v1/query', { query: 'vector(1)' });
  const response = await fetch(`${url}/loki/api/v1/status/buildinfo`, { signal: AbortSignal.timeout(5000) });
  if (response.status !== 200) return undefined;
  const { version = '' } = (await response.json()) as { version?: string };
  const major = /^v?(\d+)\.\d/.exec(version)?.[1];
  if (major !== undefined && Number(major) < 3) {
    throw new Error(`The Loki at ${url} is ${version}. Structured metadata needs 3.0 or newer: ${advice}`);
  }
  return version || undefined;
}

const advice = 'give another with --loki-url, or let the demo start its own with --loki.';

interface VectorSample {
  metric: Record<string, string>;
  value: [number, string];
}

interface LogStream {
  stream: Record<string, string>;
  values: unknown[];
}

function selector(cluster: string): string {
  return `{job="kube-events", cluster="${cluster}"}`;
}

/** The labels and structured metadata of every entry. What doesn't fit one answer is read in halves of the time. */
async function readEntries(
  url: string,
  query: string,
  start: bigint,
  end: bigint,
): Promise<Record<string, string>[]> {
  const { result } = await ask<LogStream>(url, '/loki/api/v1/query_range', {
    query,
    start: String(start),
    end: String(end),
    limit: String(pageSize),
    direction: 'forward',
  });
  const entries = result.flatMap(({ stream, values }) => values.map(() => stream));
  if (entries.length < pageSize || end - start < 2n) return entries;
  const middle = (start + end) / 2n;
  return [...(await readEntries(url, query, start, middle)), ...(await readEntries(url, query, middle, end))];
}

async function ask<Row>(
  url: string,
  path: string,
  query: Record<string, string>,
): Promise<{ result: Row[] }> {
  let response: Response;
  try {
    const signal = AbortSignal.timeout(15_000);
    response = await fetch(`${url}${path}?${new URLSearchParams(query)}`, { signal });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new Error(`No Loki answers at ${url} (${describe(cause)}): start it, or ${advice}`, {
      cause: error,
    });
  }
  if (response.status === 200) return ((await response.json()) as { data: { result: Row[] } }).data;
  const text = (await response.text()).trim().slice(0, 200);
  const why =
    response.status === 401 || response.status === 403
      ? `it wants a tenant or credentials, and the demo has none: ${advice}`
      : `so this is no Loki that the demo can use: ${advice}`;
  throw new Error(`The Loki at ${url} answered ${response.status} (${text || 'no text'}): ${why}`);
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** Nanoseconds since the epoch. */
function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
