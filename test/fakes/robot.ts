import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { LoopbackServer } from './loopback-server.ts';
import { ScriptedAnswers, sendScripted } from './scripted-answers.ts';

/** A call as a service sees it. */
export interface RobotCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly url: URL;
  readonly headers: Readonly<IncomingMessage['headers']>;
  /** Bytes of the body. */
  readonly bytes: number;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

/** What a service says to a call. */
export interface RobotAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** Whether the message is in the chat. */
  readonly taken: boolean;
}

/** Stands in for a chat's webhook on loopback: it checks what comes as the service documents it, and keeps what it takes. */
export abstract class Robot {
  /** Messages that are in the chat, in their order. */
  readonly taken: RobotCall[] = [];
  readonly calls: RobotCall[] = [];
  /** Answers in place of the service's own; what they are for is not taken. */
  readonly answers = new ScriptedAnswers();
  readonly #server = new LoopbackServer((request, response) => {
    this.#handle(request, response).catch((error: Error) => response.destroy(error));
  });

  /** The URL of the webhook, with its token. */
  get url(): string {
    return `${this.#server.url}${this.path}`;
  }

  abstract readonly path: string;

  /** @param recent messages that were taken within the last minute */
  protected abstract judge(call: RobotCall, recent: readonly RobotCall[]): RobotAnswer;

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await text(request);
    const call: RobotCall = {
      time: Date.now(),
      url: new URL(request.url ?? '', this.#server.url),
      headers: request.headers,
      bytes: Buffer.byteLength(content),
      body: parsed(content),
    };
    this.calls.push(call);
    const scripted = this.answers.take(call.url.pathname);
    if (scripted !== undefined) return sendScripted(response, scripted, 'application/json', '');
    const recent = this.taken.filter(({ time }) => time > call.time - 60_000);
    const { status, body, contentType, taken } = this.judge(call, recent);
    if (taken) this.taken.push(call);
    response.writeHead(status, { 'content-type': contentType }).end(body);
  }
}

/** The answer of a service that answers 200 whatever has happened. */
export function always200(value: unknown, taken = false): RobotAnswer {
  return { status: 200, body: JSON.stringify(value), contentType: 'application/json', taken };
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
