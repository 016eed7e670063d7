import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { list } from './list.ts';
import type { Position } from './position.ts';
import type { Source, WatchedObject } from './source.ts';

/**
 * Asks the API server whether a position is of its history: a watch from a resourceVersion that is ahead of it would
 * stay silent until it is reached again, with other events under the same numbers.
 * @throws ApiError of class `foreign` where it is not, `expired` where nobody can tell any more
 */
export async function confirmWitness<T extends WatchedObject>(
  cluster: Cluster,
  source: Source<T>,
  position: Position,
  signal: AbortSignal,
): Promise<void> {
  const { at, witness } = position;
  const path = witness ? pathIn(witness.namespace, source.path) : source.path;
  // Not by the source's selector, which may be another one now.
  const asked: Source<T> = { path, parse: raw => source.parse(raw) };
  for await (const page of list(cluster, asked, at, signal, { name: witness?.name, limit: 1 })) {
    if (!witness) return;
    const found = page.items.some(({ object, revision }) => {
      return object.metadata?.uid === witness.uid && revision === witness.revision;
    });
    if (!found) {
      throw new ApiError(`${witness.name} is not what it was at ${at}`, 0, { class: 'foreign' });
    }
    return;
  }
}

/** The path of one namespace's objects, of the path of all. */
function pathIn(namespace: string, path: string): string {
  if (path.includes('/namespaces/')) return path;
  return path.replace(/[^/]+$/, objects => `namespaces/${encodeURIComponent(namespace)}/${objects}`);
}
