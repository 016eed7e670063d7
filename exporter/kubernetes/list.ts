import { readAtMost } from '../bytes.ts';
import { ApiError } from './api-error.ts';
import { type Cluster, connectionError } from './cluster.ts';
import type { Source, WatchedObject } from './source.ts';
import { parseRevision } from './watch.ts';

const pageSize = 500;
/** A page of more bytes is asked for again with fewer items: 500 events may take 700 MB, and no string holds them. */
const maxPageBytes = 32 << 20;
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
  const { name, limit: most = pageSize } = options;
  let limit = most;
  const selectors = [source.fieldSelector, name && `metadata.name=${name}`].filter(Boolean);
  const selected = selectors.length > 0 && { fieldSelector: selectors.join(',') };
  const exact = at === undefined ? {} : { resourceVersion: String(at), resourceVersionMatch: 'Exact' };
  let next: string | undefined;
  for (;;) {
    // A continue token carries the revision itself; the API refuses both together.
    const query = { limit: String(limit), ...selected, ...(next === undefined ? exact : { continue: next }) };
    const { page, bytes } = await readPage(cluster, source.path, query, signal);
    if (page === undefined) {
      if (limit === 1) throw new ApiError(`a list of one object is larger than ${maxPageBytes} bytes`, 0);
      limit = Math.ceil(limit / 8);
      continue;
    }
    const revision = parseRevision(page.metadata?.resourceVersion);
    if (revision === undefined) throw new ApiError('the list carries no resourceVersion', 0);
    const items: Listed<T>[] = [];
    let malformed = 0;
    for (const raw of Array.isArray(page.items) ? page.items : []) {
      const object = source.parse(raw);
      const itemRevision = parseRevision(object.metadata?.resourceVersion);
      if (itemRevision === undefined) malformed += 1;
      else items.push({ object, revision: itemRevision });
    }
    yield { revision, items, malformed };
    if (bytes * 4 < maxPageBytes) limit = Math.min(most, limit * 2);
    next = page.metadata?.continue || undefined;
    if (next === undefined) return;
  }
}

interface ObjectList {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: unknown;
}

/** No page for one that is too large. */
async function readPage(
  cluster: Cluster,
  path: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<{ readonly page: ObjectList | undefined; readonly bytes: number }> {
  try {
    const body = await cluster.get(path, query, { signal, bodyTimeoutMs });
    const { text, complete } = await readAtMost(body, maxPageBytes);
    return { page: complete ? parsePage(text) : undefined, bytes: text.length };
  } catch (error) {
    throw connectionError(error);
  }
}

function parsePage(text: string): ObjectList {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    // The parser's own words would show a part of the text, which may be a secret.
    throw new ApiError('the list is not JSON', 0);
  }
  return typeof page === 'object' && page !== null ? page : {};
}
