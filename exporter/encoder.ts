import type { RedactConfig } from './config/redact-schema.ts';
import type { Config } from './config/schema.ts';
import type { QueuedEntry } from './delivery/queue.ts';
import { Filter } from './event/filter/filter.ts';
import { Router } from './event/filter/router.ts';
import { isKnownReason } from './event/reasons/catalogue.ts';
import { builtInNames, Redactor } from './event/redact/redactor.ts';
import { lastOccurrence } from './event/timestamp.ts';
import type { Position } from './kubernetes/position.ts';
import type { Revision } from './kubernetes/reader.ts';
import type { CardinalityBudget } from './loki/cardinality/budget.ts';
import { foldableOf } from './loki/cardinality/foldable.ts';
import { foldedEntry } from './loki/cardinality/folded-entry.ts';
import { encodeEntry } from './loki/encode.ts';
import { type EntryOptions, toEntry } from './loki/entry.ts';
import { isFieldFormat, withFieldsInLine } from './loki/line.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What becomes of one revision: filtered, or redacted, routed, folded and encoded once, for as often as it is sent. */
export class Encoder {
  readonly #options: EntryOptions;
  readonly #metrics: Metrics;
  readonly #budget: CardinalityBudget;
  readonly #filter: Filter;
  readonly #router: Router;
  readonly #redactor: Redactor | undefined;

  constructor(config: Config, metrics: Metrics, budget: CardinalityBudget) {
    const { job, cluster, output, loki } = config;
    // Lines of JSON for other pipelines have the fields besides the line.
    this.#options = { job, cluster, line: output === 'loki' || output === 'dry-run' ? loki.line : 'text' };
    this.#metrics = metrics;
    this.#budget = budget;
    this.#filter = new Filter(config.filters);
    this.#router = new Router(config.routes);
    this.#redactor = createRedactor(config.redact, metrics);
  }

  /** Whether the configuration wants it. */
  wants({ event }: Revision): boolean {
    return this.#filter.matches(event, Date.now());
  }

  /** @param source where it was read, by name */
  encode(source: string, revised: Revision, position: Position): QueuedEntry {
    const { event, key, revision, count, previous } = revised;
    const arrival = BigInt(Date.now()) * 1_000_000n;
    const redacted = this.#redactor?.redact(event) ?? event;
    const route = this.#router.routeOf(event);
    const entry = toEntry(redacted, previous, this.#options, arrival);
    const foldable = foldableOf(
      entry.labels,
      lastOccurrence(event),
      isKnownReason(entry.labels.reason ?? ''),
      route?.name,
    );
    const folds = this.#budget.fold(foldable);
    for (const label of folds) this.#metrics.folded.inc({ label });
    const folded = foldedEntry(entry, folds);
    const labels = route ? { ...folded.labels, ...route.labels } : folded.labels;
    const { line = 'text' } = this.#options;
    const labelled = { ...folded, labels };
    const placed = isFieldFormat(line) ? withFieldsInLine(labelled, line) : labelled;
    return { ...encodeEntry(placed), source, key, revision, count, position, foldable };
  }
}

/** Counts are there at zero, for every pattern that there is. */
function createRedactor({ enabled, patterns }: RedactConfig, { redactions }: Metrics): Redactor | undefined {
  if (!enabled) return undefined;
  for (const pattern of [...builtInNames, ...patterns.map(({ name }) => name)])
    redactions.inc({ pattern }, 0);
  return new Redactor({ patterns, found: pattern => redactions.inc({ pattern }) });
}
