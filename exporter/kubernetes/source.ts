import type { ObjectMeta } from '../event/wire.ts';

/** What every object that is listed and watched has. */
export interface WatchedObject {
  readonly metadata?: ObjectMeta | undefined;
}

/** Which objects are listed and watched, and what is read of each. */
export interface Source<T extends WatchedObject> {
  /** As in `/api/v1/events`. */
  readonly path: string;
  /** Only objects that it selects are listed and watched: the API server's `fieldSelector`. */
  readonly fieldSelector?: string | undefined;
  /** Takes from an object what is read of it. Never throws. */
  parse(raw: unknown): T;
}

/**
 * What a source is called in the checkpoint: by what it reads, and the namespace where it reads one. Events are the
 * same by either of their APIs.
 */
export function sourceName(objects: 'events' | 'pods', namespace: string | undefined): string {
  return namespace === undefined ? `core/v1/${objects}` : `core/v1/${objects}/${namespace}`;
}
