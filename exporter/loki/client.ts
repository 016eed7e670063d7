import { Agent, request } from 'undici';
import { parseRetryAfter } from '../delivery/backoff.ts';
import { version } from '../version.ts';
import { encodePush } from './encode.ts';

/** Why a push is tried again. */
export const retryCauses = ['rate_limited', 'server_error', 'connection', 'denied', 'not_found'] as const;
export type RetryCause = (typeof retryCauses)[number];

/**
 * What Loki made of a push, decided once, here:
 * - `accepted`: stored.
 * - `retry`: the same push may be accepted later.
 * - `refused`: it never will be.
 */
export type PushResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'retry';
      readonly cause: RetryCause;
      readonly retryAfterMs: number | undefined;
      readonly message: string;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

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
      ...(username && {
        authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }),
    };
  }

  /** @param body as {@link encodePush} makes it */
  async push(body: Uint8Array, signal: AbortSignal): Promise<PushResult> {
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
      const message = (await response.body.text()).slice(0, 1000).trim();
      return classify(response.statusCode, message, parseRetryAfter(response.headers['retry-after']));
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const text = code && !message.includes(code) ? `${code}: ${message}` : message;
      return { kind: 'retry', cause: 'connection', retryAfterMs: undefined, message: text };
    }
  }

  /**
   * Asks whether Loki would take a push, by one without streams: it answers 422 or 204 where the path, the tenant
   * and the credentials are right, and stores nothing.
   */
  async probe(signal: AbortSignal): Promise<PushResult> {
    const result = await this.push(encodePush([]), signal);
    return result.kind === 'refused' ? { kind: 'accepted' } : result;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function classify(status: number, message: string, retryAfterMs: number | undefined): PushResult {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const text = `${status}: ${message || 'no message'}`;
  const retry = (cause: RetryCause): PushResult => ({ kind: 'retry', cause, retryAfterMs, message: text });
  if (status === 429) return retry('rate_limited');
  if (status >= 500 || status === 408) return retry('server_error');
  if (status === 401 || status === 403) return retry('denied');
  // A path that isn't there, or a redirect to a login page: the URL is wrong, not the entries.
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) return retry('not_found');
  return { kind: 'refused', status, message: text };
}
