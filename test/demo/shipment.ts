import { setTimeout as sleep } from 'node:timers/promises';
import type { ExporterCounts, ExporterProcess } from '../servers/exporter.ts';
import { type Comparison, compare } from './comparison.ts';
import type { Progress } from './progress.ts';
import type { Source } from './source.ts';
import type { Target } from './target.ts';

const pollMs = 200;
/** How long the exporter may go on after the last event before we compare what there is. */
const settleMs = 20_000;
/** How long nothing may come at all, while the source still plays. */
const stuckMs = 30_000;
/** How long nothing new may come before the exporter counts as done, where the total isn't known. */
const quietMs = 3000;

/**
 * Plays the source while the exporter ships it, and shows how far it is, until everything is delivered or no more
 * time is left. What is missing then, the comparison shows.
 *
 * @throws Error with the end of its log where the exporter ends.
 */
export async function ship(
  source: Source,
  exporter: ExporterProcess,
  target: Target,
  progress: Progress,
): Promise<void> {
  const ended = new AbortController();
  let played: number | undefined;
  const playing = source
    .play(text => progress.note(text), ended.signal)
    .finally(() => {
      played = performance.now();
    });
  // It is awaited below, after the polling: until then nobody would handle its failure.
  playing.catch(() => undefined);
  try {
    let received = 0;
    let refused = false;
    let changed = performance.now();
    for (;;) {
      const counts = await exporter.counts();
      const now = performance.now();
      if (counts.received !== received) changed = now;
      received = counts.received;
      progress.update('shipped', counts.delivered, source.total);
      if (target.refuseOnce !== undefined && !refused && counts.delivered > (source.total ?? 0) / 2) {
        refused = true;
        target.refuseOnce();
        progress.note('fault: the receiver refuses a push (429 with Retry-After)');
      }
      if (played === undefined) {
        if (now - changed > stuckMs) return;
      } else if (isDone(counts, source.total, now - changed) || now - played > settleMs) {
        await playing;
        return;
      }
      await sleep(pollMs);
    }
  } finally {
    ended.abort();
  }
}

function isDone(
  { delivered, left, inFlight }: ExporterCounts,
  total: number | undefined,
  quiet: number,
): boolean {
  if (inFlight > 0) return false;
  return total === undefined ? quiet > quietMs : delivered + left >= total;
}

/** Compares the target with the source; again for a while where they differ, because a Loki may need a moment. */
export async function check(
  source: Source,
  target: Target,
  cluster: string,
  since: bigint,
): Promise<Comparison> {
  for (let attempt = 1; ; attempt += 1) {
    const entries = await target.entries(cluster, since);
    const sums = await target.occurrences(cluster, since);
    const comparison = compare(await source.expect(), entries, sums);
    if (comparison.faults.length === 0 || attempt === 5) return comparison;
    await sleep(1000);
  }
}
