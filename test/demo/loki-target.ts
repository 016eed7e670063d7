import { LokiQueryError, queryEntries, queryInstant } from '../servers/loki-query.ts';
import type { ArrivedEntry, OccurrenceSum, Target } from './target.ts';

/** A Loki's target, apart from what it is called and how it ends. */
export type LokiQueries = Pick<Target, 'url' | 'countedBy' | 'queryable' | 'entries' | 'occurrences'>;

/** Queries a Loki without authentication. */
export function lokiQueries(url: string): LokiQueries {
  return {
    url,
    countedBy: 'asked of Loki in LogQL',
    queryable: true,
    entries: async (cluster, since) => {
      const entries = await told(url, queryEntries(url, selector(cluster), since, now()));
      return entries.map(({ labels, metadata }) => ({
        uid: metadata['event_uid'] ?? '',
        resourceVersion: metadata['resource_version'] ?? '',
        type: labels['type'] ?? '',
        reason: labels['reason'] ?? '',
        occurrences: Number(metadata['occurrences']),
      })) satisfies ArrivedEntry[];
    },
    occurrences: async (cluster, since) => {
      const end = now();
      const seconds = (end - since) / 1_000_000_000n + 1n;
      const query = `sum by (type, reason) (sum_over_time(${selector(cluster)} | unwrap occurrences [${seconds}s]))`;
      const samples = await told(url, queryInstant(url, query, end));
      return samples.map(({ labels, value }) => ({
        type: labels['type'] ?? '',
        reason: labels['reason'] ?? '',
        occurrences: value,
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
  await told(url, queryInstant(url, 'vector(1)', now()));
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

function selector(cluster: string): string {
  return `{job="kube-events", cluster="${cluster}"}`;
}

/** Words a failure for the user. */
async function told<Result>(url: string, asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    throw new Error(explain(url, error), { cause: error });
  }
}

function explain(url: string, error: unknown): string {
  if (!(error instanceof LokiQueryError)) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return `No Loki answers at ${url} (${describe(cause)}): start it, or ${advice}`;
  }
  const why =
    error.status === 401 || error.status === 403
      ? `it wants a tenant or credentials, and the demo has none: ${advice}`
      : `so this is no Loki that the demo can use: ${advice}`;
  return `The Loki at ${url} refused a query (${error.message.slice(0, 300)}): ${why}`;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** Nanoseconds since the epoch. */
function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
