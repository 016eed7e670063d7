import { parseRetryAfter } from '../delivery/backoff.ts';

/**
 * What the reflector does about a failure, decided once, where it happens:
 * - `expired`: the resourceVersion is compacted away. List anew.
 * - `foreign`: the resourceVersion is of another history: the cluster was restored, or is another one.
 * - `denied`: the credentials or their rights don't do. Keep trying, and say what to grant.
 * - `retry`: anything that may pass.
 */
export type ApiErrorClass = 'expired' | 'foreign' | 'denied' | 'retry';

/** A message is for people: it goes into the log and to `/readyz`. */
const maxMessageLength = 1000;

/** A failure to list or watch: the API server's own Status, or a connection that broke. */
export class ApiError extends Error {
  readonly class: ApiErrorClass;
  /** The HTTP status code, or 0 for a connection failure. */
  readonly status: number;
  /** Milliseconds to wait, where the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    status: number,
    options: { class?: ApiErrorClass; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ApiError';
    this.status = status;
    this.class = options.class ?? classOf(status);
    this.retryAfterMs = options.retryAfterMs;
  }

  /** From a Status object (apimachinery, pkg/apis/meta/v1), as the body of a response or in an ERROR frame. */
  static fromStatus(status: unknown, code: number, retryAfterMs?: number): ApiError {
    const { code: ownCode, reason, message, details } = (status ?? {}) as StatusFields;
    const { retryAfterSeconds, causes } = (details ?? {}) as StatusDetails;
    const text = [reason, message].filter(part => typeof part === 'string' && part !== '').join(': ');
    // A 504 is also what a proxy says of a server that doesn't answer; only this cause means the future.
    const ahead =
      Array.isArray(causes) && causes.some((cause: unknown) => reasonOf(cause) === 'ResourceVersionTooLarge');
    const inBody = Number.isInteger(retryAfterSeconds) ? String(retryAfterSeconds) : undefined;
    return new ApiError(
      text.slice(0, maxMessageLength) || `HTTP status ${code}`,
      typeof ownCode === 'number' && ownCode > 0 ? ownCode : code,
      { ...(ahead && { class: 'foreign' }), retryAfterMs: retryAfterMs ?? parseRetryAfter(inBody) },
    );
  }
}

/** A Status as it comes: any field may be of any type. */
type StatusFields = Readonly<Record<'code' | 'reason' | 'message' | 'details', unknown>>;
type StatusDetails = Readonly<Record<'retryAfterSeconds' | 'causes', unknown>>;

function reasonOf(cause: unknown): unknown {
  return (cause as { reason?: unknown } | null | undefined)?.reason;
}

function classOf(status: number): ApiErrorClass {
  if (status === 410) return 'expired';
  if (status === 401 || status === 403) return 'denied';
  return 'retry';
}
