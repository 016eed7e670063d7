import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formatLog } from './exporter-log.ts';
import { Exposition } from './exposition.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';

/** How far the exporter is, by its own metrics; revisions. */
export interface ExporterCounts {
  readonly received: number;
  readonly delivered: number;
  /** Filtered or dropped. */
  readonly left: number;
  readonly inFlight: number;
}

/** How {@link ExporterProcess.create} runs it. */
export interface ExporterOptions {
  readonly kubeconfig: string;
  readonly lokiUrl: string;
  readonly cluster: string;
  /** For its checkpoint and its log; it must exist. One started again on the same folder goes on where it was. */
  readonly folder: string;
  /** Flags beside those that follow from the rest, `{ '--state-dir': '…' }`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Whether the checkpoint is a file in the folder. Default true. */
  readonly checkpointFile?: boolean;
  /** Arguments of node itself, before the program. */
  readonly nodeArgs?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What `start()` waits for. Default `/readyz`; `/healthz` for one that starts while its servers are away. */
  readonly ready?: '/readyz' | '/healthz';
}

/**
 * The real exporter, started by its command line. Where the variable `KUBE_EVENTS_TEST_EXPORTER` names another
 * program, as a build's `main.js`, it's that one.
 */
export class ExporterProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(url: string, process: ServerProcess) {
    this.url = url;
    this.#process = process;
  }

  /** Prepares it; `start()` runs it. */
  static async create(options: ExporterOptions): Promise<ExporterProcess> {
    const listen = `127.0.0.1:${await freePort()}`;
    const url = `http://${listen}`;
    const main =
      process.env['KUBE_EVENTS_TEST_EXPORTER'] ||
      fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));
    const checkpoint = { '--checkpoint-file': join(options.folder, 'checkpoint.json') };
    const flags = {
      '--kubeconfig': options.kubeconfig,
      '--loki-url': options.lokiUrl,
      '--cluster': options.cluster,
      '--listen': listen,
      ...(options.checkpointFile === false ? {} : checkpoint),
      ...options.flags,
    };
    return new ExporterProcess(
      url,
      new ServerProcess({
        name: 'the exporter',
        command: process.execPath,
        args: [...(options.nodeArgs ?? []), main, 'run', ...Object.entries(flags).flat()],
        ...(options.env === undefined ? {} : { env: options.env }),
        logFile: join(options.folder, 'exporter.log'),
        ready: answersOk(`${url}${options.ready ?? '/readyz'}`),
        readySeconds: 30,
        // Longer than its own time to drain.
        stopSeconds: 30,
      }),
    );
  }

  /** The pid while it runs. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws Error with the end of its log where it ends or isn't ready in time. */
  async start(): Promise<void> {
    try {
      await this.#process.start();
    } catch (error) {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`${sentence(cause)} ${await this.log()}`, { cause: error });
    }
  }

  /** Has it drain and end. */
  async stop(): Promise<void> {
    await this.#process.stop();
  }

  /** SIGKILL, as a crash would; `start()` brings it back on the same files. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** @throws Error with the end of its log where it is gone or silent. */
  async counts(): Promise<ExporterCounts> {
    const metrics = await this.metrics();
    const revisions = (name: string) => metrics.sum(`kube_events_${name}`);
    return {
      received: revisions('received_revisions_total'),
      delivered: revisions('delivered_revisions_total'),
      left: revisions('filtered_revisions_total') + revisions('dropped_revisions_total'),
      inFlight: revisions('in_flight_revisions'),
    };
  }

  /** What it says at `/metrics`. @throws Error with the end of its log where it is gone or silent. */
  async metrics(): Promise<Exposition> {
    try {
      const response = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5000) });
      return new Exposition(await response.text());
    } catch (error) {
      // Its connections break a moment before its end is known.
      await sleep(500);
      const what = this.#process.pid === undefined ? 'ended by itself' : 'does not answer';
      throw new Error(`The exporter ${what}. ${await this.log()}`, { cause: error });
    }
  }

  /** The end of its log, with a heading. */
  async log(): Promise<string> {
    return `The end of its log:\n\n${formatLog(await this.#process.log())}\n`;
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
