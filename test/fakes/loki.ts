import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { uncompress } from 'snappyjs';
import { LoopbackServer } from './loopback-server.ts';
import { decodePushRequest, type PushedEntry } from './push-request.ts';
import { type ScriptedAnswer, ScriptedAnswers, sendScripted } from './scripted-answers.ts';
import { parseLabels } from './stream-labels.ts';

/** The entries that share one label set. */
export interface ReceivedStream {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of arrival. */
  readonly entries: PushedEntry[];
}

/** A push that the receiver got. */
export interface ReceivedPush {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Compressed, as it came. */
  readonly bytes: number;
  /** `X-Scope-OrgID`. */
  readonly tenant: string | undefined;
  readonly authorization: string | undefined;
  readonly status: number;
  /** Its entries stream by stream in their order; empty where it couldn't be decoded. */
  readonly streams: readonly { readonly labels: string; readonly entries: readonly PushedEntry[] }[];
}

/** An answer in the place of the 204. */
export interface PushAnswer extends ScriptedAnswer {
  /** Keep the entries all the same: the acknowledgement is what gets lost. */
  stored?: boolean;
}

/**
 * Receives pushes as Loki does, on loopback, and keeps the entries in memory. It counts and shows what came; it
 * has no query language.
 */
export class LokiReceiver {
  /** By label set as it came. */
  readonly streams = new Map<string, ReceivedStream>();
  readonly pushes: ReceivedPush[] = [];
  /** How many entries came that were there already. */
  repeated = 0;
  /**
   * Which entries are refused, and with which words: as with the real one the others of the push are stored, the
   * answer tells of one refusal only, and what the ingester refuses (for the stream limit, or too far behind) is told
   * only of the push's last stream.
   */
  refuse: ((entry: PushedEntry, labels: string) => ScriptedAnswer | undefined) | undefined;
  /** Above so many bytes, uncompressed, a push is refused whole: 429, as by a rate limit's burst. */
  maxPushBytes = Number.POSITIVE_INFINITY;
  /** Milliseconds that each answer waits. */
  delayMs = 0;

  readonly #http = new LoopbackServer((request, response) => void this.#handle(request, response));
  readonly #answers = new ScriptedAnswers<PushAnswer>();
  readonly #seen = new Map<string, Set<string>>();
  readonly #deduplicate: boolean;

  /** @param options.deduplicate keep an entry that is equal in every byte once, as Loki does; true by default. */
  constructor(options: { deduplicate?: boolean } = {}) {
    this.#deduplicate = options.deduplicate ?? true;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return this.#http.url;
  }

  /** How many entries it keeps. */
  get size(): number {
    return [...this.streams.values()].reduce((sum, stream) => sum + stream.entries.length, 0);
  }

  async start(): Promise<this> {
    await this.#http.start();
    return this;
  }

  /** Breaks every connection; a later start takes the same port and keeps the entries. */
  async stop(): Promise<void> {
    await this.#http.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Answers the next pushes with this, and drops their entries unless it says `stored`. */
  answerNext(count: number, answer: PushAnswer): void {
    this.#answers.add(count, answer);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    if (path !== '/loki/api/v1/push' || request.method !== 'POST') {
      const [status, text] = path === '/ready' ? [200, 'ready\n'] : [404, '404 page not found\n'];
      sendText(response, status, text);
      return;
    }
    let body: Buffer;
    try {
      body = await buffer(request);
    } catch {
      // The client went away in the middle of its request: there is nobody to answer.
      return;
    }
    if (this.delayMs > 0) await sleep(this.delayMs);

    const scripted = this.#answers.take('push');
    const { status, text, streams } = this.#receive(body, scripted === undefined || scripted.stored === true);
    const header = (name: string) => request.headers[name]?.toString();
    this.pushes.push({
      time: Date.now(),
      bytes: body.length,
      tenant: header('x-scope-orgid'),
      authorization: header('authorization'),
      status: scripted?.status ?? status,
      streams,
    });
    if (scripted === undefined) sendText(response, status, text);
    else sendScripted(response, scripted, 'text/plain; charset=utf-8', '');
  }

  #receive(body: Buffer, keep: boolean): Pick<ReceivedPush, 'status' | 'streams'> & { text: string } {
    try {
      const bytes = uncompress(body);
      const streams = decodePushRequest(bytes);
      if (bytes.length > this.maxPushBytes) {
        return { status: 429, text: 'ingestion rate limit exceeded for user fake', streams: [] };
      }
      if (streams.length === 0) {
        return { status: 422, text: 'error at least one valid stream is required for ingestion\n', streams };
      }
      const parsed = streams.map(stream => ({ ...stream, record: parseLabels(stream.labels) }));
      let refusal: ScriptedAnswer | undefined;
      for (const { labels, record, entries } of keep ? parsed : []) {
        const accepted = entries.filter(entry => {
          const answer = this.refuse?.(entry, labels);
          if (labels === streams.at(-1)?.labels || !byIngester(answer)) refusal ??= answer;
          return answer === undefined;
        });
        if (accepted.length > 0) this.#keep(labels, record, accepted);
      }
      return { status: refusal?.status ?? 204, text: refusal?.body ?? '', streams };
    } catch (error) {
      return {
        status: 400,
        text: `${error instanceof Error ? error.message : String(error)}\n`,
        streams: [],
      };
    }
  }

  #keep(labels: string, record: Record<string, string>, entries: readonly PushedEntry[]): void {
    const stream = this.streams.get(labels) ?? { labels: record, entries: [] };
    const seen = this.#seen.get(labels) ?? new Set();
    this.streams.set(labels, stream);
    this.#seen.set(labels, seen);
    for (const entry of entries) {
      const identity = JSON.stringify([String(entry.timestamp), entry.line, entry.metadata]);
      if (seen.has(identity)) {
        this.repeated += 1;
        if (this.#deduplicate) continue;
      }
      seen.add(identity);
      stream.entries.push(entry);
    }
  }
}

function byIngester(answer: ScriptedAnswer | undefined): boolean {
  return /active stream limit|too far behind/.test(answer?.body ?? '');
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, status === 204 ? {} : { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
