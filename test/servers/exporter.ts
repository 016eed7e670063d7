import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formatLog } from './exporter-log.ts';
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

/** The real exporter, started by its command line. */
export class ExporterProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(url: string, process: ServerProcess) {
    this.url = url;
    this.#process = process;
  }

  /**
   * Prepares it; `start()` runs it.
   *
   * @param options.folder for its checkpoint and its log
   */
  static async create(options: {
    kubeconfig: string;
    lokiUrl: string;
    cluster: string;
    folder: string;
  }): Promise<ExporterProcess> {
    const listen = `127.0.0.1:${await freePort()}`;
    const url = `http://${listen}`;
    const main = fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));
    const flags = {
      '--kubeconfig': options.kubeconfig,
      '--loki-url': options.lokiUrl,
      '--cluster': options.cluster,
      '--listen': listen,
      '--checkpoint-file': join(options.folder, 'checkpoint.json'),
    };
    return new ExporterProcess(
      url,
      new ServerProcess({
        name: 'the exporter',
        command: process.execPath,
        args: [main, 'run', ...Object.entries(flags).flat()],
        logFile: join(options.folder, 'exporter.log'),
        ready: answersOk(`${url}/readyz`),
        readySeconds: 30,
      }),
    );
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

  /** @throws Error with the end of its log where it is gone or silent. */
  async counts(): Promise<ExporterCounts> {
    let text: string;
    try {
      const response = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5000) });
      text = await response.text();
    } catch (error) {
      // Its connections break a moment before its end is known.
      await sleep(500);
      const what = this.#process.pid === undefined ? 'ended by itself' : 'does not answer';
      throw new Error(`The exporter ${what}. ${await this.log()}`, { cause: error });
    }
    const revisions = (name: string) => sumSamples(text, `kube_events_${name}`);
    return {
      received: revisions('received_revisions_total'),
      delivered: revisions('delivered_revisions_total'),
      left: revisions('filtered_revisions_total') + revisions('dropped_revisions_total'),
      inFlight: revisions('in_flight_revisions'),
    };
  }

  /** The end of its log, with a heading. */
  async log(): Promise<string> {
    return `The end of its log:\n\n${formatLog(await this.#process.log())}\n`;
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** The sum over a metric's label sets, in Prometheus' text format. */
function sumSamples(text: string, name: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name} `) && !line.startsWith(`${name}{`)) continue;
    sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}
