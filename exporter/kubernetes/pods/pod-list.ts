import type { Cluster } from '../cluster.ts';
import { type Listed, list } from '../list.ts';
import type { Witness } from '../position.ts';
import type { Source } from '../source.ts';
import type { Pod } from './pod.ts';

/** A Pod takes some 10 KB of JSON, ten times what an event does. */
const pageSize = 250;

/** What is kept of a list of Pods. */
export interface PodList {
  readonly revision: bigint;
  /** Those with failed runs, the oldest revision first. */
  readonly failed: readonly Listed<Pod>[];
  /** The newest Pod of all. */
  readonly newest: Witness | undefined;
  /** At which revision it has the Pod that was sought; undefined where it doesn't. */
  readonly found: bigint | undefined;
  readonly malformed: number;
}

/**
 * Reads a whole list, page by page, and lets go of every Pod that is well.
 * @param options.at the state exactly at this resourceVersion; the newest where it is undefined
 * @param options.sought a Pod that the list may have
 * @throws ApiError as `list` does
 */
export async function listPods(
  cluster: Cluster,
  source: Source<Pod>,
  options: { at: bigint | undefined; sought: Witness | undefined; signal: AbortSignal },
): Promise<PodList> {
  const { at, sought, signal } = options;
  const failed: Listed<Pod>[] = [];
  let newest: Witness | undefined;
  let found: bigint | undefined;
  let revision = 0n;
  let malformed = 0;
  for await (const page of list(cluster, source, at, signal, { limit: pageSize })) {
    revision = page.revision;
    malformed += page.malformed;
    for (const pod of page.items) {
      if (pod.object.failures.length > 0) failed.push(pod);
      if (!newest || pod.revision > newest.revision) newest = witnessOf(pod) ?? newest;
      if (sought && pod.object.metadata.uid === sought.uid) found = pod.revision;
    }
  }
  failed.sort((a, b) => (a.revision < b.revision ? -1 : 1));
  return { revision, failed, newest, found, malformed };
}

/** A Pod as what proves a position later. */
export function witnessOf({ object: { metadata }, revision }: Listed<Pod>): Witness | undefined {
  const { namespace, name, uid } = metadata;
  return namespace && name && uid ? { namespace, name, uid, revision } : undefined;
}
