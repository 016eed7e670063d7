import { howToGet, locate, type Server } from './binaries.ts';
import { givenLokiUrl } from './loki.ts';

const told = new Set<string>();

/**
 * For node:test's `skip` option: false where all these servers can be had (they are built where needed, which takes
 * minutes once), else why not. Each reason is also said once, loudly, on stderr.
 *
 * @example
 * const skip = await skipWithout('kubernetes', 'etcd', 'loki');
 * test('the main job', { skip }, async () => {});
 *
 * @throws Error instead of skipping where the variable `CI` is set.
 */
export async function skipWithout(...servers: readonly Server[]): Promise<string | false> {
  const missing: Server[] = [];
  for (const server of servers) {
    if (server === 'loki' && givenLokiUrl() !== undefined) continue;
    if ((await locate(server)) === undefined) missing.push(server);
  }
  if (missing.length === 0) return false;
  const reason = howToGet(missing);
  if (process.env['CI']) throw new Error(`${reason} Tests must not be skipped where CI is set.`);
  if (!told.has(reason))
    process.stderr.write(`\n!!! SKIPPED: tests that need ${missing.join(', ')}. ${reason}\n\n`);
  told.add(reason);
  return reason;
}
