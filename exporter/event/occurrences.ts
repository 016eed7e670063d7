import type { CoreEvent } from './wire.ts';

/**
 * How often the event has occurred, as `kubectl get events` counts it: `series.count`, else `count`, else 1.
 * Source: printEvent in pkg/printers/internalversion/printers.go.
 */
export function countOf(event: CoreEvent): number {
  return positive(event.series?.count) ?? positive(event.count) ?? 1;
}

function positive(count: unknown): number | undefined {
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** An event's count at the revision before this one: 0 for a new event, unknown where nobody saw it. */
export type PreviousCount = number | 'unknown';

/**
 * How many occurrences are new since the revision before. Their sum over an event's revisions is its count.
 * A count below the last one was reset by its writer, so all of it is new.
 */
export function occurrencesSince(previous: PreviousCount, count: number): number {
  if (previous === 'unknown' || count < previous) return count;
  return count - previous;
}
