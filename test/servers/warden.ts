/**
 * The warden outlives this process by a moment: a tiny detached process, tied to this one by a pipe, that kills
 * the servers and removes the temporary folders registered with it once the pipe closes. Ctrl-C, SIGKILL, a
 * crash: nothing stays behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let warden: ChildProcess | undefined;

function tell(line: string): void {
  if (warden === undefined) {
    const script = fileURLToPath(new URL('./warden-process.ts', import.meta.url));
    // Its own session, so that Ctrl-C in the terminal doesn't reach it.
    warden = spawn(process.execPath, [script], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    warden.unref();
    const pipe = warden.stdin;
    if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }
  warden.stdin?.write(`${line}\n`);
}

/** The warden's pid, once something is registered with it. */
export function wardenPid(): number | undefined {
  return warden?.pid;
}

/** Has `pid` killed when this process ends. Call it in the same tick as the spawn. */
export function watchOver(pid: number): void {
  tell(`+pid ${pid}`);
}

/** Takes back {@link watchOver}: call it as soon as the process has ended, since its pid may be given again. */
export function release(pid: number): void {
  tell(`-pid ${pid}`);
}

/** Has a folder removed when this process ends. */
export function removeAtEnd(path: string): void {
  tell(`+folder ${path}`);
}

/** Takes back {@link removeAtEnd}. */
export function keep(path: string): void {
  tell(`-folder ${path}`);
}

/** A folder of its own below the system's temporary one, that is gone when it's disposed or when this process ends. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** Removes the folder and all that's in it. */
  remove(): Promise<void>;
}

/**
 * Makes a {@link TemporaryFolder}.
 *
 * @param name goes into the folder's name, so that a person can tell what it's for.
 */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `kube-events-${name}-`));
  removeAtEnd(path);
  async function remove(): Promise<void> {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    keep(path);
  }
  return { path, remove, [Symbol.asyncDispose]: remove };
}
