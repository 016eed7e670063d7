import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './alive.ts';

/**
 * Waits for a lock file that names its holder's pid; the lock of a process that is gone is taken over.
 *
 * @param onWait called once where somebody else holds it, with the holder's pid.
 * @returns a disposable that frees it.
 */
export async function lock(path: string, onWait?: (pid: number) => void): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}-${process.pid}-${randomUUID()}`;
  await writeFile(own, `${process.pid}\n`);
  try {
    await take(path, own, onWait);
  } finally {
    await rm(own, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

async function take(path: string, own: string, onWait?: (pid: number) => void): Promise<void> {
  let told = false;
  for (;;) {
    try {
      // A link, since the lock must never be there without its holder's pid.
      await link(own, path);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = Number((await readFile(path, 'utf8').catch(() => '')).trim());
    if (holder > 0 && !isAlive(holder)) {
      await rm(path, { force: true });
      continue;
    }
    if (!told && holder > 0) {
      onWait?.(holder);
      told = true;
    }
    await sleep(500);
  }
}
