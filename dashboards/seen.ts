import type { Field } from './profile.ts';
import type { Queries, Where } from './query.ts';

/** When an entry was, in milliseconds since 1970. */
const entryTime = '{{ __timestamp__ | unixEpochMillis }}';

/** When the event that an entry tells of first occurred, in milliseconds since 1970. */
const eventTime =
  '{{ if .first_seen }}{{ toDateInZone "2006-01-02T15:04:05Z07:00" "UTC" .first_seen | unixEpochMillis }}' +
  `{{ else }}${entryTime}{{ end }}`;

/** LogQL has no function for the time of an entry, but its templates do, and what they make can be unwrapped. */
function unwrapped(entries: string, template: string): string {
  return `${entries} | label_format seen=\`${template}\` | unwrap seen [$__auto]`;
}

/**
 * When what is selected first occurred, in milliseconds since 1970: which can be before the time of the dashboard,
 * where events say since when they repeat.
 * @param by labels whose values are few; none for one value
 */
export function firstSeen(query: Queries, by: readonly Field[], where: Where = {}): string {
  return outermost(
    'min',
    query,
    by,
    unwrapped(query.entries(where), query.has('first_seen') ? eventTime : entryTime),
  );
}

/** When what is selected last occurred. {@link firstSeen} */
export function lastSeen(query: Queries, by: readonly Field[], where: Where = {}): string {
  return outermost('max', query, by, unwrapped(query.entries(where), entryTime));
}

function outermost(which: 'min' | 'max', query: Queries, by: readonly Field[], range: string): string {
  const labels = by.map(field => query.nameOf(field)).join(', ');
  if (labels !== '') return `${which}_over_time(${range}) by (${labels})`;
  // Grouped on the way too, so that Loki doesn't keep a series for each entry.
  return `${which}(${which}_over_time(${range}) by (type))`;
}

/** How many rows a table of things without bound has. */
export const listed = 50;

/*
 * Objects are without bound, and so are workloads: a Pod that no controller named is one of its own. Loki answers 500
 * series at most, also within a query, which it cuts up by time and by shard: each part has that limit. It does not cut
 * `last_over_time` up (but by shard, where its operator set `shard_aggregations` so), so that `topk` sees everything, and
 * only what it leaves is counted.
 */

/**
 * What occurred last, a series each, with its time in milliseconds since 1970.
 * @param by without bound
 * @param entries a log query
 */
export function newest(query: Queries, by: readonly Field[], entries: string): string {
  return largest(query, by, unwrapped(entries, entryTime));
}

/** What has the largest counts, as events themselves have them, a series each. @param by without bound */
export function mostRepeated(query: Queries, by: readonly Field[], where: Where = {}): string {
  return largest(query, by, `${query.entries(where)} | unwrap count [$__auto]`);
}

function largest(query: Queries, by: readonly Field[], range: string): string {
  const labels = by.map(field => query.nameOf(field)).join(', ');
  return `topk(${listed}, last_over_time(${range}) by (${labels}))`;
}
