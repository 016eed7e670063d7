import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { colours, fixedColour, merge, organize, type PanelText } from './panels/common.ts';
import {
  type Lines,
  metricGraph,
  ofExporters,
  prometheusSource,
  quantile,
  rate,
  rowsQuery,
  series,
} from './panels/metric.ts';
import { table } from './panels/table.ts';

export const noMetrics = 'No metrics';

/** Seconds, where entries wait at every scrape for a while: one that has just come is on its way. */
export const deliveryLag = `max(${series('kube_events_last_delivery_age_seconds')} and (min_over_time(${series('kube_events_in_flight_revisions')}[$__rate_interval]) > 0))`;

type Row = readonly Panel[];

export function delivery(): readonly Row[] {
  const account = (what: string) => `sum(${rate(`kube_events_${what}_revisions_total`)})`;
  return [
    [
      lines(
        'Events',
        'Received, and what became of them. Delivered keeps up with received, or the queue grows.',
        'cps',
        {
          Received: account('received'),
          Delivered: account('delivered'),
          'Filtered out': account('filtered'),
          Dropped: account('dropped'),
          'Handed over': account('handed_over'),
        },
        {
          Received: [fixedColour(colours.Normal)],
          Delivered: [fixedColour(colours.good)],
          Dropped: [fixedColour(colours.bad)],
        },
      ),
      lines(
        'Dropped, by cause',
        'Events that are lost: too_far_behind, too_old and too_new are times that Loki refuses, spool_full a long outage.',
        'cps',
        byLabel('cause', 'kube_events_dropped_revisions_total'),
      ),
    ],
    [
      lines(
        'Delivery lag over time',
        'Time since Loki took the last entry, while entries wait; and time since the API server said anything.',
        's',
        {
          'Last delivery': deliveryLag,
          'Last frame': `max(${series('kube_events_last_frame_age_seconds')} and (${series('kube_events_leader')} == 1))`,
        },
      ),
      lines(
        'Time of a push',
        'From a push to the answer of Loki: the median, and what one in 20 and in 100 took.',
        's',
        {
          Median: quantile(0.5, 'kube_events_push_duration_seconds'),
          '95 %': quantile(0.95, 'kube_events_push_duration_seconds'),
          '99 %': quantile(0.99, 'kube_events_push_duration_seconds'),
        },
      ),
    ],
    [
      lines(
        'Waiting events',
        'In flight, by replica: a line that only rises is a Loki that takes nothing.',
        'short',
        {
          '{{instance}}': `sum by (instance) (${series('kube_events_in_flight_revisions')})`,
        },
      ),
      lines(
        'Waiting bytes',
        'Entries in memory and on disk. What is in memory alone comes again after a restart.',
        'bytes',
        {
          'In memory': `sum(${series('kube_events_queue_bytes')})`,
          'On disk': `sum(${series('kube_events_spool_bytes')})`,
        },
      ),
    ],
  ];
}

export function loki(): readonly Row[] {
  return [
    [
      lines(
        'Pushes refused, by cause',
        'Limits of the tenant: rate_limited and stream_limit. A wrong configuration: denied and not_found. The others pass.',
        'cps',
        byLabel('cause', 'kube_events_push_retries_total'),
      ),
      lines(
        'Given another time',
        'Events whose time Loki refused: they stand at the nearest time that it takes, the true one in event_time.',
        'cps',
        byLabel('cause', 'kube_events_restamped_revisions_total'),
      ),
      lines(
        'Streams that wait',
        'Streams without room under the limit of the tenant, by tenant: raise max_global_streams_per_user there.',
        'short',
        { '{{tenant}}': `sum by (tenant) (${series('kube_events_parked_streams')})` },
        {},
        'None wait',
      ),
    ],
    [
      lines(
        'Active streams',
        'Streams in use, and what may be: reasons fold from half of it on, everything else later.',
        'short',
        {
          '{{job}}': `max by (job) (${series('kube_events_active_streams')})`,
          Budget: `max(${series('kube_events_stream_budget')})`,
        },
        { Budget: [fixedColour(colours.bad)] },
      ),
      lines(
        'Label values',
        'Values in use of the labels that come from the cluster, each with a budget of its own.',
        'short',
        {
          '{{label}}': `max by (label) (${series('kube_events_label_values')})`,
        },
      ),
      lines(
        'Folded, by label',
        'Events with __other__ in a label because the budget is used up; the real value is in event_reason, and so on.',
        'cps',
        byLabel('label', 'kube_events_folded_revisions_total'),
      ),
    ],
  ];
}

export function kubernetes(): readonly Row[] {
  return [
    [
      lines(
        'Watches that ended',
        'It is as it should be for timeout; expired means a list, paused a Loki that is too slow, error a broken connection.',
        'cps',
        byLabel('cause', 'kube_events_watch_restarts_total'),
      ),
      lines(
        'Gaps over time',
        'Time of which events may be missing, as it is found out: the log names the interval and the reason.',
        's',
        { Gap: `sum(increase(${series('kube_events_gap_seconds_total')}[$__rate_interval]))` },
        { Gap: [fixedColour(colours.bad)] },
      ),
      lines(
        'Frames that bring nothing new',
        'An event that expired is deleted; known and older come with a list; malformed should not be.',
        'cps',
        byLabel('cause', 'kube_events_ignored_frames_total'),
      ),
    ],
    [
      lines(
        'Who reads, over time',
        'The replica that reads and pushes is at 1; the others stand by at 0.',
        'short',
        {
          '{{instance}}': `max by (instance) (${series('kube_events_leader')})`,
        },
      ),
      lines(
        'Lease failures, by step',
        'Requests for the Lease that failed. renewal lets another replica take over.',
        'cps',
        byLabel('step', 'kube_events_lease_failures_total'),
      ),
      lines(
        'Configuration reloads',
        'Where it was used a change is in force; where refused it has faults, which the log names, and the old one stays.',
        'cps',
        byLabel('result', 'kube_events_config_reloads_total'),
      ),
    ],
  ];
}

export function replicas(): Panel {
  const most = (what: string) => `max by (instance) (${what})`;
  return table(
    {
      title: 'Replicas',
      description: 'Each replica as of now: Reads is 1 for the one that works.',
      noData: noMetrics,
    },
    {
      source: prometheusSource,
      queries: [
        rowsQuery('A', `max by (instance, version) (${series('kube_events_build_info')})`),
        rowsQuery('B', most(series('kube_events_leader'))),
        rowsQuery('C', most(series('kube_events_in_flight_revisions'))),
        rowsQuery('D', most(series('kube_events_queue_bytes'))),
        rowsQuery('E', most(ofExporters(`time() - ${series('process_start_time_seconds')}`))),
      ],
      transformations: [
        merge,
        organize(
          {
            instance: 'Instance',
            version: 'Version',
            'Value #B': 'Reads',
            'Value #C': 'In flight',
            'Value #D': 'Queue',
            'Value #E': 'Up for',
          },
          ['Time', 'Value #A'],
        ),
      ],
      sortBy: 'Reads',
      columns: { Queue: [{ id: 'unit', value: 'bytes' }], 'Up for': [{ id: 'unit', value: 'dtdurations' }] },
    },
  );
}

export function processes(): readonly Row[] {
  return [
    [
      lines(
        'Memory',
        'Resident memory by replica. It stays flat through outages: queues have a size.',
        'bytes',
        {
          '{{instance}}': `max by (instance) (${ofExporters(series('process_resident_memory_bytes'))})`,
        },
      ),
      lines('CPU', 'Cores in use, by replica.', 'short', {
        '{{instance}}': `sum by (instance) (${ofExporters(rate('process_cpu_seconds_total'))})`,
      }),
      lines(
        'Local state',
        'Time of one transaction, where there is a disk for the spool: a slow disk slows all.',
        's',
        {
          Median: quantile(0.5, 'kube_events_spool_commit_duration_seconds'),
          '99 %': quantile(0.99, 'kube_events_spool_commit_duration_seconds'),
        },
      ),
    ],
  ];
}

function byLabel(label: string, counter: string): Lines {
  return { [`{{${label}}}`]: `sum by (${label}) (${rate(counter)})` };
}

function lines(
  title: string,
  description: string,
  unit: string,
  shown: Lines,
  coloured: Readonly<Record<string, readonly DynamicConfigValue[]>> = {},
  noData = noMetrics,
): Panel {
  const text: PanelText = { title, description, noData };
  return metricGraph(text, { lines: shown, unit, colours: coloured });
}
