import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** An answer that a test puts in the place of the ordinary one. */
export interface ScriptedAnswer {
  status: number;
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Sent beside, or in the place of, the usual headers. */
  headers?: Readonly<Record<string, string>>;
  /** The body; the server's usual one for the status where absent. */
  body?: string;
  /** The body in pieces, made only as fast as the client takes them: for one that is larger than memory. */
  pieces?: () => Iterable<Buffer>;
}

/** The answers that wait for the next requests, first come first served. */
export class ScriptedAnswers<Extra extends object = object> {
  readonly #waiting: { answer: ScriptedAnswer & Extra; left: number; applies: (what: string) => boolean }[] =
    [];

  /** @param applies which requests it is for; all where absent. */
  add(count: number, answer: ScriptedAnswer & Extra, applies: (what: string) => boolean = () => true): void {
    this.#waiting.push({ answer, left: count, applies });
  }

  /** The answer for this request, used up by asking; undefined where the ordinary one is due. */
  take(what: string): (ScriptedAnswer & Extra) | undefined {
    const index = this.#waiting.findIndex(({ applies }) => applies(what));
    const scripted = this.#waiting[index];
    if (scripted === undefined) return undefined;
    scripted.left -= 1;
    if (scripted.left <= 0) this.#waiting.splice(index, 1);
    return scripted.answer;
  }
}

/** Sends a scripted answer with the given content type. */
export function sendScripted(
  response: ServerResponse,
  answer: ScriptedAnswer,
  contentType: string,
  usualBody: string,
): void {
  response.writeHead(answer.status, {
    'content-type': contentType,
    ...(answer.retryAfterSeconds !== undefined && { 'retry-after': String(answer.retryAfterSeconds) }),
    ...answer.headers,
  });
  if (answer.pieces) Readable.from(answer.pieces()).pipe(response);
  else response.end(answer.body ?? usualBody);
}
