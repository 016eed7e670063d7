import assert from 'node:assert/strict';
import type { Metrics } from '../../exporter/telemetry/metrics.ts';

/**
 * Asserts that every revision that was received is in exactly one of the other accounts: now, and as a scrape shows it.
 * @param inFlight of the pipeline that runs
 */
export async function assertBalanced(metrics: Metrics, inFlight: () => number): Promise<void> {
  metrics.readFrom({ inFlight, queueBytes: () => 0, spoolBytes: () => 0, cardinality: () => undefined });
  const text = await metrics.render();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^kube_events_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  const accounts = {
    delivered: sum('delivered_revisions_total'),
    filtered: sum('filtered_revisions_total'),
    dropped: sum('dropped_revisions_total'),
    handedOver: sum('handed_over_revisions_total'),
    inFlight: sum('in_flight_revisions'),
  };
  const total = Object.values(accounts).reduce((left, right) => left + right);
  assert.equal(sum('received_revisions_total'), total, `received is not ${JSON.stringify(accounts)}`);
}
