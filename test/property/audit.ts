import assert from 'node:assert/strict';
import type { LokiReceiver } from '../fakes/loki.ts';
import type { PushedEntry } from '../fakes/push-request.ts';
import { type ClusterHistory, countOf, newestOf, type WrittenEvent } from './cluster-history.ts';

/** A list that was shipped while nobody could know the counts before it: its revisions above `from`, up to `at`. */
export interface BlindList {
  readonly from: bigint;
  readonly at: bigint;
}

interface Facts {
  readonly history: ClusterHistory;
  readonly loki: LokiReceiver;
  readonly blind: readonly BlindList[];
  /** Whether labels were folded. */
  readonly folds: boolean;
  /** The uids of events that Loki refused to take. */
  readonly poisoned: ReadonlySet<string>;
}

/** Asserts that what is in Loki is what the cluster wrote: nothing lost, nothing twice, and every count right. */
export function audit({ history, loki, blind, poisoned, folds }: Facts): void {
  const delivered = deliveredByUid(loki, blind, folds);
  for (const event of history.events.values()) {
    if (poisoned.has(event.uid)) continue;
    const entries = delivered.get(event.uid) ?? [];
    if (event.live) {
      const newest = newestOf(event);
      assert.ok(
        entries.some(entry => revisionOf(entry) === newest),
        `${event.uid}'s newest revision ${newest} is not in Loki`,
      );
    }
    assertCounts(event, entries, blind);
  }
}

/** Asserts that each entry tells what is new since the one before it, and that the sum is the count. */
function assertCounts(
  event: WrittenEvent,
  entries: readonly PushedEntry[],
  blind: readonly BlindList[],
): void {
  let previous = 0;
  let sum = 0;
  let known = true;
  let resets = false;
  for (const entry of entries) {
    const revision = revisionOf(entry);
    const where = `${event.uid}@${revision}`;
    const count = event.counts.get(revision);
    const occurrences = Number(entry.metadata['occurrences']);
    assert.equal(Number(entry.metadata['count']), count, `the count of ${where}`);
    if (count === undefined) continue;
    if (entry.metadata['baseline'] === 'unknown') {
      assert.ok(isBlind(revision, blind), `${where} says baseline="unknown", and it was known`);
      known = false;
    } else if (count === 1 && occurrences === 1 && isBlind(revision, blind)) {
      // Whoever doesn't know the count before takes a first occurrence for one, as it is after a reset that nobody saw.
      known = false;
    } else {
      const expected = count < previous ? count : count - previous;
      assert.equal(occurrences, expected, `the occurrences of ${where}, whose count was ${previous}`);
    }
    resets ||= count < previous;
    sum += occurrences;
    previous = count;
  }
  const written = [...event.counts.values()];
  resets ||= written.some((count, index) => count < (written[index - 1] ?? 0));
  if (event.live && known && !resets) assert.equal(sum, countOf(event), `the sum of ${event.uid}`);
}

/**
 * The entries of each event, oldest revision first. Of one revision there is one entry; only after a blind list there
 * can be a second, which says so, and which alert rules leave out, or which is folded otherwise.
 */
function deliveredByUid(
  loki: LokiReceiver,
  blind: readonly BlindList[],
  folds: boolean,
): Map<string, PushedEntry[]> {
  const all = [...loki.streams.values()].flatMap(({ entries }) => entries);
  const byUid = new Map<string, PushedEntry[]>();
  for (const [identity, copies] of Map.groupBy(all, identityOf)) {
    const known = copies.filter(({ metadata }) => metadata['baseline'] !== 'unknown');
    const [entry] = known.length > 0 ? known : copies;
    if (!entry) continue;
    const isBlindly = isBlind(revisionOf(entry), blind);
    // A list has fewer revisions than a watch, so what it ships again may fold otherwise.
    const different = isBlindly && folds ? new Set(known.map(unfolded)).size : known.length;
    assert.ok(
      copies.length <= (isBlindly ? 2 : 1) && different <= 1,
      `${identity} is in Loki ${copies.length} times: ${JSON.stringify(copies.map(({ metadata }) => metadata))}`,
    );
    const uid = entry.metadata['event_uid'] ?? '';
    byUid.set(uid, [...(byUid.get(uid) ?? []), entry]);
  }
  for (const entries of byUid.values()) entries.sort((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1));
  return byUid;
}

/** What an entry says, whichever of its labels are folded. */
function unfolded({ metadata, line }: PushedEntry): string {
  const { event_namespace: _, event_kind: __, event_reason: ___, ...rest } = metadata;
  return JSON.stringify([line, rest]);
}

function isBlind(revision: bigint, blind: readonly BlindList[]): boolean {
  return blind.some(({ from, at }) => from < revision && revision <= at);
}

function identityOf({ metadata }: PushedEntry): string {
  return `${metadata['event_uid']}@${metadata['resource_version']}`;
}

function revisionOf(entry: PushedEntry): bigint {
  return BigInt(entry.metadata['resource_version'] ?? '');
}
