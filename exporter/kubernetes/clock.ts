import { setTimeout as sleep } from 'node:timers/promises';

/** The time that terms are measured by. It goes on while the process is stopped, and never back. */
export interface Clock {
  /** Milliseconds since any moment. */
  now(): number;
  /** Resolves after so many milliseconds, or once the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** This machine's monotonic clock. */
export const monotonicClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    await sleep(ms, undefined, { signal }).catch(() => {});
  },
};
