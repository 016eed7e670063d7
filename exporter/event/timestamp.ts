import type { CoreEvent } from './wire.ts';

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

const daySeconds = 86_400;

/** Go's zero time, which some clients write where they mean "no time", in seconds since 1970. */
const goZeroTime = -62_135_596_800;

/**
 * Nanoseconds since 1970 of an RFC 3339 time, with every digit that it has up to nine (a `Date` keeps three). A leap
 * second is the second after it, as in Unix time.
 * Undefined for what is no time: null, empty, malformed, a day or an hour that there is not, or Go's zero time.
 */
export function parseTimestamp(text: string | null | undefined): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const local = midnight(year, month, day) + hour * 3600 + minute * 60 + second;
  const offset = (offsetHour * 60 + offsetMinute) * 60;
  const seconds = match[8] === '-' ? local + offset : local - offset;
  if (second === 60 && seconds % daySeconds !== 0) return undefined;
  if (seconds === goZeroTime) return undefined;
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Seconds since 1970. Date.UTC takes the years below 100 for those from 1900, so it is asked 400 years later. */
function midnight(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month - 1, day) / 1000 - 146_097 * daySeconds;
}

/** What Loki can tell apart: it counts nanoseconds since 1970 in 64 bits, from the year 1677 to 2262. */
const earliest = -(2n ** 63n);
const latest = 2n ** 63n - 1n;

/** The nearest time that Loki can tell from others; beyond it, its 64 bits would wrap round to any time at all. */
export function clampTimestamp(timestamp: bigint): bigint {
  return timestamp < earliest ? earliest : timestamp > latest ? latest : timestamp;
}

/** RFC 3339 in UTC with nine digits, for any time that {@link parseTimestamp} gives. */
export function formatTimestamp(timestamp: bigint): string {
  const { seconds, nanos } = splitTimestamp(timestamp);
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${whole}.${String(nanos).padStart(9, '0')}Z`;
}

const billion = 1_000_000_000n;

/** Seconds, rounded down before 1970 too, and the nanoseconds above them. */
export function splitTimestamp(timestamp: bigint): { seconds: bigint; nanos: bigint } {
  const nanos = ((timestamp % billion) + billion) % billion;
  return { seconds: (timestamp - nanos) / billion, nanos };
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
