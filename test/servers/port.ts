import { createServer } from 'node:net';

// Below the ephemeral range of Linux (32768 and up): no outgoing connection can take a server's port while it
// is down, so a server that was killed can come back on the same one.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const given = new Set<number>();

/**
 * A TCP port on 127.0.0.1 that nothing listens on. The same process never gets one twice.
 *
 * @throws Error when no free port was found in 200 tries.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port)) continue;
    if (await canListen(port)) {
      given.add(port);
      return port;
    }
  }
  throw new Error(
    `No free port between ${LOWEST} and ${HIGHEST} on 127.0.0.1: stop some servers and try again.`,
  );
}

function canListen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
