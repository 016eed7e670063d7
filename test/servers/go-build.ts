import { execFile, spawn } from 'node:child_process';
import { mkdir, rename, stat } from 'node:fs/promises';
import { lock } from './lock.ts';
import { keep, release, removeAtEnd, watchOver } from './warden.ts';

/** What {@link buildServer} builds and where to. */
export interface BuildOptions {
  /** Its name, for messages. */
  readonly server: string;
  /** The folder with go.mod, go.sum and the `tool` directives. */
  readonly source: string;
  /** The folder that holds the programs afterwards; made in one step, so it's there whole or not at all. */
  readonly target: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Gets each line of progress. Default: stderr, refreshed every second on a terminal and every 30 s otherwise. */
  readonly onProgress?: (line: string) => void;
}

/** Is there a `go` to build with? */
export function hasGoToolchain(env: Readonly<NodeJS.ProcessEnv>): Promise<boolean> {
  return new Promise(resolve => {
    execFile('go', ['version'], { env }, error => resolve(error === null));
  });
}

/**
 * Builds a server's tools with the Go toolchain. Two processes never build the same: the second waits for the first.
 *
 * @throws Error with the end of Go's output when the build fails.
 */
export async function buildServer(options: BuildOptions): Promise<void> {
  const { server, source, target, env } = options;
  await using progress = new Progress(
    `Building ${server} with Go (once, then it's cached)`,
    options.onProgress,
  );
  await using _held = await lock(`${target}.lock`, pid =>
    progress.say(`Waiting for process ${pid}, which builds ${server}`),
  );
  if (await exists(target)) return;
  const unfinished = `${target}.unfinished-${process.pid}`;
  removeAtEnd(unfinished);
  await mkdir(unfinished, { recursive: true });
  progress.begin();
  // Without debug tables the programs are a third smaller and link faster; without cgo no C compiler is needed.
  await go(
    ['build', '-ldflags=-s -w', '-o', unfinished, 'tool'],
    source,
    { ...env, CGO_ENABLED: '0' },
    server,
  );
  await rename(unfinished, target);
  keep(unfinished);
  progress.say(`Built ${server} in ${progress.seconds} s`);
}

function go(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, server: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) watchOver(pid);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-8192);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', code => {
      if (pid !== undefined) release(pid);
      if (code === 0) return resolve();
      reject(
        new Error(
          `go ${args.join(' ')} failed for ${server} (exit code ${code}) in ${cwd}. Repeat it there to see more. ` +
            `The end of its output:\n${output}`,
        ),
      );
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One line that says what takes so long, and for how long it has. */
class Progress implements AsyncDisposable {
  readonly #what: string;
  readonly #write: ((line: string) => void) | undefined;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(what: string, write: ((line: string) => void) | undefined) {
    this.#what = what;
    this.#write = write;
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#started) / 1000);
  }

  get #onTerminal(): boolean {
    return this.#write === undefined && process.stderr.isTTY === true;
  }

  begin(): void {
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), this.#onTerminal ? 1000 : 30_000);
  }

  #tick(): void {
    const line = `${this.#what}: ${this.seconds} s`;
    if (this.#onTerminal) process.stderr.write(`\r${line}`);
    else this.say(line);
  }

  say(line: string): void {
    if (this.#write !== undefined) this.#write(line);
    else process.stderr.write(this.#onTerminal ? `\r\u001b[K${line}\n` : `${line}\n`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }
}
