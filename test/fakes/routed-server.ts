import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { LoopbackServer } from './loopback-server.ts';

/** What a path answers. */
export interface RoutedAnswer {
  /** 200 by default. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON. */
  readonly body?: string | object;
}

/** A request as an answer may want to see it. */
export interface RoutedRequest {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** By path, without the query. */
export type Routes = Readonly<Record<string, RoutedAnswer | ((request: RoutedRequest) => RoutedAnswer)>>;

/** A server on loopback that answers each path as it is told, and 404 for others: any server at its worst. */
export class RoutedServer implements AsyncDisposable {
  /** `METHOD /path` of each request. */
  readonly requests: string[] = [];
  routes: Routes;
  readonly #http = new LoopbackServer(async (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const method = request.method ?? '';
    this.requests.push(`${method} ${path}`);
    const route = this.routes[path] ?? { status: 404, body: '404 page not found\n' };
    const body = await text(request);
    const answer = typeof route === 'function' ? route({ method, headers: request.headers, body }) : route;
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(typeof answer.body === 'object' ? JSON.stringify(answer.body) : answer.body);
  });

  private constructor(routes: Routes) {
    this.routes = routes;
  }

  static async start(routes: Routes): Promise<RoutedServer> {
    const server = new RoutedServer(routes);
    await server.#http.start();
    return server;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return this.#http.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.stop();
  }
}
