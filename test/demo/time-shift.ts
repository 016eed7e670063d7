import type { EventObject, WatchFrame } from '../fakes/frame.ts';

const rfc3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Go's zero time stands for "no time", and stays. */
const goZeroTime = '0001-01-01T00:00:00Z';

/**
 * Moves an RFC 3339 time by whole seconds. Its fraction is text that isn't touched, so no digit is lost; null and
 * what is no time stay as they are.
 */
export function shiftTime<T extends string | null | undefined>(time: T, seconds: number): T | string {
  const milliseconds = wholeSeconds(time);
  if (!time || milliseconds === undefined) return time;
  const fraction = rfc3339.exec(time)?.[2] ?? '';
  return `${new Date(milliseconds + seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

/** The same event with all of its times moved by whole seconds. */
export function shiftEvent(event: EventObject, seconds: number): EventObject {
  const shifted: EventObject = { ...event, metadata: { ...event.metadata } };
  const { metadata, series } = shifted;
  if (metadata.creationTimestamp) metadata.creationTimestamp = shiftTime(metadata.creationTimestamp, seconds);
  if (series?.lastObservedTime) {
    shifted.series = { ...series, lastObservedTime: shiftTime(series.lastObservedTime, seconds) };
  }
  for (const field of ['firstTimestamp', 'lastTimestamp', 'eventTime'] as const) {
    if (event[field]) shifted[field] = shiftTime(event[field], seconds);
  }
  return shifted;
}

/**
 * Moves all times of a recording so that its newest one is in the second of `end` at the latest.
 *
 * @param end milliseconds since the epoch
 */
export function shiftToEnd(frames: readonly WatchFrame[], end: number): WatchFrame[] {
  const newest = Math.max(...frames.map(({ object }) => newestSecond(object)));
  // A second less, because the newest time has a fraction that the whole seconds don't show.
  const seconds = Math.floor(end / 1000) - newest / 1000 - 1;
  if (!Number.isFinite(seconds)) return [...frames];
  return frames.map(frame => ({ ...frame, object: shiftEvent(frame.object, seconds) }));
}

function newestSecond({ metadata, series, firstTimestamp, lastTimestamp, eventTime }: EventObject): number {
  const times = [
    metadata.creationTimestamp,
    series?.lastObservedTime,
    firstTimestamp,
    lastTimestamp,
    eventTime,
  ];
  return Math.max(...times.map(time => wholeSeconds(time) ?? Number.NEGATIVE_INFINITY));
}

/** Milliseconds since the epoch, without the fraction; undefined for what is no time. */
function wholeSeconds(time: string | null | undefined): number | undefined {
  if (!time || time === goZeroTime) return undefined;
  const match = rfc3339.exec(time);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
