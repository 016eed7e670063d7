import { LokiConnection, type LokiConnectionOptions } from '../../exporter/loki/connection.ts';
import { type LogEntry, readEntry } from './entry.ts';
import { isOwnLogql } from './own-logql.ts';

export interface LookUpOptions {
  /** Loki's base URL for queries. */
  readonly url: string;
  readonly connection: LokiConnectionOptions;
  /** Whose streams may be read. */
  readonly jobs: readonly string[];
  readonly clusterLabel: string;
  readonly rangeSeconds: number;
  readonly concurrency: number;
  /** How long all entries of a message may take together. */
  readonly timeoutMs: number;
}

/** What became of a query. */
export const lookUpResults = ['found', 'none', 'foreign', 'failed'] as const;
export type LookUpResult = (typeof lookUpResults)[number];

/** Told of each query that was made or refused; `failed` and `foreign` with the reason. */
export type LookUpObserver = (result: LookUpResult, reason?: string) => void;

/** Loki takes entries from up to ten minutes ahead, by default. */
const aheadMs = 600_000;

/** Asks Loki for the newest entries behind alerts. */
export class LookUp {
  readonly #options: LookUpOptions;
  readonly #connection: LokiConnection;
  readonly #observe: LookUpObserver;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(options: LookUpOptions, observe: LookUpObserver) {
    this.#options = options;
    this.#observe = observe;
    this.#connection = new LokiConnection(options.connection);
    this.#free = options.concurrency;
  }

  /**
   * The newest entry of each query, in their order; undefined where there is none, or Loki can't be asked: a message never
   * waits for it longer than the timeout.
   */
  async newest(queries: readonly (string | undefined)[]): Promise<readonly (LogEntry | undefined)[]> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    return Promise.all(
      queries.map(query => (query === undefined ? undefined : this.#newestOf(query, signal))),
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #newestOf(query: string, signal: AbortSignal): Promise<LogEntry | undefined> {
    const { jobs } = this.#options;
    if (!isOwnLogql(query, jobs)) {
      this.#observe(
        'foreign',
        `the annotation logql names no job of ${jobs.join(', ')}: ${query.slice(0, 200)}`,
      );
      return undefined;
    }
    try {
      const entry = await this.#inTurn(() => this.#ask(query, signal));
      this.#observe(entry === undefined ? 'none' : 'found');
      return entry;
    } catch (error) {
      this.#observe('failed', reasonOf(error));
      return undefined;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #ask(query: string, signal: AbortSignal): Promise<LogEntry | undefined> {
    signal.throwIfAborted();
    const { url, rangeSeconds, clusterLabel } = this.#options;
    const now = Date.now();
    const parameters = new URLSearchParams({
      query,
      limit: '1',
      direction: 'backward',
      start: `${now - rangeSeconds * 1000}000000`,
      end: `${now + aheadMs}000000`,
    });
    const { status, text } = await this.#connection.post(
      `${url.replace(/\/+$/, '')}/loki/api/v1/query_range`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      parameters.toString(),
      signal,
    );
    if (status !== 200) throw new Error(`${status}: ${text.slice(0, 300).trim()}`);
    const { data } = JSON.parse(text) as Answer;
    const [stream] = data.result;
    const [value] = stream?.values ?? [];
    if (stream === undefined || value === undefined) return undefined;
    const [nanoseconds, line] = value;
    return readEntry(stream.stream, line, nanoseconds, clusterLabel);
  }
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [nanoseconds: string, line: string])[];
    }[];
  };
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message: string };
  if (name === 'TimeoutError') return 'Loki has not answered in time';
  return code !== undefined && !message.includes(code) ? `${code}: ${message}` : message;
}
