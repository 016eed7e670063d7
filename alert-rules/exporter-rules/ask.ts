/** PromQL of the rules about the exporter's own metrics. */
export class AskMetrics {
  readonly #selector: string;

  /** @param selector further matchers of every series, as in `namespace="monitoring"` */
  constructor(selector: string) {
    this.#selector = selector;
  }

  /** Series of a metric. @param matchers as in `cause="denied"` */
  series(name: string, ...matchers: readonly string[]): string {
    const all = [...matchers, ...(this.#selector === '' ? [] : [this.#selector])];
    return all.length === 0 ? name : `${name}{${all.join(', ')}}`;
  }

  /**
   * How much a counter rose in a time, as in `15m`. One that was not there the day before is new, and counts from zero: a
   * process has found a gap, say, before it is scraped for the first time.
   */
  increase(counter: string, by: readonly string[], range: string, ...matchers: readonly string[]): string {
    const series = this.series(counter, ...matchers);
    const ofNew = `${series} unless max_over_time(${series}[1d] offset ${range})`;
    return `sum by (${by.join(', ')}) (${ofNew} or increase(${series}[${range}]))`;
  }
}
