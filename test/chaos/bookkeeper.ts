import type { ExporterProcess } from '../servers/exporter.ts';
import type { Exposition } from '../servers/exposition.ts';

/** What an exporter's own metrics said while a scenario lasted, over all its restarts. */
export interface Books {
  /** The largest difference between the two sides of `received = delivered + filtered + dropped + handed over + in flight`. */
  readonly imbalance: number;
  readonly dropped: number;
  /** The causes of what was dropped, as the metric's labels. */
  readonly dropCauses: readonly string[];
  /** Pushes that Loki answered with 429. */
  readonly refusedByLimit: number;
  readonly gapSeconds: number;
  /** How often the metrics were read. */
  readonly scrapes: number;
}

const INTERVAL_MS = 500;

/** Reads an exporter's metrics twice a second, and keeps what a crash would make them forget. */
export class Bookkeeper {
  readonly exporter: ExporterProcess;
  readonly #timer: NodeJS.Timeout;
  readonly #before = { dropped: 0, refusedByLimit: 0, gapSeconds: 0 };
  #current = { received: 0, dropped: 0, refusedByLimit: 0, gapSeconds: 0 };
  #dropCauses = new Set<string>();
  #imbalance = 0;
  #scrapes = 0;

  constructor(exporter: ExporterProcess) {
    this.exporter = exporter;
    // An exporter that was killed has no metrics.
    this.#timer = setInterval(() => void this.read().catch(() => undefined), INTERVAL_MS);
  }

  /** Reads them now. @throws Error where the exporter is away */
  async read(): Promise<Exposition> {
    const metrics = await this.exporter.metrics();
    const of = (name: string) =>
      metrics.sum(`kube_events_${name}_revisions${name === 'in_flight' ? '' : '_total'}`);
    const settled = of('delivered') + of('filtered') + of('dropped') + of('handed_over') + of('in_flight');
    this.#imbalance = Math.max(this.#imbalance, Math.abs(of('received') - settled));
    this.#scrapes += 1;
    if (of('received') < this.#current.received) {
      this.#before.dropped += this.#current.dropped;
      this.#before.refusedByLimit += this.#current.refusedByLimit;
      this.#before.gapSeconds += this.#current.gapSeconds;
    }
    this.#current = {
      received: of('received'),
      dropped: of('dropped'),
      refusedByLimit: metrics.sum('kube_events_push_retries_total', /cause="(rate|stream)_limit/),
      gapSeconds: metrics.sum('kube_events_gap_seconds_total'),
    };
    const causes = metrics.describe('kube_events_dropped_revisions_total');
    if (causes) this.#dropCauses.add(causes);
    return metrics;
  }

  get books(): Books {
    return {
      imbalance: this.#imbalance,
      dropped: this.#before.dropped + this.#current.dropped,
      dropCauses: [...this.#dropCauses],
      refusedByLimit: this.#before.refusedByLimit + this.#current.refusedByLimit,
      gapSeconds: this.#before.gapSeconds + this.#current.gapSeconds,
      scrapes: this.#scrapes,
    };
  }

  /** Reads no more. */
  close(): void {
    clearInterval(this.#timer);
  }
}
