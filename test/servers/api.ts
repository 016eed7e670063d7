import { Agent, type Dispatcher } from 'undici';

/** The parts of a Kubernetes object that tests touch; the rest is whatever the API says. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** A list as the API returns it. */
export interface KubernetesList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}

/** The API server's answer was not a 2xx. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** A plain client of a Kubernetes API, independent of the exporter's, so that tests can check one with the other. */
export class KubernetesApi implements AsyncDisposable {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(url: string, token: string, authority: string) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({ connect: { ca: authority }, bodyTimeout: 0, connections: 16 });
  }

  /** @throws ApiError */
  get<T = KubernetesObject>(path: string): Promise<T> {
    return this.#json('GET', path);
  }

  /** @throws ApiError */
  list(path: string): Promise<KubernetesList> {
    return this.get<KubernetesList>(path);
  }

  /** @throws ApiError */
  create(path: string, body: object): Promise<KubernetesObject> {
    return this.#json('POST', path, body);
  }

  /** A JSON merge patch; `subresource` parts belong to the path. @throws ApiError */
  patch(path: string, body: object): Promise<KubernetesObject> {
    return this.#json('PATCH', path, body, 'application/merge-patch+json');
  }

  /** @throws ApiError unless it's gone already. */
  async delete(path: string): Promise<void> {
    await this.#json('DELETE', path).catch(error => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /**
   * The body of a watch, as it comes.
   *
   * @throws ApiError
   */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const response = await this.#request('GET', path, undefined, undefined, signal);
    for await (const chunk of response.body) yield chunk as Buffer;
  }

  async #json<T>(method: Dispatcher.HttpMethod, path: string, body?: object, type?: string): Promise<T> {
    const response = await this.#request(method, path, body, type);
    return (await response.body.json()) as T;
  }

  async #request(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object,
    type = 'application/json',
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const response = await this.#agent.request({
      origin: this.#url,
      path,
      method,
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json', 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.statusCode >= 300) {
      const text = await response.body.text();
      throw new ApiError(`${method} ${path}: ${response.statusCode} ${text}`, response.statusCode);
    }
    return response;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
