import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { release, watchOver } from './warden.ts';

/** What to run and how to know that it's ready. */
export interface ServerProcessOptions {
  /** Shown in messages, and the log file's name. */
  readonly name: string;
  /** Path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Where stdout and stderr go, appended to on a restart. Where the variable `KUBE_EVENTS_TEST_LOGS` names a folder,
   * they go to a file there instead, which stays.
   */
  readonly logFile: string;
  /** Asked every 100 ms until it says true. An exception counts as false. */
  readonly ready: () => Promise<boolean>;
  /** How long it may take to become ready, in seconds. Default 120. */
  readonly readySeconds?: number;
  /** How long a SIGTERM may take before SIGKILL follows, in seconds. Default 20. */
  readonly stopSeconds?: number;
}

/** How much of a log is shown with a failure, in bytes. */
const LOG_TAIL_BYTES = 6 * 1024;

/**
 * One server that can be started, stopped, killed and started again. It's in a session of its own, so that Ctrl-C
 * reaches only us, and the warden ends it when this process ends.
 */
export class ServerProcess implements AsyncDisposable {
  readonly options: ServerProcessOptions;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #wanted = false;
  #ready = false;

  constructor(options: ServerProcessOptions) {
    this.options = options;
    const kept = process.env['KUBE_EVENTS_TEST_LOGS'];
    this.#logFile = kept ? join(kept, `${options.name}-${process.pid}-${randomUUID()}.log`) : options.logFile;
  }

  /** The pid while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts it and waits until it's ready; does nothing where it runs already.
   *
   * @throws Error with the end of its log when it ends or isn't ready in time.
   */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const { name, command, args, env, readySeconds = 120 } = this.options;
    const log = openSync(this.#logFile, 'a');
    let failure: Error | undefined;
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    const { pid } = child;
    if (pid !== undefined) watchOver(pid);
    this.#child = child;
    this.#wanted = true;
    this.#ready = false;
    this.#exited = new Promise(resolve => {
      const ended = (): void => {
        if (pid !== undefined) release(pid);
        this.#child = undefined;
        resolve();
      };
      child.once('error', error => {
        failure = error;
        ended();
      });
      child.once('exit', (code, signal) => {
        if (this.#wanted) {
          failure = new Error(`${name} ended by itself (${signal ?? `exit code ${code}`})`);
          if (this.#ready) void this.#mourn(failure.message);
        }
        ended();
      });
    });
    // A forgotten server must not keep a test from ending; the warden ends it then.
    child.unref();

    const deadline = performance.now() + readySeconds * 1000;
    while (this.#child === child) {
      if (await this.options.ready().catch(() => false)) {
        this.#ready = true;
        return;
      }
      if (performance.now() > deadline) {
        failure = new Error(`${name} wasn't ready in ${readySeconds} s`);
        await this.kill();
        break;
      }
      await sleep(100);
    }
    const cause = failure ?? new Error(`${name} was stopped while it started`);
    throw new Error(`${cause.message}. The end of its log:\n${await this.log()}`, { cause });
  }

  /** SIGTERM, and SIGKILL where that takes too long. Resolves once the process is gone. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL, as a crash would. Resolves once the process is gone; `start()` brings it back. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#wanted = false;
    child.ref();
    child.kill(signal);
    const overdue = setTimeout(() => child.kill('SIGKILL'), (this.options.stopSeconds ?? 20) * 1000);
    await this.#exited;
    clearTimeout(overdue);
  }

  /** A test that fails now fails for another reason than it says, so the server's own words go with it. */
  async #mourn(message: string): Promise<void> {
    process.stderr.write(
      `${message}. The end of its log:\n${await this.log().catch(() => '(removed already)')}\n`,
    );
  }

  /** The end of its log, at most {@link LOG_TAIL_BYTES} bytes. */
  async log(): Promise<string> {
    const file = await open(this.#logFile, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - LOG_TAIL_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LOG_TAIL_BYTES), 0, LOG_TAIL_BYTES, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * A readiness check: does a GET of `url` answer 200?
 *
 * @param ca the certificate authority to trust for https, PEM. It may throw while there is none yet.
 */
export function answersOk(url: string, ca?: () => Promise<string>): () => Promise<boolean> {
  return async () => {
    const authority = await ca?.();
    return new Promise<boolean>((resolve, reject) => {
      const options = { agent: false, timeout: 2000, ...(authority === undefined ? {} : { ca: authority }) };
      const call = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options);
      call.on('response', response => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      call.on('timeout', () => call.destroy(new Error('no answer in 2 s')));
      call.on('error', reject);
      call.end();
    });
  };
}
