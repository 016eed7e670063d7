import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../servers/port.ts';

/** What is to happen when so many bytes of answers have passed. */
interface Mark {
  left: number;
  readonly then: 'cut' | 'stall';
  readonly reached: PromiseWithResolvers<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Nothing passes any more, ever, and no end of either side is told to the other. */
  dead: boolean;
}

/**
 * A proxy on 127.0.0.1 that does to connections what networks do. It passes bytes, so TLS goes through it untouched:
 * a client has to trust the server behind it.
 */
export class FaultyProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #gate: PromiseWithResolvers<void> | undefined;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #mark: Mark | undefined;

  private constructor(port: number, target: { readonly host: string; readonly port: number }) {
    this.port = port;
    this.#server = createServer({ allowHalfOpen: true }, client => this.#join(client, target));
  }

  /** @param target the URL of the server behind it; its path doesn't matter */
  static async start(target: string): Promise<FaultyProxy> {
    const { hostname, port } = new URL(target);
    const proxy = new FaultyProxy(await freePort(), { host: hostname, port: Number(port) });
    proxy.#server.listen(proxy.port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The URL of the server behind it, with the proxy's address. */
  through(target: string): string {
    const url = new URL(target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href.replace(/\/$/, '');
  }

  /** Nothing passes, either way, and connections stay. */
  stall(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** As a firewall that has forgotten its connections: those of now are silent for ever, new ones are fine. */
  forget(): void {
    for (const link of this.#links) link.dead = true;
  }

  /** Answers pass at most so fast, all connections together. */
  slow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** All is well again. */
  resume(): void {
    this.#bytesPerSecond = Number.POSITIVE_INFINITY;
    this.#mark = undefined;
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** Resets every connection. */
  cut(): void {
    for (const link of this.#links) reset(link);
  }

  /** Resets every connection once so many bytes more of answers have passed, in the middle of whatever it is. */
  cutAfter(bytes: number): Promise<void> {
    return this.#setMark(bytes, 'cut');
  }

  /** Stalls once so many bytes more of answers have passed. */
  stallAfter(bytes: number): Promise<void> {
    return this.#setMark(bytes, 'stall');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.resume();
    this.cut();
    await closed;
  }

  #setMark(left: number, then: Mark['then']): Promise<void> {
    this.#mark = { left, then, reached: Promise.withResolvers() };
    return this.#mark.reached.promise;
  }

  #join(client: Socket, target: { readonly host: string; readonly port: number }): void {
    const server = new Socket({ allowHalfOpen: true });
    const link: Link = { client, server, dead: false };
    this.#links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // Told to the other side by the end of its pump.
      socket.on('error', () => undefined);
    }
    client.once('close', () => {
      this.#links.delete(link);
      server.destroy();
    });
    server.connect(target);
    void this.#pump(link, client, server);
    void this.#pump(link, server, client);
  }

  async #pump(link: Link, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let rest = chunk; rest.length > 0; ) {
          while (this.#gate) await this.#gate.promise;
          const size = from === link.server ? this.#allowance(rest.length) : rest.length;
          if (size > 0 && !link.dead && !to.write(rest.subarray(0, size))) await drained(to);
          rest = rest.subarray(size);
          if (from !== link.server) continue;
          this.#passed(size);
          if (this.#bytesPerSecond !== Number.POSITIVE_INFINITY)
            await sleep((size / this.#bytesPerSecond) * 1000);
        }
      }
      if (!link.dead) to.end();
    } catch {
      if (!link.dead) reset(link);
    }
  }

  #allowance(size: number): number {
    const step =
      this.#bytesPerSecond === Number.POSITIVE_INFINITY ? size : Math.ceil(this.#bytesPerSecond / 10);
    return Math.min(size, step, this.#mark?.left ?? size);
  }

  #passed(size: number): void {
    const mark = this.#mark;
    if (!mark) return;
    mark.left -= size;
    if (mark.left > 0) return;
    this.#mark = undefined;
    if (mark.then === 'stall') this.stall();
    else this.cut();
    mark.reached.resolve();
  }
}

/** A socket that closes never drains. */
function drained(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    if (socket.destroyed) resolve();
    else socket.on('drain', done).on('close', done);
  });
}

function reset({ client, server }: Link): void {
  for (const socket of [client, server]) {
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }
}
