import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeApiServer } from '../fakes/api-server.ts';
import { parseFrames, revisionOf, type WatchFrame } from '../fakes/frame.ts';
import { type Expectation, expectFrames } from './expectation.ts';
import type { Source } from './source.ts';
import { shiftToEnd } from './time-shift.ts';

/** How much of the recording is there before the exporter starts, and comes by LIST. */
const listedPart = 0.6;
/** How long the rest is played over the watch. */
const playMs = 13_000;
/** How many revisions are written while the watch is down and their start is compacted away. */
const gapFrames = 5;

/**
 * The recorded scenario, played by an in-process API server with the faults that a client meets in a real cluster.
 *
 * @param file watch frames, one a line
 */
export async function openRecordedSource(file: string): Promise<Source> {
  const recorded = parseFrames(await readFile(file, 'utf8'));
  // A watch that began with the state recorded that in the order of the keys.
  recorded.sort((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1));
  const frames = shiftToEnd(recorded, Date.now());
  const split = Math.floor(frames.length * listedPart);
  const first = frames.slice(0, split);
  const later = frames.slice(split);
  const server = await new FakeApiServer().start();
  server.append(...first);
  const expectation: Expectation = expectFrames(first, later);
  return {
    name: 'recorded scenario',
    description: `${frames.length.toLocaleString('en')} revisions, played by an in-process API server`,
    url: server.url,
    total: expectation.revisions?.size,
    writeKubeconfig: path => server.writeKubeconfig(path),
    play: (note, signal) => playWithFaults(server, later, note, signal),
    expect: () => Promise.resolve(expectation),
    stop: () => server.stop(),
  };
}

async function playWithFaults(
  server: FakeApiServer,
  frames: readonly WatchFrame[],
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const paceMs = playMs / frames.length;
  const play = (from: number, to: number) => server.play(frames.slice(from, to), { paceMs, signal });
  const quarter = Math.floor(frames.length / 4);
  await play(0, quarter);

  note('fault: the watch is cut in the middle of a frame');
  await openWatch(server, signal);
  server.cutWatches();
  await play(quarter, 2 * quarter);

  note('fault: the watch ends, and the API server answers 500, then 429');
  await openWatch(server, signal);
  server.answerNext(1, { status: 500 }, 'watch');
  server.answerNext(1, { status: 429, retryAfterSeconds: 1 }, 'watch');
  server.endWatches();
  const gap = findGap(frames, 3 * quarter);
  await play(2 * quarter, gap);

  if (gap < frames.length) {
    note('fault: the watch ends, and its position is compacted away (410 Expired)');
    await openWatch(server, signal);
    server.endWatches();
    server.append(...frames.slice(gap, gap + gapFrames));
    server.compact();
    // A relist shows the newest revision of each event: nothing may be replaced before it.
    await openWatch(server, signal);
    await play(gap + gapFrames, frames.length);
  }
}

/** Waits until a watch is open and up to date, so that what follows hits one. */
async function openWatch(server: FakeApiServer, signal: AbortSignal): Promise<void> {
  while (!server.caughtUp) await sleep(20, undefined, { signal });
}

/**
 * Where revisions may be compacted away with nothing lost to anybody: none of them replaces or deletes another, so
 * a relist shows them all. The end of the frames where there is no such place.
 */
function findGap(frames: readonly WatchFrame[], from: number): number {
  for (let at = from; at + gapFrames <= frames.length; at += 1) {
    const gap = frames.slice(at, at + gapFrames);
    const events = new Set(gap.map(({ object }) => object.metadata.uid));
    if (events.size === gap.length && gap.every(({ type }) => type !== 'DELETED')) return at;
  }
  return frames.length;
}
