import { parseRetryAfter } from '../delivery/backoff.ts';
import type { PushResult, RetryCause, Sink } from '../delivery/sink.ts';
import { LokiConnection, type LokiConnectionOptions } from './connection.ts';
import { type EncodedEntry, encodePush } from './encode.ts';
import { encodePushJson } from './encode-json.ts';
import { isStreamLimit, parseRefusal } from './refusal.ts';

export interface LokiOptions extends LokiConnectionOptions {
  /** The base URL, or the whole push URL. */
  readonly url: string;
  /** What a push is written in; snappy-compressed protobuf by default. */
  readonly encoding?: PushEncoding;
}

export const pushEncodings = ['protobuf', 'json'] as const;
export type PushEncoding = (typeof pushEncodings)[number];

const encodings = {
  protobuf: { encode: encodePush, headers: { 'content-type': 'application/x-protobuf' } },
  json: {
    encode: encodePushJson,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  },
};

const pushPath = '/loki/api/v1/push';

/** Loki's push API (https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs). */
export class LokiClient implements Sink {
  readonly url: string;
  readonly encode: (entries: readonly EncodedEntry[]) => Uint8Array;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #connection: LokiConnection;

  constructor(options: LokiOptions) {
    const url = new URL(options.url);
    if (!url.pathname.endsWith(pushPath)) url.pathname = url.pathname.replace(/\/+$/, '') + pushPath;
    this.url = url.href;
    const { encode, headers } = encodings[options.encoding ?? 'protobuf'];
    this.encode = encode;
    this.#headers = headers;
    this.#connection = new LokiConnection(options);
  }

  /** @param body as `encode` makes it */
  async push(body: Uint8Array, signal: AbortSignal): Promise<PushResult> {
    const answer = await this.#post(body, signal);
    return 'kind' in answer ? answer : classify(answer);
  }

  /**
   * Asks whether Loki would take a push, by one without streams: it answers 422 or 204 where the path, the tenant
   * and the credentials are right, and stores nothing. A 400 here is not Loki's word about an entry.
   */
  async probe(signal: AbortSignal): Promise<PushResult> {
    const answer = await this.#post(this.encode([]), signal);
    if ('kind' in answer) return answer;
    if (answer.status === 422) return { kind: 'accepted' };
    const result = classify(answer);
    if (result.kind === 'accepted' || result.kind === 'retry') return result;
    return { kind: 'retry', cause: 'not_found', retryAfterMs: undefined, message: result.message };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<Answer | (PushResult & { kind: 'retry' })> {
    try {
      const { status, text, headers } = await this.#connection.post(this.url, this.#headers, body, signal);
      return { status, message: text.slice(0, 4000).trim(), headers };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const text = code && !message.includes(code) ? `${code}: ${message}` : message;
      return { kind: 'retry', cause: 'connection', retryAfterMs: undefined, message: text };
    }
  }
}

interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

function classify({ status, message, headers }: Answer): PushResult {
  if (status === 200 || status === 204) return { kind: 'accepted' };
  const text = `${status}: ${message || 'no message'}`;
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  const retry = (cause: RetryCause): PushResult => ({ kind: 'retry', cause, retryAfterMs, message: text });
  if (status === 429)
    return isStreamLimit(message) ? { kind: 'stream_limit', message: text } : retry('rate_limited');
  if (status >= 500 || status === 408) return retry('server_error');
  // Ingestion that an administrator has blocked answers 260, lest clients try again; nothing is stored.
  if (status === 401 || status === 403 || status === 260) return retry('denied');
  // A path that isn't there, a redirect to a login page, a proxy's word: the URL is wrong, not the entries.
  if (status !== 400 && status !== 413) return retry('not_found');
  // Every entry would be refused: the setting is wrong, not the entries.
  if (message.includes('structured metadata, but this feature is disallowed')) {
    const advice = 'allow it in Loki (limits_config.allow_structured_metadata), or set loki.line to logfmt';
    return { kind: 'retry', cause: 'denied', retryAfterMs, message: `${text}; ${advice}` };
  }
  const date = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  const now = BigInt(Number.isNaN(date) ? Date.now() : date) * 1_000_000n;
  return { kind: 'refused', refusal: parseRefusal(message), message: text, now };
}
