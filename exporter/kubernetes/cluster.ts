import { createHash } from 'node:crypto';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent, request } from 'undici';
import { readAtMost } from '../bytes.ts';
import { parseRetryAfter } from '../delivery/backoff.ts';
import { version } from '../version.ts';
import { ApiError } from './api-error.ts';
import { type Credentials, currentCredentials } from './credentials.ts';

/** How long the API server may take to begin its answer, in milliseconds. */
const headersTimeoutMs = 60_000;

/** An error says what it has to say in less; what else comes is not read. */
const maxErrorBytes = 64 << 10;
/** etcd stores no object above 1.5 MiB by default; JSON can multiply that. */
const maxObjectBytes = 16 << 20;

/** What the API server answers, whatever it is. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** The API server: one request at a time, with fresh credentials, over connections that are kept. */
export class Cluster {
  readonly #config: KubeConfig;
  readonly #server: string;
  #dispatcher: Dispatcher | undefined;
  #material = '';

  constructor(config: KubeConfig) {
    this.#config = config;
    this.#server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
  }

  /** The API server's URL, without a trailing slash. */
  get server(): string {
    return this.#server;
  }

  /**
   * GETs a path and hands over the body of a 200 as a stream that is read only as fast as it is consumed.
   * @param bodyTimeoutMs how long the body may stay silent; 0 for ever
   * @throws ApiError for any other status and for a connection that fails
   */
  async get(
    path: string,
    query: Readonly<Record<string, string>>,
    options: { signal: AbortSignal; bodyTimeoutMs: number },
  ): Promise<Dispatcher.ResponseData['body']> {
    const { signal, bodyTimeoutMs } = options;
    let response: Dispatcher.ResponseData;
    try {
      const credentials = await currentCredentials(this.#config);
      response = await request(`${this.#server}${path}?${new URLSearchParams(query)}`, {
        dispatcher: this.#dispatcherFor(credentials),
        headers: {
          ...credentials.headers,
          accept: 'application/json',
          'user-agent': `kube-events-loki/${version}`,
        },
        headersTimeout: headersTimeoutMs,
        bodyTimeout: bodyTimeoutMs,
        signal,
      });
    } catch (error) {
      throw connectionError(error);
    }
    if (response.statusCode === 200) return response.body;
    const { text } = await readAtMost(response.body, maxErrorBytes).catch(() => ({ text: '' }));
    const retryAfterMs = parseRetryAfter(response.headers['retry-after']);
    throw ApiError.fromStatus(parseStatus(text), response.statusCode, retryAfterMs);
  }

  /**
   * Sends a request whose answer is one JSON object.
   * @param body the object to send; none where undefined
   * @param timeoutMs how long all of it may take, credentials and body included. A request that took too long may
   *   have been carried out all the same.
   * @throws ApiError for a status other than 200 and 201, a connection that fails, and a timeout
   */
  async json<T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body: object | undefined,
    timeoutMs: number,
  ): Promise<T> {
    const { status, text, headers } = await this.answer(method, path, body, timeoutMs);
    if (status !== 200 && status !== 201) {
      throw ApiError.fromStatus(parseStatus(text), status, parseRetryAfter(headers['retry-after']));
    }
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw connectionError(error);
    }
  }

  /**
   * Sends a request as `json` does, and hands over its answer whatever the status.
   * @throws ApiError for a connection that fails, and a timeout
   */
  async answer(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body: object | undefined,
    timeoutMs: number,
  ): Promise<ApiAnswer> {
    const deadline = AbortSignal.timeout(timeoutMs);
    // undici knows nothing of the credentials' time: an exec plugin may hang too.
    const overdue = Promise.withResolvers<never>();
    const expire = () => overdue.reject(new ApiError(`${method} ${path}: no answer in ${timeoutMs} ms`, 0));
    deadline.addEventListener('abort', expire, { once: true });
    try {
      return await Promise.race([this.#answer(method, path, body, deadline), overdue.promise]);
    } finally {
      deadline.removeEventListener('abort', expire);
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  async #answer(
    method: Dispatcher.HttpMethod,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<ApiAnswer> {
    try {
      const credentials = await currentCredentials(this.#config);
      const response = await request(`${this.#server}${path}`, {
        method,
        dispatcher: this.#dispatcherFor(credentials),
        headers: {
          ...credentials.headers,
          accept: 'application/json',
          'user-agent': `kube-events-loki/${version}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body ? JSON.stringify(body) : null,
        signal,
      });
      const { text } = await readAtMost(response.body, maxObjectBytes);
      return { status: response.statusCode, text, headers: response.headers };
    } catch (error) {
      throw connectionError(error);
    }
  }

  /** Connections are kept for as long as the certificates stay the same. */
  #dispatcherFor(credentials: Credentials): Dispatcher {
    const material = createHash('sha256').update(JSON.stringify(credentials.tls)).digest('hex');
    if (this.#dispatcher && material === this.#material) return this.#dispatcher;
    void this.#dispatcher?.close();
    this.#material = material;
    this.#dispatcher = createDispatcher(this.#config, credentials);
    return this.#dispatcher;
  }
}

function createDispatcher(config: KubeConfig, credentials: Credentials): Dispatcher {
  const options = config.createDispatcherOptions(config.getCurrentCluster(), credentials.tls);
  switch (options.type) {
    case 'agent':
      return new Agent({ connect: options.connect as buildConnector.BuildOptions });
    case 'proxy':
      return new ProxyAgent({
        uri: options.uri,
        requestTls: options.requestTls as buildConnector.BuildOptions,
      });
    case 'none':
      return new Agent();
    case 'socks':
      throw new Error(
        `proxy-url ${options.uri}: a SOCKS proxy is not supported; give an http:// or https:// one`,
      );
  }
}

/** A failure below HTTP, told with its code, which undici keeps in the cause. */
export function connectionError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: string }).code;
  return new ApiError(code && !message.includes(code) ? `${code}: ${message}` : message, 0, { cause: error });
}

function parseStatus(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 300).trim() };
  }
}
