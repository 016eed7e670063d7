import { locate } from '../servers/binaries.ts';
import { startLoki } from '../servers/loki.ts';
import { checkLoki, isReady, lokiQueries } from './loki-target.ts';
import type { DemoOptions } from './options.ts';
import { openReceiverTarget } from './receiver-target.ts';
import type { Target } from './target.ts';

const defaultUrl = 'http://127.0.0.1:3100';

/**
 * The Loki given; else one of our own where that's wanted; else one that runs on the default port; else one of our
 * own where a program for it is at hand; else a receiver that only counts.
 *
 * @param note is told what takes a while
 * @throws Error, worded for the user, where the Loki can't be used.
 */
export async function openTarget(
  { lokiUrl, loki }: DemoOptions,
  note: (text: string) => void,
): Promise<Target> {
  if (lokiUrl !== undefined) return runningLoki(lokiUrl, 'given');
  if (loki) return ownLoki(note);
  if (await isReady(defaultUrl)) return runningLoki(defaultUrl, 'already running');
  if ((await locate('loki', { build: false })) !== undefined) return ownLoki(note);
  return openReceiverTarget();
}

async function runningLoki(url: string, which: string): Promise<Target> {
  const version = await checkLoki(url);
  return {
    ...lokiQueries(url),
    description: `Loki ${version ?? ''}, ${which}`.replace(' ,', ','),
    logcli: undefined,
    refuseOnce: undefined,
    stop: () => Promise.resolve(),
  };
}

async function ownLoki(note: (text: string) => void): Promise<Target> {
  note('starting a Loki of its own');
  const server = await startLoki({ own: true });
  const version = await checkLoki(server.url);
  return {
    ...lokiQueries(server.url),
    description: `Loki ${version ?? ''}, started for this demo`.replace(' ,', ','),
    logcli: server.tools?.logcli,
    refuseOnce: undefined,
    stop: () => server.stop(),
  };
}
