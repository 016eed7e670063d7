/** How long one request of a check may take, in milliseconds: somebody waits for it. */
export const requestTimeoutMs = 10_000;

/** Aborts after the time, with words that say so. */
export function requestDeadline(): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`no answer in ${requestTimeoutMs / 1000} s`)),
    requestTimeoutMs,
  );
  timer.unref();
  return controller.signal;
}

/** The work's result; or a rejection after the time, for what no signal can end. */
export async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  const signal = requestDeadline();
  const overdue = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => overdue.reject(signal.reason), { once: true });
  return Promise.race([work, overdue.promise]);
}
