import { Agent, request } from 'undici';
import { parseRetryAfter } from '../delivery/backoff.ts';
import { version } from '../version.ts';
import { encodePush } from './encode.ts';
import { isStreamLimit, parseRefusal, type Refusal } from './refusal.ts';

/** Why a push is tried again. */
export const retryCauses = [
  'rate_limited',
  'stream_limit',
  'server_error',
  'connection',
  'denied',
  'not_found',
] as const;
export type RetryCause = (typeof retryCauses)[number];

/**
 * What Loki made of a push, decided once, here:
 * - `accepted`: stored.
 * - `retry`: the same push may be accepted later.
 * - `stream_limit`: entries of new streams were not stored, and a retry soon gets the same answer.
 * - `refused`: some entries were not stored, and never will be as they are.
 */
export type PushResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'retry';
      readonly cause: RetryCause;
      readonly retryAfterMs: number | undefined;
      readonly message: string;
    }
  | { readonly kind: 'stream_limit'; readonly message: string }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly message: string;
      /** Loki's clock, nanoseconds since 1970. */
      readonly now: bigint;
    };

export interface LokiOptions {
  /** The base URL, or the whole push URL; a user and a password in it become basic auth. */
  readonly url: string;
  /** Sent as `X-Scope-OrgID`. */
  readonly tenant: string | undefined;
  readonly timeoutMs: number;
}

const pushPath = '/loki/api/v1/push';

/** Loki's push API (https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs). */
export class LokiClient {
  /** The push URL without credentials, for logs. */
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #agent = new Agent({ keepAliveTimeout: 60_000, connections: 4 });

  constructor(options: LokiOptions) {
    const url = new URL(options.url);
    const { username, password } = url;
    url.username = '';
    url.password = '';
    if (!url.pathname.endsWith(pushPath)) url.pathname = url.pathname.replace(/\/+$/, '') + pushPath;
    this.url = url.href;
    this.#timeoutMs = options.timeoutMs;
    this.#headers = {
      'content-type': 'application/x-protobuf',
      'user-agent': `kube-events-loki/${version}`,
      ...(options.tenant && { 'x-scope-orgid': options.tenant }),
      ...(username && { authorization: basicAuth(username, password) }),
    };
  }

  /** @param body as {@link encodePush} makes it */
  async push(body: Uint8Array, signal: AbortSignal): Promise<PushResult> {
    const answer = await this.#post(body, signal);
    return 'kind' in answer ? answer : classify(answer);
  }

  /**
   * Asks whether Loki would take a push, by one without streams: it answers 422 or 204 where the path, the tenant
   * and the credentials are right, and stores nothing. A 400 here is not Loki's word about an entry.
   */
  async probe(signal: AbortSignal): Promise<PushResult> {
    const answer = await this.#post(encodePush([]), signal);
    if ('kind' in answer) return answer;
    if (answer.status === 422) return { kind: 'accepted' };
    const result = classify(answer);
    if (result.kind === 'accepted' || result.kind === 'retry') return result;
    return { kind: 'retry', cause: 'not_found', retryAfterMs: undefined, message: result.message };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<Answer | (PushResult & { kind: 'retry' })> {
    try {
      const response = await request(this.url, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: this.#headers,
        body,
        signal,
        headersTimeout: this.#timeoutMs,
        bodyTimeout: this.#timeoutMs,
      });
      const message = (await response.body.text()).slice(0, 4000).trim();
      return { status: response.statusCode, message, headers: response.headers };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const text = code && !message.includes(code) ? `${code}: ${message}` : message;
      return { kind: 'retry', cause: 'connection', retryAfterMs: undefined, message: text };
    }
  }
}

function basicAuth(username: string, password: string): string {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
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
  const date = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  const now = BigInt(Number.isNaN(date) ? Date.now() : date) * 1_000_000n;
  return { kind: 'refused', refusal: parseRefusal(message), message: text, now };
}
