import type { Panel, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { deliveryLag, noMetrics } from './exporter-graphs.ts';
import { colours } from './panels/common.ts';
import { growth, metricTotal, series } from './panels/metric.ts';

/** Good up to a first value, bad from a second one on. */
function rising(notice: number, bad: number): readonly Threshold[] {
  return [
    { value: null, color: colours.good },
    { value: notice, color: colours.notice },
    { value: bad, color: colours.bad },
  ];
}

/** Growth is worked out between scrapes: of 1 it can be a little less. */
const any: readonly Threshold[] = [
  { value: null, color: colours.good },
  { value: 0.5, color: colours.bad },
];

/** How it is now, and what this time has cost. */
export function totals(): readonly Panel[] {
  return [
    metricTotal(
      {
        title: 'Who reads',
        description:
          'Replicas that read and push, of the exporter with the fewest: 1 is right, 0 means that nobody does.',
        noData: noMetrics,
      },
      {
        expr: `min(sum by (job) (${series('kube_events_leader')}))`,
        unit: 'short',
        thresholds: [
          { value: null, color: colours.bad },
          { value: 1, color: colours.good },
        ],
      },
    ),
    metricTotal(
      {
        title: 'Delivery lag',
        description:
          'Time since Loki took the last entry, while entries wait. Nothing waits in a quiet cluster.',
        noData: 'Nothing waits',
      },
      { expr: deliveryLag, unit: 's', thresholds: rising(30, 300) },
    ),
    metricTotal(
      {
        title: 'In flight',
        description:
          'Events that were received and are neither delivered nor dropped yet: a few hundred in a storm.',
        noData: noMetrics,
      },
      {
        expr: `sum(${series('kube_events_in_flight_revisions')})`,
        unit: 'short',
        thresholds: rising(1000, 10000),
      },
    ),
    metricTotal(
      {
        title: 'Lost',
        description:
          'Events of this time that Loki would never take, or that a full spool dropped. Right is 0.',
        noData: noMetrics,
      },
      { expr: `sum(${growth('kube_events_dropped_revisions_total')})`, unit: 'short', thresholds: any },
    ),
    metricTotal(
      {
        title: 'Gaps',
        description:
          'How much of this time events may be missing of, because nobody read them before they expired.',
        noData: noMetrics,
      },
      { expr: `sum(${growth('kube_events_gap_seconds_total')})`, unit: 's', thresholds: any },
    ),
    metricTotal(
      {
        title: 'Pushes refused',
        description: 'Pushes of this time that had to be tried again. Each was, so nothing is lost by it.',
        noData: noMetrics,
      },
      { expr: `sum(${growth('kube_events_push_retries_total')})`, unit: 'short', thresholds: rising(1, 100) },
    ),
  ];
}
