import { otherValue } from '../schema.ts';
import { tickOf } from './event-clock.ts';
import { maxValueBytes } from './label-values.ts';

/** The labels that the budget bounds; the others have a few fixed values. */
export const boundedLabels = ['namespace', 'kind', 'reason'] as const;
export type BoundedLabel = (typeof boundedLabels)[number];

/**
 * What decides an entry's fold, and nothing else does beside the state. It waits with its entry.
 */
export interface Foldable {
  /** The labels' real values; empty for a label that the event doesn't have. */
  readonly namespace: string;
  readonly kind: string;
  readonly reason: string;
  /** `Normal`, `Warning`; anything else is `__other__`. */
  readonly type: string;
  /** Whether Kubernetes itself gives this reason. */
  readonly known: boolean;
  /** When the event last occurred, by `tickOf`; absent for an event without a time. */
  readonly tick?: number;
  /** The route that it goes by, where routes have labels of their own. */
  readonly route?: string;
}

/** What an entry folds by. @param time when it last occurred, in nanoseconds since 1970 */
export function foldableOf(
  labels: Readonly<Partial<Record<BoundedLabel | 'type', string>>>,
  time: bigint | undefined,
  known: boolean,
  route?: string,
): Foldable {
  return {
    namespace: short(labels.namespace),
    kind: short(labels.kind),
    reason: short(labels.reason),
    type: labels.type ?? '',
    known,
    ...(time !== undefined && { tick: tickOf(time) }),
    ...(route !== undefined && { route }),
  };
}

/** As text, for an entry that waits on disk. */
export function formatFoldable({ namespace, kind, reason, type, known, tick, route }: Foldable): string {
  return JSON.stringify([namespace, kind, reason, type, known, tick ?? null, route ?? null]);
}

/** What `formatFoldable` wrote. @throws SyntaxError */
export function parseFoldable(text: string): Foldable {
  const [namespace, kind, reason, type, known, tick, route] = JSON.parse(text);
  return {
    namespace,
    kind,
    reason,
    type,
    known,
    ...(tick !== null && { tick }),
    ...(route !== null && { route }),
  };
}

/** It waits with its entry, so a value that may be a megabyte and folds anyway isn't kept. */
function short(value = ''): string {
  return value.length > maxValueBytes ? otherValue : value;
}
