import { ApiError } from './api-error.ts';
import { type Cluster, connectionError } from './cluster.ts';
import type { Source, WatchedObject } from './source.ts';
import { parseRevision } from './watch.ts';

const pageSize = 500;
const bodyTimeoutMs = 60_000;

/** An object of a list, with its resourceVersion as a number. */
export interface Listed<T> {
  readonly object: T;
  readonly revision: bigint;
}

/** One page of a list. Every page of one list shows the cluster at the same revision. */
export interface ListPage<T> {
  readonly revision: bigint;
  readonly items: readonly Listed<T>[];
  /** Items without a resourceVersion, which can be no objects. */
  readonly malformed: number;
}

/**
 * Lists in pages, in the API server's order (by key, not by time).
 * @param options.name only the object of this name
 * @param options.limit items per page
 * @param at the state exactly at this resourceVersion; the newest where it is undefined
 * @throws ApiError, of class `expired` where the revision is compacted away, also between two pages
 */
export async function* list<T extends WatchedObject>(
  cluster: Cluster,
  source: Source<T>,
  at: bigint | undefined,
  signal: AbortSignal,
  options: { readonly name?: string | undefined; readonly limit?: number } = {},
): AsyncGenerator<ListPage<T>> {
  const { name, limit = pageSize } = options;
  const selectors = [source.fieldSelector, name && `metadata.name=${name}`].filter(Boolean);
  const selected = selectors.length > 0 && { fieldSelector: selectors.join(',') };
  const exact = at === undefined ? {} : { resourceVersion: String(at), resourceVersionMatch: 'Exact' };
  let next: string | undefined;
  do {
    // A continue token carries the revision itself; the API refuses both together.
    const query = { limit: String(limit), ...selected, ...(next === undefined ? exact : { continue: next }) };
    const body = await readPage(cluster, source.path, query, signal);
    const revision = parseRevision(body.metadata?.resourceVersion);
    if (revision === undefined) throw new ApiError('the list carries no resourceVersion', 0);
    const items: Listed<T>[] = [];
    let malformed = 0;
    for (const raw of Array.isArray(body.items) ? body.items : []) {
      const object = source.parse(raw);
      const itemRevision = parseRevision(object.metadata?.resourceVersion);
      if (itemRevision === undefined) malformed += 1;
      else items.push({ object, revision: itemRevision });
    }
    yield { revision, items, malformed };
    next = body.metadata?.continue || undefined;
  } while (next !== undefined);
}

interface ObjectList {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: unknown;
}

async function readPage(
  cluster: Cluster,
  path: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<ObjectList> {
  try {
    const body = await cluster.get(path, query, { signal, bodyTimeoutMs });
    return (await body.json()) as ObjectList;
  } catch (error) {
    throw connectionError(error);
  }
}
