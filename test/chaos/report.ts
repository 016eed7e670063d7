import type { Audit } from './audit.ts';
import type { Books } from './bookkeeper.ts';

/** What came of a scenario. */
export interface Report {
  readonly name: string;
  /** Undefined where it didn't come so far. */
  readonly audit: Audit | undefined;
  /** That the writers know of; one whose answer they missed is there too. */
  readonly revisions: number;
  readonly books: Books | undefined;
  /** Occurrences by a metric query, as soon as everything had arrived. */
  readonly sumAtOnce: number | undefined;
  /** And after a while. */
  readonly sumLater: number | undefined;
  /** Figures of this scenario alone. */
  readonly notes: readonly string[];
  /** Empty where all is well. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** One line, and one more for each failure. */
export function formatReport(report: Report): string {
  const { audit, books } = report;
  const figures = audit
    ? [
        `${audit.events} events`,
        `${audit.entries} entries of ${report.revisions} revisions`,
        `lost ${audit.lost}`,
        `twice ${audit.twice}`,
        `sum ${report.sumAtOnce} at once, ${report.sumLater} later, ${audit.expected} in the API`,
        ...(audit.restamped > 0 ? [`re-stamped ${audit.restamped}`] : []),
      ]
    : ['nothing to compare'];
  const own = books
    ? [
        `accounts off by ${books.imbalance} in ${books.scrapes} scrapes`,
        `dropped ${books.dropped}`,
        `429s ${books.refusedByLimit}`,
        `gap ${books.gapSeconds.toFixed(1)} s`,
      ]
    : [];
  const mark = report.failures.length === 0 ? 'ok  ' : 'FAIL';
  const line = [...figures, ...own, ...report.notes, `${report.seconds.toFixed(0)} s`].join(', ');
  return [`${mark} ${report.name}: ${line}`, ...report.failures.map(failure => `     ${failure}`)].join('\n');
}
