import type { Message } from '../message.ts';
import type { Rate } from '../rate-limit.ts';

/** How a service writes what a text can be. Everything but `escape` takes text that is escaped already. */
export interface Markup {
  /** Makes a text from elsewhere one that stands for itself: no format, no link, no mention. */
  escape(text: string): string;
  bold(text: string): string;
  /** @param url a safe one: see `links.ts` */
  link(text: string, url: string): string;
  readonly newline: string;
}

/** A message as a text of the service's own, ready to be put into a body. */
export interface Content {
  /** Plain text. */
  readonly title: string;
  /** The colour of the message. */
  readonly tone: 'critical' | 'warning' | 'info' | 'resolved';
  /** Marked up: what is common, then the alerts, then how many more there are. */
  readonly parts: readonly string[];
  /** Whether people are mentioned. */
  readonly mentions: boolean;
}

/** What a service has said of a message. */
export type Verdict =
  | { readonly kind: 'taken' }
  /** `limited` and `busy` pass; the others need somebody. */
  | {
      readonly kind: 'refused';
      readonly cause: RefusalCause;
      readonly advice: string;
      readonly retryAfterMs?: number;
    };

/** Why a message was not taken, a closed list: it is a label of a metric. */
export const refusalCauses = [
  'limited',
  'busy',
  'connection',
  'signature',
  'keyword',
  'address',
  'url',
  'too_long',
  'other',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** Causes that pass by themselves. */
export const passing: ReadonlySet<RefusalCause> = new Set(['limited', 'busy', 'connection']);

/** What an HTTP server has answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A request to a service. */
export interface Post {
  readonly url: string;
  readonly body: unknown;
}

/** A service that shows messages to people, with what a receiver's configuration says of it. */
export interface Service {
  readonly markup: Markup;
  /** As the service documents them. */
  readonly rates: readonly Rate[];
  /** The body of the request, as a value of JSON. */
  body(content: Content, message: Message): unknown;
  /** Whether the service takes a body of that length. */
  fits(body: unknown): boolean;
  /** Adds the signature. @param now milliseconds since 1970 */
  sign(post: Post, secret: string, now: number): Post;
  /** What an answer means, whatever its status. */
  judge(answer: Answer): Verdict;
}

/** Bytes that a body takes on the wire. */
export function bytesOf(body: unknown): number {
  return Buffer.byteLength(JSON.stringify(body));
}
