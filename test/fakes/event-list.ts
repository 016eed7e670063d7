import type { EventStore } from './event-store.ts';
import type { EventObject } from './frame.ts';
import { failure, type Status } from './status.ts';

const inconsistentContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
  'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
  'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
  'modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** A page of a LIST. */
export interface EventList {
  kind: 'EventList';
  apiVersion: 'v1';
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: EventObject[];
}

interface ContinueToken {
  v: 'meta.k8s.io/v1';
  /** -1 in the token of a 410: whatever is newest then. */
  rv: string;
  /** The last key of the page before, and a NUL: the least key after it. */
  start: string;
}

/** Answers a LIST as the API server does from etcd: an EventList, or the Status that refuses it. */
export function listEvents(
  store: EventStore,
  namespace: string | undefined,
  query: URLSearchParams,
): EventList | Status {
  const limit = Number(query.get('limit') ?? 0);
  const wanted = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const fault = invalid(query, wanted, match);
  if (fault !== undefined) return fault;

  const token = decodeContinue(query.get('continue'));
  if (token === null) return failure(400, 'invalid continue token: continue key is not valid');
  if (wanted !== '' && BigInt(wanted) > store.head) return tooLarge(wanted, store.head);
  // A limit makes a resourceVersion exact without saying so (the "legacy case" of the API server's source).
  const exact = match === 'Exact' || (match === '' && limit > 0 && wanted !== '' && wanted !== '0');
  let revision = exact ? BigInt(wanted) : store.head;
  if (token !== undefined && token.rv !== '-1') revision = BigInt(token.rv);
  if (revision < store.compacted) {
    if (token === undefined) return failure(410, 'The resourceVersion for the provided list is too old.');
    return failure(410, inconsistentContinue, { metadata: { continue: encodeContinue('-1', token.start) } });
  }

  let state = store.stateAt(revision);
  if (namespace !== undefined) state = state.filter(entry => entry.key.startsWith(`${namespace}/`));
  const selected = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  if (selected !== undefined) state = state.filter(entry => entry.frame.object.metadata.name === selected);
  if (token !== undefined) state = state.filter(entry => entry.key >= token.start);
  const page = limit > 0 ? state.slice(0, limit) : state;
  const last = page.at(-1);
  const more = last !== undefined && page.length < state.length;
  return {
    kind: 'EventList',
    apiVersion: 'v1',
    metadata: {
      resourceVersion: String(revision),
      ...(more && {
        continue: encodeContinue(String(revision), `${last.key}\0`),
        remainingItemCount: state.length - page.length,
      }),
    },
    // Items of a list carry neither kind nor apiVersion; the list's own stand for them.
    items: page.map(({ frame }) => ({ ...frame.object, kind: undefined, apiVersion: undefined })),
  };
}

function invalid(query: URLSearchParams, wanted: string, match: string): Status | undefined {
  if (!/^\d*$/.test(wanted)) return failure(400, `invalid resource version: "${wanted}"`);
  const forbidden = (why: string) =>
    failure(422, `resourceVersionMatch: Forbidden: resourceVersionMatch ${why}`);
  if (match !== '' && wanted === '') return forbidden('is forbidden unless resourceVersion is provided');
  if (match !== '' && query.has('continue')) return forbidden('is forbidden when continue is provided');
  if (match === 'Exact' && wanted === '0') return forbidden('"exact" is forbidden for resourceVersion "0"');
  if (query.has('continue') && wanted !== '' && wanted !== '0') {
    return failure(400, 'specifying resource version is not allowed when using continue');
  }
  return undefined;
}

function tooLarge(wanted: string, head: bigint): Status {
  return failure(504, `Timeout: Too large resource version: ${wanted}, current: ${head}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}

function encodeContinue(rv: string, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url');
}

/** undefined where there is no token, null where it is none. */
function decodeContinue(text: string | null): ContinueToken | undefined | null {
  if (text === null || text === '') return undefined;
  try {
    const token: ContinueToken = JSON.parse(Buffer.from(text, 'base64url').toString());
    return token.v === 'meta.k8s.io/v1' && /^(-1|[1-9]\d*)$/.test(token.rv) ? token : null;
  } catch {
    return null;
  }
}
