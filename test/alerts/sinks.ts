import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { LoopbackServer } from '../fakes/loopback-server.ts';

/** A request as a webhook got it. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A webhook that takes everything and keeps it. Slack's answers `ok`, too. */
export class HttpSink implements AsyncDisposable {
  /** In the order of arrival. */
  readonly received: Received[] = [];
  readonly #http = new LoopbackServer(async (request, response) => {
    const body: unknown = JSON.parse((await buffer(request)).toString());
    this.received.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
    response.end('ok');
  });

  async start(): Promise<this> {
    await this.#http.start();
    return this;
  }

  get url(): string {
    return this.#http.url;
  }

  /** The bodies that came to a path. */
  at(path: string): readonly unknown[] {
    return this.received.filter(request => request.path === path).map(({ body }) => body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.stop();
  }
}

/** A mail server that takes everything and keeps it. RFC 5321, as much of it as a client without TLS needs. */
export class MailSink implements AsyncDisposable {
  /** Messages as they came, in the order of arrival. */
  readonly messages: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer(socket => this.#serve(socket));
  #port = 0;

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    return this;
  }

  /** `HOST:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    let input = '';
    let inData = false;
    socket.write('220 sink\r\n');
    socket.on('data', (chunk: string) => {
      input += chunk;
      for (;;) {
        const end = input.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end === -1) return;
        const text = input.slice(0, end);
        input = input.slice(end + (inData ? 5 : 2));
        if (inData) {
          this.messages.push(text.replaceAll('\r\n..', '\r\n.'));
          inData = false;
          socket.write('250 taken\r\n');
          continue;
        }
        const verb = text.slice(0, 4).toUpperCase();
        if (verb === 'DATA') inData = true;
        socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        if (verb === 'QUIT') socket.end();
      }
    });
  }
}

/** A mail's headers, by their names in lower case, and its parts' texts by their types. */
export interface Mail {
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, string>>;
}

/** Reads a mail with parts in quoted-printable and headers in encoded words. RFC 2045 to 2047, as Go writes them. */
export function readMail(message: string): Mail {
  const [head, body] = split(message);
  const headers = headersOf(head);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts = body
    .split(`--${boundary}`)
    .map(part => part.replace(/^\r\n/, ''))
    .filter(part => part.includes('\r\n\r\n'))
    .map(part => {
      const [partHead, text] = split(part);
      const type = headersOf(partHead)['content-type']?.split(';')[0] ?? '';
      return [type, quotedPrintable(text.replaceAll('=\r\n', '')).replace(/\r\n$/, '')] as const;
    });
  return { headers, parts: Object.fromEntries(parts) };
}

function split(text: string): [string, string] {
  const end = text.indexOf('\r\n\r\n');
  return [text.slice(0, end), text.slice(end + 4)];
}

function headersOf(head: string): Record<string, string> {
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map(line => {
      const colon = line.indexOf(':');
      const value = line.slice(colon + 1).trim();
      return [line.slice(0, colon).toLowerCase(), encodedWords(value)];
    }),
  );
}

function encodedWords(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, word: string) => quotedPrintable(word.replaceAll('_', ' ')));
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // What isn't encoded is ASCII, except for a text that was not encoded at all.
  return /[^\0-\xff]/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
