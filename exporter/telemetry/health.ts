/** What has to be well before the exporter is ready. */
export type HealthPart = 'kubernetes' | 'loki' | 'streams' | 'lease';

/** Readiness: each part is well, or says what it waits for. */
export class Health {
  readonly #waiting = new Map<HealthPart, string>([
    ['kubernetes', 'waiting for the first list of events'],
    ['loki', 'waiting for an answer from Loki'],
  ]);

  well(part: HealthPart): void {
    this.#waiting.delete(part);
  }

  /** @param reason what is wrong and what to do about it */
  unwell(part: HealthPart, reason: string): void {
    this.#waiting.set(part, reason);
  }

  /** One line for each part that isn't well; none when ready. */
  reasons(): string[] {
    return Array.from(this.#waiting, ([part, reason]) => `${part}: ${reason}`);
  }
}
