/** `node test/servers/build.ts`: has all servers ready, building what is missing, one after another. */
import { howToGet, locate, SERVERS, type Server } from './binaries.ts';

/**
 * Makes sure that every server can be started, building what is neither on PATH nor cached.
 *
 * @returns those that can't be had on this machine.
 * @throws Error when a build fails.
 */
export async function buildAll(): Promise<readonly Server[]> {
  const missing: Server[] = [];
  for (const server of SERVERS) {
    if ((await locate(server)) === undefined) missing.push(server);
  }
  return missing;
}

if (import.meta.main) {
  const missing = await buildAll();
  if (missing.length > 0) {
    process.stderr.write(`${howToGet(missing)}\n`);
    // Without them the tests that need them are skipped, which only CI doesn't accept.
    process.exitCode = process.env['CI'] ? 1 : 0;
  }
}
