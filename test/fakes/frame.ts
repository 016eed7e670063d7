/** The fields of a core/v1 Event that the fakes and the demo read; everything else passes through untouched. */
export interface EventObject {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp?: string | null;
    [field: string]: unknown;
  };
  type?: string;
  reason?: string;
  count?: number | null;
  series?: { count?: number | null; lastObservedTime?: string | null; [field: string]: unknown } | null;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  [field: string]: unknown;
}

/** One line of a watch, as the API server sends it. */
export interface WatchFrame {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: EventObject;
}

/** The revision a frame brings. A DELETED frame carries the revision of the deletion. */
export function revisionOf(frame: WatchFrame): bigint {
  return BigInt(frame.object.metadata.resourceVersion);
}

/**
 * Reads recorded watch frames, one JSON object a line; empty lines are skipped.
 *
 * @throws SyntaxError naming the line that is not a watch frame of a core/v1 Event.
 */
export function parseFrames(ndjson: string): WatchFrame[] {
  const frames: WatchFrame[] = [];
  for (const [index, line] of ndjson.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const frame: unknown = JSON.parse(line);
      if (!isWatchFrame(frame)) throw new SyntaxError('no type, name, namespace, uid or resourceVersion');
      frames.push(frame);
    } catch (error) {
      throw new SyntaxError(`line ${index + 1} is not a watch frame of an event: ${String(error)}`);
    }
  }
  return frames;
}

function isWatchFrame(value: unknown): value is WatchFrame {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('object' in value)) return false;
  const { type, object } = value;
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return false;
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return false;
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null) return false;
  const fields = new Map<string, unknown>(Object.entries(metadata));
  return (
    ['name', 'namespace', 'uid'].every(key => typeof fields.get(key) === 'string') &&
    /^[1-9]\d*$/.test(String(fields.get('resourceVersion')))
  );
}
