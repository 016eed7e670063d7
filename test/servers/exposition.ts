/** Metrics as an exporter serves them at one moment, in Prometheus' text format. */
export class Exposition {
  readonly #samples: { readonly name: string; readonly labels: string; readonly value: number }[] = [];

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (parts) {
        this.#samples.push({ name: parts[1] ?? '', labels: parts[2] ?? '', value: Number(parts[3]) });
      }
    }
  }

  /**
   * The sum over a metric's label sets; 0 where there is none.
   *
   * @param labels only the sets whose text matches, as in `/cause="timeout"/`
   */
  sum(name: string, labels = /^/): number {
    let sum = 0;
    for (const sample of this.#samples) {
      if (sample.name === name && labels.test(sample.labels)) sum += sample.value;
    }
    return sum;
  }

  /** A metric's label sets that aren't 0, as `labels value`. */
  describe(name: string): string {
    return this.#samples
      .filter(sample => sample.name === name && sample.value !== 0)
      .map(({ labels, value }) => `${labels} ${value}`)
      .join(', ');
  }
}
