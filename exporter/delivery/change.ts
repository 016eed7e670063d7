/** Tells those that wait that something has changed: each looks for itself whether it is what it waits for. */
export class Change {
  #next = Promise.withResolvers<void>();

  notify(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Ends with the next change, or when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([this.#next.promise, aborted.promise]);
    signal.removeEventListener('abort', abort);
  }
}
