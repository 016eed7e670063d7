import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { readAtMost } from '../bytes.ts';
import { version } from '../version.ts';

/** What Loki answers to a query of counts is less, and so is what it says of an error. */
const maxAnswerBytes = 16 << 20;

/** A secret, by where it is; never the secret itself. */
export type SecretSource = { readonly file: string } | { readonly env: string };

/** How to reach one Loki, and as whom. */
export interface LokiConnectionOptions {
  /** Sent as `X-Scope-OrgID`. */
  readonly tenant: string | undefined;
  readonly timeoutMs: number;
  readonly basicAuth?: { readonly username: string; readonly password: SecretSource } | undefined;
  readonly bearerToken?: SecretSource | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: LokiTls | undefined;
}

/** Files are PEM, and read again before each request. */
export interface LokiTls {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

export interface LokiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Requests to Loki, or to the gateway in front of it. Secrets and certificates may be replaced under its feet. */
export class LokiConnection {
  readonly #options: LokiConnectionOptions;
  #dispatcher: Dispatcher | undefined;
  #material = '';

  constructor(options: LokiConnectionOptions) {
    this.#options = options;
  }

  /** @throws where there is no answer: the connection fails, the time is over, or a secret can't be read */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | string,
    signal: AbortSignal,
  ): Promise<LokiAnswer> {
    return this.#send('POST', url, headers, body, signal);
  }

  /** @throws as `post` does */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<LokiAnswer> {
    return this.#send('GET', url, headers, null, signal);
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  async #send(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | string | null,
    signal: AbortSignal,
  ): Promise<LokiAnswer> {
    const { tenant, timeoutMs } = this.#options;
    const authorization = this.#authorization();
    const response = await request(url, {
      method,
      dispatcher: this.#connect(),
      headers: {
        'user-agent': `kube-events-loki/${version}`,
        ...this.#options.headers,
        ...(tenant && { 'x-scope-orgid': tenant }),
        ...(authorization && { authorization }),
        ...headers,
      },
      body,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const { text } = await readAtMost(response.body, maxAnswerBytes);
    return { status: response.statusCode, text, headers: response.headers };
  }

  #authorization(): string | undefined {
    const { basicAuth, bearerToken } = this.#options;
    if (bearerToken) return `Bearer ${readSecret(bearerToken)}`;
    if (!basicAuth) return undefined;
    const credentials = `${basicAuth.username}:${readSecret(basicAuth.password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  /** Connections are kept for as long as the certificates stay the same. */
  #connect(): Dispatcher {
    const { caFile, certFile, keyFile, serverName, insecureSkipVerify } = this.#options.tls ?? {};
    const tls = {
      ...(caFile && { ca: readFileSync(caFile, 'utf8') }),
      ...(certFile && { cert: readFileSync(certFile, 'utf8') }),
      ...(keyFile && { key: readFileSync(keyFile, 'utf8') }),
      ...(serverName && { servername: serverName }),
      ...(insecureSkipVerify && { rejectUnauthorized: false }),
    };
    const material = createHash('sha256').update(JSON.stringify(tls)).digest('hex');
    if (this.#dispatcher && material === this.#material) return this.#dispatcher;
    void this.#dispatcher?.close();
    this.#material = material;
    const options = { keepAliveTimeout: 60_000, connections: 4, connect: tls };
    this.#dispatcher = wantsProxy()
      ? new EnvHttpProxyAgent({ ...options, requestTls: tls })
      : new Agent(options);
    return this.#dispatcher;
  }
}

/**
 * A secret as it is now, without the newline at its end.
 * @throws where the file can't be read, or the variable isn't set
 */
export function readSecret(source: SecretSource): string {
  const secret = 'file' in source ? readFileSync(source.file, 'utf8') : process.env[source.env];
  if (secret === undefined && 'env' in source) {
    throw new Error(`the environment variable ${source.env} is not set`);
  }
  return (secret ?? '').trim();
}

/** As curl has it: the variables count in lower case too. */
function wantsProxy(): boolean {
  return ['http_proxy', 'https_proxy'].some(name => process.env[name] || process.env[name.toUpperCase()]);
}
