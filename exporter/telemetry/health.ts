/** What has to be well before the exporter is ready. */
export type HealthPart = 'kubernetes' | 'loki' | 'streams' | 'lease';

/** Readiness: each part is well, or says what it waits for; where a part is made of several, each of them does. */
export class Health {
  readonly #waiting = new Map<HealthPart, Map<string, string>>();

  /** Nothing is known of these yet, and nothing is to be told of others of the part any more. */
  expect(part: HealthPart, names: Iterable<string>, reason: string): void {
    this.#waiting.set(part, new Map(Array.from(names, name => [name, reason])));
  }

  well(part: HealthPart, name = ''): void {
    this.#waiting.get(part)?.delete(name);
  }

  /**
   * @param reason what is wrong and what to do about it
   * @param name of one of several: a source, a tenant
   */
  unwell(part: HealthPart, reason: string, name = ''): void {
    const waiting = this.#waiting.get(part) ?? new Map<string, string>();
    this.#waiting.set(part, waiting.set(name, reason));
  }

  /** One line for each that isn't well; none when ready. */
  reasons(): string[] {
    return Array.from(this.#waiting).flatMap(([part, waiting]) => {
      return Array.from(waiting, ([name, reason]) => `${[part, name].filter(Boolean).join(' ')}: ${reason}`);
    });
  }
}
