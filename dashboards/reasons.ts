import { isKnownReason, REASONS } from '../exporter/event/reasons/catalogue.ts';
import type { EventReason } from '../exporter/event/reasons/reason.ts';

/** The catalogue's reasons of a kind, in its order. */
export function reasonsWhere(wanted: (entry: EventReason) => boolean): readonly string[] {
  return [...new Set(REASONS.filter(wanted).map(({ reason }) => reason))];
}

/**
 * Some of the catalogue's reasons.
 * @throws RangeError for one that it doesn't have
 */
export function known(...reasons: readonly string[]): readonly string[] {
  const unknown = reasons.filter(reason => !isKnownReason(reason));
  if (unknown.length > 0) throw new RangeError(`not in the catalogue of reasons: ${unknown.join(', ')}`);
  return reasons;
}

/** RE2 for any of some reasons. */
export function anyOf(reasons: readonly string[]): string {
  return reasons.join('|');
}
