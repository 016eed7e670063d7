import { type Expectation, revisionKey } from './expectation.ts';
import type { ArrivedEntry, OccurrenceSum } from './target.ts';

/** How what arrived compares with what had to. */
export interface Comparison {
  readonly rows: readonly ComparedRow[];
  readonly events: number;
  readonly revisions: number;
  /** Whether the source knows all of its revisions, so that none can be missing unseen. */
  readonly complete: boolean;
  /** What differs, one sentence each, for people; empty where all is well. */
  readonly faults: readonly string[];
}

/** One type and reason. */
export interface ComparedRow {
  readonly type: string;
  readonly reason: string;
  /** Event objects. */
  readonly events: number;
  /** How often they have occurred, by the target. */
  readonly occurrences: number;
  /** The same, by the source. */
  readonly expected: number;
}

/** How many examples of a fault are named. */
const examples = 3;

/** Compares entry by entry and sum by sum. */
export function compare(
  expectation: Expectation,
  entries: readonly ArrivedEntry[],
  sums: readonly OccurrenceSum[],
): Comparison {
  const rows = compareSums(expectation, sums);
  const faults = [...compareRevisions(expectation, entries), ...compareCounts(expectation, entries)];
  const wrong = rows.filter(({ occurrences, expected }) => occurrences !== expected);
  if (wrong.length > 0) faults.push(`${wrong.length} of ${rows.length} rows above differ from the source`);
  const revisions = new Set(entries.map(({ uid, resourceVersion }) => revisionKey(uid, resourceVersion)));
  return {
    rows,
    events: expectation.events.size,
    revisions: revisions.size,
    complete: expectation.revisions !== undefined,
    faults,
  };
}

function compareSums(expectation: Expectation, sums: readonly OccurrenceSum[]): ComparedRow[] {
  const rows = new Map<
    string,
    { type: string; reason: string; events: number; occurrences: number; expected: number }
  >();
  const rowOf = (type: string, reason: string) => {
    const key = JSON.stringify([type, reason]);
    const row = rows.get(key) ?? { type, reason, events: 0, occurrences: 0, expected: 0 };
    rows.set(key, row);
    return row;
  };
  for (const { type, reason, count } of expectation.events.values()) {
    const row = rowOf(type, reason);
    row.events += 1;
    row.expected += count;
  }
  for (const { type, reason, occurrences } of sums) rowOf(type, reason).occurrences += occurrences;
  return [...rows.values()].sort(
    (a, b) =>
      (a.type < b.type ? -1 : a.type > b.type ? 1 : 0) ||
      b.expected - a.expected ||
      (a.reason < b.reason ? -1 : 1),
  );
}

function compareRevisions({ events, revisions }: Expectation, entries: readonly ArrivedEntry[]): string[] {
  const arrived = new Map<string, number>();
  for (const { uid, resourceVersion } of entries) {
    const key = revisionKey(uid, resourceVersion);
    arrived.set(key, (arrived.get(key) ?? 0) + 1);
  }
  const newest = [...events].map(([uid, { resourceVersion }]) => revisionKey(uid, resourceVersion));
  const due = revisions ?? new Set(newest);
  const missing = [...due].filter(key => !arrived.has(key));
  const repeated = [...arrived].filter(([, times]) => times > 1).map(([key]) => key);
  const unknown = revisions === undefined ? [] : [...arrived.keys()].filter(key => !revisions.has(key));
  return [
    ...fault(missing, `of ${due.size.toLocaleString('en')} revisions did not arrive`),
    ...fault(repeated, 'revisions arrived more than once'),
    ...fault(unknown, 'revisions arrived that the source never had'),
  ];
}

function compareCounts({ events }: Expectation, entries: readonly ArrivedEntry[]): string[] {
  const sums = new Map<string, number>();
  for (const { uid, occurrences } of entries) sums.set(uid, (sums.get(uid) ?? 0) + occurrences);
  const wrong = [...events]
    .filter(([uid, { count }]) => sums.get(uid) !== count)
    .map(([uid, { name, count }]) => `${name} ${sums.get(uid) ?? 0} for ${count}`);
  return fault(wrong, 'events have occurrences that do not add up to their count');
}

function fault(which: readonly string[], what: string): string[] {
  if (which.length === 0) return [];
  const more = which.length > examples ? ', …' : '';
  return [`${which.length.toLocaleString('en')} ${what}: ${which.slice(0, examples).join(', ')}${more}`];
}
