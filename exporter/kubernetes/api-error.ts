/**
 * What the reflector does about a failure, decided once, where it happens:
 * - `expired`: the resourceVersion is compacted away. List anew.
 * - `foreign`: the resourceVersion is of another history: the cluster was restored, or is another one.
 * - `denied`: the credentials or their rights don't do. Keep trying, and say what to grant.
 * - `retry`: anything that may pass.
 */
export type ApiErrorClass = 'expired' | 'foreign' | 'denied' | 'retry';

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
    const known = (status ?? {}) as {
      code?: number;
      reason?: string;
      message?: string;
      details?: { retryAfterSeconds?: number; causes?: { reason?: string }[] };
    };
    const inBody = known.details?.retryAfterSeconds;
    const text = [known.reason, known.message].filter(Boolean).join(': ');
    // A 504 is also what a proxy says of a server that doesn't answer; only this cause means the future.
    const ahead = known.details?.causes?.some(cause => cause.reason === 'ResourceVersionTooLarge');
    return new ApiError(text || `HTTP status ${code}`, known.code || code, {
      ...(ahead && { class: 'foreign' }),
      retryAfterMs: retryAfterMs ?? (inBody ? inBody * 1000 : undefined),
    });
  }
}

function classOf(status: number): ApiErrorClass {
  if (status === 410) return 'expired';
  if (status === 401 || status === 403) return 'denied';
  return 'retry';
}
