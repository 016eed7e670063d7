import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @param text `HOST:PORT`, `:PORT` or `[IPv6]:PORT` */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** Serves `/metrics`, `/healthz` and `/readyz`. */
export class TelemetryServer {
  readonly #server: Server;

  constructor(metrics: Metrics, health: Health) {
    this.#server = createServer(async (request, response) => {
      const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
        response.writeHead(status, { 'content-type': type }).end(body);
      };
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'GET only\n');
      switch (request.url?.split('?')[0]) {
        case '/metrics':
          return answer(200, await metrics.render(), metrics.registry.contentType);
        case '/healthz':
          return answer(200, 'ok\n');
        case '/readyz': {
          const reasons = health.reasons();
          return reasons.length === 0 ? answer(200, 'ok\n') : answer(503, `${reasons.join('\n')}\n`);
        }
        default:
          return answer(404, 'not here; try /metrics, /healthz or /readyz\n');
      }
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

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}
