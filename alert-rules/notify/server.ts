import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAtMost } from '../../exporter/bytes.ts';
import { readSecret, type SecretSource } from '../../exporter/loki/connection.ts';
import type { Address } from '../../exporter/telemetry/server.ts';
import type { Bridge, Outcome } from './bridge.ts';
import type { FaultCause, NotifyMetrics } from './metrics.ts';
import { PayloadError, parsePayload } from './payload.ts';

/** A group of some thousands of alerts takes that. */
const maxBodyBytes = 16 << 20;

const prefix = '/receivers/';

/** Takes the calls of Alertmanager and Grafana, and serves `/metrics`, `/healthz` and `/readyz`. */
export class NotifyServer {
  readonly #server: Server;
  readonly #bridge: Bridge;
  readonly #metrics: NotifyMetrics;
  readonly #token: SecretSource | undefined;
  #draining = false;

  constructor(bridge: Bridge, metrics: NotifyMetrics, token: SecretSource | undefined) {
    this.#bridge = bridge;
    this.#metrics = metrics;
    this.#token = token;
    // A call that comes in drops has its time, and no more.
    this.#server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
      this.#handle(request, response).catch((error: Error) => {
        // Gone: its caller comes again.
        if (!response.headersSent) this.#answer(response, 500, `${error.message}\n`);
        else response.destroy();
      });
    });
  }

  /** @returns the address listened on, with the port that was given for port 0 */
  async listen({ host, port }: Address): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen({ host: host || undefined, port }, resolve);
    });
    const { address, port: bound } = this.#server.address() as AddressInfo;
    return { host: address, port: bound };
  }

  /** Takes no more calls, and waits for those under way, for so long; then drops them, and their callers come again. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const late = setTimeout(() => this.#server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(late);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    if (path.startsWith(prefix)) return this.#take(path.slice(prefix.length), request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return this.#answer(response, 405, 'GET only\n');
    switch (path) {
      case '/metrics': {
        const { registry } = this.#metrics;
        return this.#answer(response, 200, await registry.metrics(), {
          'content-type': registry.contentType,
        });
      }
      case '/healthz':
        return this.#answer(response, 200, 'ok\n');
      case '/readyz':
        return this.#draining
          ? this.#answer(response, 503, 'stopping\n')
          : this.#answer(response, 200, 'ok\n');
      default:
        return this.#answer(response, 404, 'not here; try /receivers/NAME, /metrics, /healthz or /readyz\n');
    }
  }

  async #take(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = (cause: FaultCause, status: number, text: string) => {
      this.#metrics.faults.inc({ cause });
      // What is left of the body is not read.
      this.#answer(response, status, `${text}\n`, { connection: 'close' });
    };
    if (!this.#allows(request)) return fault('unauthorized', 401, 'give the token: Authorization: Bearer …');
    const receiver = this.#bridge.receivers.get(name);
    if (receiver === undefined) {
      const names = [...this.#bridge.receivers.keys()].join(', ');
      return fault('not_found', 404, `no receiver of that name; there are ${names}`);
    }
    if (request.method !== 'POST') return this.#answer(response, 405, 'POST only\n', { allow: 'POST' });
    const { text, complete } = await readAtMost(request.iterator({ destroyOnReturn: false }), maxBodyBytes);
    if (!complete) return fault('too_large', 413, `more than ${maxBodyBytes} bytes: set max_alerts`);
    const timed = this.#metrics.seconds.startTimer({ receiver: name });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const outcome = await this.#bridge.send(receiver, parsePayload(text), gone.signal);
      timed();
      const { status, headers } = statusOf(outcome);
      return this.#answer(response, status, `${outcome.reason}\n`, headers);
    } catch (error) {
      if (error instanceof PayloadError) return fault('malformed', 400, error.message);
      throw error;
    }
  }

  #answer(
    response: ServerResponse,
    status: number,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    // A connection that stays open would hold up the end.
    if (this.#draining) response.shouldKeepAlive = false;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(body);
  }

  #allows({ headers }: IncomingMessage): boolean {
    if (this.#token === undefined) return true;
    const digest = (text: string) => createHash('sha256').update(text).digest();
    const wanted = digest(`Bearer ${readSecret(this.#token)}`);
    return timingSafeEqual(digest(headers.authorization ?? ''), wanted);
  }
}

/**
 * Alertmanager's webhook comes again at once for 5xx alone, not for 429 (notify/util.go, Retrier), and for everything else
 * with the next change of the group or after `group_interval`. So what passes by itself is a 503, and what somebody has to set
 * right a 422, lest the service be asked the same again and again.
 */
function statusOf({ result, retryAfterMs }: Outcome): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (result === 'sent' || result === 'ignored') return { status: 200, headers: {} };
  if (retryAfterMs === undefined) return { status: 422, headers: {} };
  return { status: 503, headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } };
}
