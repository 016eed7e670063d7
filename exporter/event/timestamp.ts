import type { CoreEvent } from './wire.ts';

const rfc3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

/** Go's zero time, which some clients write where they mean "no time". */
const goZeroTime = -62_135_596_800_000;

/**
 * Nanoseconds since 1970 of an RFC 3339 time, with every digit that it has up to nine (a `Date` keeps three).
 * Undefined for what is no time: null, empty, malformed, or Go's zero time.
 */
export function parseTimestamp(text: string | null | undefined): bigint | undefined {
  if (!text) return undefined;
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const milliseconds = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(milliseconds) || milliseconds === goZeroTime) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/**
 * When the event last occurred, in nanoseconds since 1970: the first of these that is a time:
 * `series.lastObservedTime`, `lastTimestamp`, `eventTime`, `firstTimestamp`, `metadata.creationTimestamp`.
 * Undefined where it has none of them.
 */
export function lastOccurrence(event: CoreEvent): bigint | undefined {
  return (
    parseTimestamp(event.series?.lastObservedTime) ??
    parseTimestamp(event.lastTimestamp) ??
    parseTimestamp(event.eventTime) ??
    parseTimestamp(event.firstTimestamp) ??
    parseTimestamp(event.metadata?.creationTimestamp)
  );
}

/** When the event first occurred, as the API wrote it; undefined where it doesn't say. */
export function firstOccurrence(event: CoreEvent): string | undefined {
  for (const text of [event.firstTimestamp, event.eventTime, event.metadata?.creationTimestamp]) {
    if (parseTimestamp(text) !== undefined) return text ?? undefined;
  }
  return undefined;
}
