import type { EncodedEntry } from '../loki/encode.ts';
import type { Refusal } from '../loki/refusal.ts';

/** Why a push is tried again. */
export const retryCauses = [
  'rate_limited',
  'stream_limit',
  'server_error',
  'connection',
  'denied',
  'not_found',
] as const;
export type RetryCause = (typeof retryCauses)[number];

/**
 * What came of a push, decided once, in the sink:
 * - `accepted`: stored.
 * - `retry`: the same push may be accepted later.
 * - `stream_limit`: entries of new streams were not stored, and a retry soon gets the same answer.
 * - `refused`: some entries were not stored, and never will be as they are.
 */
export type PushResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'retry';
      readonly cause: RetryCause;
      readonly retryAfterMs: number | undefined;
      readonly message: string;
    }
  | { readonly kind: 'stream_limit'; readonly message: string }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly message: string;
      /** Loki's clock, nanoseconds since 1970. */
      readonly now: bigint;
    };

/** Where entries end: Loki, or lines for another pipeline. */
export interface Sink {
  /** Where that is, without credentials, for logs. */
  readonly url: string;
  /** The body of one push; it is made once, for as often as it is sent. */
  encode(entries: readonly EncodedEntry[]): Uint8Array;
  push(body: Uint8Array, signal: AbortSignal): Promise<PushResult>;
  /** Whether a push would be taken: `accepted`, or a `retry` that says why not. Nothing is stored. */
  probe(signal: AbortSignal): Promise<PushResult>;
  close(): Promise<void>;
}
