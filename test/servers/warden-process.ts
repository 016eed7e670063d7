/**
 * The warden's own process: reads `+pid N`, `-pid N`, `+folder PATH`, `-folder PATH` lines on stdin. When stdin
 * ends, its parent is gone in whatever way, and everything still registered is killed and removed.
 */

import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './alive.ts';

const pids = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const [verb = '', ...rest] = line.split(' ');
  const value = rest.join(' ');
  if (verb === '+pid') pids.add(Number(value));
  else if (verb === '-pid') pids.delete(Number(value));
  else if (verb === '+folder') folders.add(value);
  else if (verb === '-folder') folders.delete(value);
}

for (const pid of pids) kill(pid);
// A folder is removed only once nobody writes to it any more.
for (let tries = 0; tries < 100 && [...pids].some(isAlive); tries += 1) await sleep(50);
for (const folder of folders)
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone, which is what was wanted.
  }
}
