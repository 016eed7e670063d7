import { parseRetryAfter } from '../../../exporter/delivery/backoff.ts';
import type { Answer, RefusalCause, Verdict } from './service.ts';

/** What a code, or words, of a service mean, and what to do about it. */
export interface KnownRefusal {
  readonly codes?: readonly number[];
  readonly words?: RegExp;
  readonly cause: RefusalCause;
  readonly advice: string;
}

export const taken: Verdict = { kind: 'taken' };

export function refused(cause: RefusalCause, advice: string, retryAfterMs?: number): Verdict {
  return { kind: 'refused', cause, advice, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** What to make of an answer that isn't 2xx, where the service says nothing else about it. */
export function judgeStatus({ status, headers }: Answer): Verdict | undefined {
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = parseRetryAfter(headers['retry-after'] as string | undefined);
  if (status === 429) return refused('limited', 'it comes again by itself', retryAfterMs);
  if (status >= 500 || status === 408) {
    return refused(
      'busy',
      'the service or a proxy before it has a fault; it comes again by itself',
      retryAfterMs,
    );
  }
  const advice =
    status === 401 || status === 403 || status === 404 || status === 410
      ? 'copy the webhook’s URL again, and look whether the robot is still in its group'
      : 'look whether the URL is that of the webhook';
  return refused('url', advice);
}

/** What is known of a code with its words; the first that fits. */
export function judgeCode(known: readonly KnownRefusal[], code: number, words: string): Verdict {
  const found = known.find(({ codes, words: pattern }) => {
    return (codes === undefined || codes.includes(code)) && (pattern === undefined || pattern.test(words));
  });
  return found
    ? refused(found.cause, found.advice)
    : refused('other', 'look the code up in the documentation of the service');
}

/** The object that a text is as JSON; undefined where it is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
