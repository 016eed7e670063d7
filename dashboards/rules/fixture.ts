import type { DashboardJson, PanelJson, VariableJson } from './dashboard-json.ts';

/** A folder of small dashboards that hold every rule: of events, of events again, and of the exporter's metrics. */
export function goodFolder(): [DashboardJson, DashboardJson, DashboardJson] {
  return [eventDashboard('one', 'two'), eventDashboard('two', 'one'), metricDashboard()];
}

const loki = { type: 'loki', uid: '${datasource}' };
const prometheus = { type: 'prometheus', uid: '${prometheus_datasource}' };
const selected = '{job="kube-events", reason=~"$reason"} |~ `(?i)$search`';
const sum = (by: string) => `sum by (${by}) (sum_over_time(${selected} | unwrap occurrences [$__auto]))`;

function eventDashboard(name: string, other: string): DashboardJson {
  const url = `/d/events-${other}?var-reason=\${__data.fields["Reason"]:percentencode}&\${datasource:queryparam}&\${search:queryparam}&\${__url_time_range}`;
  return {
    uid: `events-${name}`,
    title: `Events ${name}`,
    description: 'What happens.',
    editable: false,
    tags: ['kube-events'],
    links: [
      { type: 'dashboards', title: 'Menu', tags: ['kube-events'], includeVars: true, keepTime: true },
      {
        type: 'link',
        title: 'The other',
        url: `/d/events-${other}?\${datasource:queryparam}&\${reason:queryparam}&\${search:queryparam}&\${__url_time_range}`,
      },
    ],
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', label: 'Data source', query: 'loki' },
        {
          name: 'reason',
          type: 'query',
          label: 'Reason',
          datasource: loki,
          query: { refId: 'reason', type: 1, label: 'reason', stream: '{job="kube-events"}' },
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
        },
        { name: 'search', type: 'textbox', label: 'Search', current: { text: '', value: '' } },
      ],
    },
    annotations: { list: [{ name: 'Warnings', datasource: loki, iconColor: 'orange', expr: selected }] },
    panels: [
      { id: 1, type: 'row', title: 'In this time', gridPos: { x: 0, y: 0, w: 24, h: 1 }, panels: [] },
      {
        ...panel(2, 'timeseries', 'Reasons over time', { x: 0, y: 1, w: 12, h: 8 }, [
          { refId: 'A', datasource: loki, queryType: 'range', expr: `topk(10, ${sum('reason')})` },
        ]),
        fieldConfig: {
          defaults: {
            unit: 'short',
            noValue: 'No events',
            thresholds: {
              steps: [
                { value: null, color: 'green' },
                { value: 1, color: 'yellow' },
                { value: 5, color: 'red' },
              ],
            },
          },
          overrides: [
            {
              matcher: { id: 'byName', options: 'Warning' },
              properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: 'orange' } }],
            },
          ],
        },
      },
      {
        ...panel(3, 'table', 'Reasons', { x: 12, y: 1, w: 12, h: 8 }, [
          { refId: 'A', datasource: loki, queryType: 'instant', expr: sum('reason') },
          { refId: 'B', datasource: loki, queryType: 'instant', expr: sum('reason') },
        ]),
        transformations: [
          { id: 'merge', options: {} },
          {
            id: 'organize',
            options: {
              renameByName: { reason: 'Reason', 'Value #A': 'Occurrences', 'Value #B': 'Again' },
              excludeByName: { Time: true },
            },
          },
        ],
        options: { sortBy: [{ displayName: 'Occurrences', desc: true }] },
        fieldConfig: {
          defaults: { unit: 'short', noValue: 'No events' },
          overrides: [
            {
              matcher: { id: 'byName', options: 'Reason' },
              properties: [{ id: 'links', value: [{ title: 'Its events', url }] }],
            },
          ],
        },
      },
    ],
  };
}

function metricDashboard(): DashboardJson {
  const job: VariableJson = {
    name: 'job',
    type: 'query',
    label: 'Job',
    datasource: prometheus,
    query: 'label_values(kube_events_queue_bytes, job)',
    refresh: 2,
    multi: true,
    includeAll: true,
    allValue: '.+',
    current: { text: 'All', value: '$__all' },
  };
  return {
    uid: 'exporter',
    title: 'Exporter',
    description: 'Its health.',
    editable: false,
    tags: ['kube-events'],
    links: [{ type: 'dashboards', title: 'Menu', tags: ['kube-events'], includeVars: true, keepTime: true }],
    templating: {
      list: [
        {
          name: 'prometheus_datasource',
          type: 'datasource',
          label: 'Prometheus data source',
          query: 'prometheus',
        },
        job,
        {
          ...job,
          name: 'instance',
          label: 'Instance',
          query: 'label_values(kube_events_queue_bytes, instance)',
        },
      ],
    },
    panels: [
      {
        ...panel(1, 'stat', 'Received', { x: 0, y: 0, w: 24, h: 4 }, [
          {
            refId: 'A',
            datasource: prometheus,
            expr: 'sum(rate(kube_events_received_revisions_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
          },
        ]),
        datasource: prometheus,
      },
    ],
  };
}

function panel(
  id: number,
  type: string,
  title: string,
  gridPos: NonNullable<PanelJson['gridPos']>,
  targets: NonNullable<PanelJson['targets']>,
): PanelJson {
  return {
    id,
    type,
    title,
    description: `${title}, and how to read it.`,
    gridPos,
    datasource: loki,
    targets,
    fieldConfig: { defaults: { unit: 'short', noValue: 'No events' }, overrides: [] },
  };
}
