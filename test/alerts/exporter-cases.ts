/** What a rule about the exporter makes of some series. Times are minutes. */
export interface ExporterCase {
  readonly rule: string;
  readonly title: string;
  /** A value for each minute, in promtool's notation: `0x30 1+0x10`, and `_` for none. */
  readonly series: Readonly<Record<string, string>>;
  /** When it fires, and what it says then; never without it. */
  readonly fires?: { readonly at: number; readonly alerts: readonly ExpectedAlert[] };
  /** When it does not. */
  readonly silent: readonly number[];
}

interface ExpectedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

const one = 'instance="10.0.0.1:9402", cluster="prod"';
const other = 'instance="10.0.0.2:9402", cluster="prod"';
const dev = 'instance="10.1.0.1:9402", cluster="dev"';

const absent = {
  labels: {},
  summary: 'Prometheus sees no kube-events-loki',
  description:
    'No metrics of any kube-events-loki for 15m: either none runs, or Prometheus does not scrape them.',
};

const silentCluster = (cluster: string) => ({
  labels: { cluster },
  summary: `Nothing is heard of cluster ${cluster}`,
  description: `For 15m no exporter has heard of the API server of ${cluster}: it is gone, or hears nothing. Events and alerts of this cluster are missing.`,
});

const build = 'kube_events_build_info';
const age = 'kube_events_last_frame_age_seconds';
const inFlight = 'kube_events_in_flight_revisions';
const delivered = 'kube_events_delivered_revisions_total';
const retries = 'kube_events_push_retries_total';
const dropped = 'kube_events_dropped_revisions_total';
const gaps = 'kube_events_gap_seconds_total';
const folded = 'kube_events_folded_revisions_total';

export const exporterCases: readonly ExporterCase[] = [
  {
    rule: 'KubeEventsExporterAbsent',
    title: 'the only one goes, and comes back',
    series: { [`${build}{${one}}`]: '1x10 _x29 1x10' },
    fires: { at: 30, alerts: [absent] },
    silent: [10, 24, 42],
  },
  {
    rule: 'KubeEventsExporterAbsent',
    title: 'one of two goes',
    series: { [`${build}{${one}}`]: '1x10', [`${build}{${dev}}`]: '1x60' },
    silent: [30, 60],
  },
  {
    rule: 'ClusterSilent',
    title: 'the exporter of one cluster of two goes, and comes back',
    series: {
      [`${build}{${one}}`]: '1x60',
      [`${age}{${one}}`]: '3x60',
      [`${build}{${dev}}`]: '1x10 _x29 1x20',
      [`${age}{${dev}}`]: '3x10 _x29 3x20',
    },
    fires: { at: 30, alerts: [silentCluster('dev')] },
    silent: [10, 24, 42],
  },
  {
    rule: 'ClusterSilent',
    title: 'the exporter is there, and hears nothing for half an hour',
    series: { [`${build}{${one}}`]: '1x80', [`${age}{${one}}`]: '0+60x45 3x30' },
    fires: { at: 40, alerts: [silentCluster('prod')] },
    silent: [20, 28, 47],
  },
  {
    rule: 'ClusterSilent',
    title: 'a quiet cluster is listed every four minutes, and a replica stands by',
    series: {
      [`${build}{${one}}`]: '1x60',
      [`${age}{${one}}`]: '0+60x3 0+60x3 0+60x3 0+60x3 0+60x3 0+60x3 0+60x3',
      [`${build}{${other}}`]: '1x60',
      [`${age}{${other}}`]: Array(31).fill('NaN').join(' '),
    },
    silent: [10, 20, 30],
  },
  {
    rule: 'ClusterSilent',
    title: 'a standby takes over from a leader of long ago',
    series: {
      [`${build}{${one}}`]: '1x60',
      [`${age}{${one}}`]: '5x20 0+60x40',
      [`${build}{${other}}`]: '1x60',
      [`${age}{${other}}`]: '9000+60x20 5x40',
    },
    silent: [10, 30, 50, 60],
  },
  {
    rule: 'KubeEventsNotDelivering',
    title: 'Loki is away for half an hour',
    series: {
      [`${inFlight}{${one}}`]: '0x10 5+5x30 0x30',
      [`${delivered}{${one}}`]: '100+1x10 110x30 200+1x30',
    },
    fires: {
      at: 30,
      alerts: [
        {
          labels: { cluster: 'prod' },
          summary: 'Events of prod do not get to Loki',
          description: '80 events wait, and Loki took none for 5m, and still none 5m later.',
        },
      ],
    },
    silent: [10, 19, 45],
  },
  {
    rule: 'KubeEventsNotDelivering',
    title: 'a quiet cluster delivers nothing, and nothing waits; a busy one always has some in flight',
    series: {
      [`${inFlight}{${one}}`]: '0x60',
      [`${delivered}{${one}}`]: '100x60',
      [`${inFlight}{${dev}}`]: '20x60',
      [`${delivered}{${dev}}`]: '0+50x60',
    },
    silent: [15, 30, 60],
  },
  {
    rule: 'KubeEventsNotDelivering',
    title: 'a new pod has much to do, and has only just begun',
    series: { [`${inFlight}{${other}}`]: '_x20 5000x3 0x30', [`${delivered}{${other}}`]: '_x20 0x3 5000x30' },
    silent: [20, 22, 24, 30],
  },
  {
    rule: 'KubeEventsLokiRefusing',
    title: 'the tenant has no room for new streams until somebody makes some',
    series: {
      [`${retries}{${one}, cause="stream_limit"}`]: '0x10 0+4x20 80x30',
      [`${retries}{${one}, cause="connection"}`]: '0+4x60',
      [`${retries}{${one}, cause="denied"}`]: '0x60',
    },
    fires: {
      at: 25,
      alerts: [
        {
          labels: { cluster: 'prod', cause: 'stream_limit' },
          summary: 'Loki refuses events of prod: stream_limit',
          description:
            'Loki refused 40 pushes within 10m (stream_limit). It does not pass by itself: settings have to change.',
        },
      ],
    },
    silent: [5, 45, 60],
  },
  {
    rule: 'KubeEventsLokiRefusing',
    title: 'one push is denied while a token changes; Loki restarts',
    series: {
      [`${retries}{${one}, cause="denied"}`]: '0x10 1x50',
      [`${retries}{${one}, cause="connection"}`]: '0+4x60',
    },
    silent: [12, 20, 60],
  },
  {
    rule: 'KubeEventsLagging',
    title: 'more come than Loki takes',
    series: { [`${inFlight}{${one}}`]: '0+400x30 0x30' },
    fires: {
      at: 25,
      alerts: [
        {
          labels: { cluster: 'prod' },
          summary: 'Events of prod get to Loki late',
          description:
            '10000 events wait for Loki, and it has been too many for 15m. Alerts on events come late too.',
        },
      ],
    },
    silent: [15, 32, 50],
  },
  {
    rule: 'KubeEventsLagging',
    title: 'a first start has thousands, and delivers them',
    series: { [`${inFlight}{${one}}`]: '_x10 9000-900x10 0x50' },
    silent: [11, 15, 20, 40],
  },
  {
    rule: 'KubeEventsDropping',
    title: 'one entry is too long',
    series: {
      [`${dropped}{${one}, cause="line_too_long"}`]: '0x10 1x60',
      [`${dropped}{${one}, cause="too_old"}`]: '0x70',
    },
    fires: {
      at: 15,
      alerts: [
        {
          labels: { cluster: 'prod', cause: 'line_too_long' },
          summary: 'Events of prod are lost: line_too_long',
          description: '1 events were dropped within 15m: line_too_long.',
        },
      ],
    },
    silent: [10, 30, 60],
  },
  {
    rule: 'KubeEventsDropping',
    title: 'a new process is not to blame for what another dropped long ago',
    series: {
      [`${dropped}{${one}, cause="too_old"}`]: '7x60',
      [`${dropped}{${other}, cause="too_old"}`]: '_x30 0x30',
    },
    silent: [30, 45, 60],
  },
  {
    rule: 'KubeEventsGap',
    title: 'a new pod finds a gap before it is scraped',
    series: { [`${gaps}{${one}}`]: '0x10', [`${gaps}{${other}}`]: '_x60 600x120' },
    fires: {
      at: 65,
      alerts: [
        {
          labels: { cluster: 'prod' },
          summary: 'Events of prod may be missing',
          description:
            'The exporter was away for longer than the API server keeps events: those of 600 seconds may be missing for good.',
        },
      ],
    },
    silent: [10, 59, 125],
  },
  {
    rule: 'KubeEventsGap',
    title: 'a restart without a gap',
    series: { [`${gaps}{${one}}`]: '0x30 _x10 0x60' },
    silent: [10, 45, 90],
  },
  {
    rule: 'KubeEventsStreamBudgetReached',
    title: 'an operator writes names into reason for ten minutes',
    series: {
      [`${folded}{${one}, label="reason"}`]: '0x10 0+6x10 60x60',
      [`${folded}{${one}, label="namespace"}`]: '0x80',
    },
    fires: {
      at: 25,
      alerts: [
        {
          labels: { cluster: 'prod', label: 'reason' },
          summary: 'Label reason of the events of prod folds',
          description:
            '60 entries within 30m have __other__ in the label reason: the cardinality budget is used up. The value is in their metadata, and nothing is lost.',
        },
      ],
    },
    silent: [10, 55, 80],
  },
  {
    rule: 'KubeEventsStreamBudgetReached',
    title: 'nothing folds',
    series: { [`${folded}{${one}, label="reason"}`]: '0x60' },
    silent: [30, 60],
  },
];
