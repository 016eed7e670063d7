import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { list } from './list.ts';
import type { Position } from './position.ts';
import type { EventSource } from './source.ts';

/**
 * Asks the API server whether a position is of its history: a watch from a resourceVersion that is ahead of it would
 * stay silent until it is reached again, with other events under the same numbers.
 * @throws ApiError of class `foreign` where it is not, `expired` where nobody can tell any more
 */
export async function confirmWitness(
  cluster: Cluster,
  source: EventSource,
  position: Position,
  signal: AbortSignal,
): Promise<void> {
  const { at, witness } = position;
  const where = witness
    ? { path: source.path.replace(/events$/, `namespaces/${witness.namespace}/events`), name: witness.name }
    : { path: source.path, name: undefined };
  const asked = { ...source, path: where.path };
  for await (const page of list(cluster, asked, at, signal, { name: where.name, limit: 1 })) {
    if (!witness) return;
    const found = page.items.some(({ object, revision }) => {
      return object.metadata?.uid === witness.uid && revision === witness.revision;
    });
    if (!found) {
      throw new ApiError(`event ${witness.name} is not what it was at ${at}`, 0, { class: 'foreign' });
    }
    return;
  }
}
