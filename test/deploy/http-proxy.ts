import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** An HTTP proxy that forwards and tunnels, and remembers whereto. */
export class HttpProxy {
  /** `HOST:PORT` */
  readonly targets = new Set<string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((asked, answer) => {
      const url = new URL(asked.url ?? '');
      this.targets.add(url.host);
      const { method, headers } = asked;
      const onward = request(url, { method, headers }, response => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      asked.pipe(onward);
      onward.once('error', () => answer.destroy());
    }).on('connect', (asked, socket) => {
      this.targets.add(asked.url ?? '');
      const { hostname, port } = new URL(`http://${asked.url}`);
      const onward = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      const end = () => {
        socket.destroy();
        onward.destroy();
      };
      socket.once('error', end).once('close', end);
      onward.once('error', end).once('close', end);
    });
  }

  static async start(): Promise<HttpProxy> {
    const proxy = new HttpProxy();
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise(resolve => this.#server.close(resolve));
  }
}
