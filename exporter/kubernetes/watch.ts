import { ApiError } from './api-error.ts';
import { type Cluster, connectionError } from './cluster.ts';
import { oversizedLine, splitLines } from './lines.ts';
import type { Source, WatchedObject } from './source.ts';

/**
 * One frame of a watch. `malformed` is what is no frame: no JSON, no known type, or an object without a
 * resourceVersion.
 */
export type WatchFrame<T> =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
      readonly object: T;
      readonly revision: bigint;
    }
  | { readonly type: 'malformed' };

/** etcd stores no object above 1.5 MiB by default; JSON and managedFields can multiply that. */
const maxFrameBytes = 16 << 20;

/** Beyond the time that the server was told to end the watch after, a silent connection is a dead one. */
const graceMs = 30_000;

export interface WatchOptions<T extends WatchedObject> {
  readonly source: Source<T>;
  /** Frames after this resourceVersion. */
  readonly from: bigint;
  /** After how many seconds the server is to end the watch. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Called once the server has answered with a stream. */
  readonly answered?: () => void;
}

/**
 * Watches from a resourceVersion until the server ends the watch. The connection is read only as fast as the
 * frames are taken.
 * @throws ApiError for an ERROR frame, a refusal, or a connection that breaks
 */
export async function* watch<T extends WatchedObject>(
  cluster: Cluster,
  options: WatchOptions<T>,
): AsyncGenerator<WatchFrame<T>> {
  const silence = AbortSignal.timeout(options.timeoutSeconds * 1000 + graceMs);
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: String(options.from),
    timeoutSeconds: String(options.timeoutSeconds),
    ...(options.source.fieldSelector && { fieldSelector: options.source.fieldSelector }),
  };
  const signal = AbortSignal.any([options.signal, silence]);
  try {
    const body = await cluster.get(options.source.path, query, { signal, bodyTimeoutMs: 0 });
    options.answered?.();
    for await (const line of splitLines(body, maxFrameBytes)) {
      if (line !== '') yield parseFrame(line, options.source);
    }
  } catch (error) {
    throw connectionError(error);
  }
}

function parseFrame<T extends WatchedObject>(
  line: string | typeof oversizedLine,
  source: Source<T>,
): WatchFrame<T> {
  if (line === oversizedLine) return { type: 'malformed' };
  let frame: { type?: unknown; object?: unknown };
  try {
    frame = JSON.parse(line);
  } catch {
    return { type: 'malformed' };
  }
  switch (frame?.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK': {
      const object = source.parse(frame.object);
      const revision = parseRevision(object.metadata?.resourceVersion);
      if (revision === undefined) return { type: 'malformed' };
      return { type: frame.type, object, revision };
    }
    case 'ERROR':
      throw ApiError.fromStatus(frame.object, 500);
    default:
      return { type: 'malformed' };
  }
}

/** etcd counts its revisions in 64 bits with a sign, and so does the local state. */
const maxRevision = 2n ** 63n - 1n;

/**
 * A resourceVersion as the integer that it is: Kubernetes declares them comparable since 1.35, and every etcd-backed
 * one before is. Undefined for anything else.
 */
export function parseRevision(resourceVersion: unknown): bigint | undefined {
  if (typeof resourceVersion !== 'string' || !/^\d{1,19}$/.test(resourceVersion)) return undefined;
  const revision = BigInt(resourceVersion);
  return revision <= maxRevision ? revision : undefined;
}
