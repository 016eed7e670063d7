import type { Clock } from '../../exporter/kubernetes/clock.ts';

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #now = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const wake = () => {
        this.#sleepers = this.#sleepers.filter(sleeper => sleeper.wake !== wake);
        resolve();
      };
      this.#sleepers.push({ at: this.#now + ms, wake });
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  get sleeping(): boolean {
    return this.#sleepers.length > 0;
  }

  /** Goes to the next moment at which a sleeper is due, `until` at the latest; whether there was one. */
  step(until: number): boolean {
    const due = this.#sleepers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
    this.#now = Math.max(this.#now, due?.at ?? until);
    due?.wake();
    return due !== undefined;
  }

  /** Time passes and nobody wakes, as in a process that is stopped. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
