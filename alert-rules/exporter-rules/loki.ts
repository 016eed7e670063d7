import { exporterRule } from '../rule.ts';

/** Events wait, and Loki takes none. */
export const notDelivering = exporterRule({
  name: 'KubeEventsNotDelivering',
  severity: 'critical',
  // A new process has only just begun, however much waits.
  for: '5m',
  by: ['cluster'],
  settings: {
    window: {
      default: '5m',
      description:
        'So long events have to wait without one being delivered, at all times of `for`; a restart of Loki is shorter.',
    },
  },
  query: (ask, by, { window }) => {
    const waiting = `sum by (${by.join(', ')}) (min_over_time(${ask.series('kube_events_in_flight_revisions')}[${window}]))`;
    // The count of those that wait, where it is above 0: `>=` compares it with the threshold.
    return `${waiting} and ${ask.increase('kube_events_delivered_revisions_total', by, window)} == 0`;
  },
  summary: {
    en: 'Events of {cluster} do not get to Loki',
    zh: '{cluster} 的事件无法写入 Loki',
  },
  description: {
    en: '{value} events wait, and Loki took none for {window}, and still none {for} later.',
    zh: '{value} 条事件在等待，Loki 在 {window} 内一条也未接收，此后 {for} 依然如此。',
  },
  runbook: {
    meaning:
      'The exporter reads events and cannot deliver them. Nothing is lost yet: they wait in memory, or on disk with `state.dir`, then the API server is read no further. What it deletes meanwhile (after an hour by default) is lost.',
    checks: [
      'What it says of Loki: `kubectl logs -n NAMESPACE POD | grep "push failed"`, and its `/readyz`.',
      'Whether Loki takes pushes: its own dashboards, `curl LOKI/ready`.',
      'How much waits, and how much room there is: `kube_events_queue_bytes`, `kube_events_spool_bytes`.',
    ],
    causes: [
      'Loki is down or overloaded, or the network to it is.',
      'It refuses the tenant: see [KubeEventsLokiRefusing](KubeEventsLokiRefusing.md).',
      'A proxy or gateway in front of Loki answers in its place.',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Waiting events' },
});

/** Loki refuses pushes for what somebody has to mend. */
export const lokiRefusing = exporterRule({
  name: 'KubeEventsLokiRefusing',
  severity: 'critical',
  for: '0s',
  by: ['cluster', 'cause'],
  settings: {
    threshold: {
      default: 5,
      description:
        'Refused pushes in `window` from which it fires. A push is tried again after 30 s at most, a stream without room after 15 s.',
    },
    window: { default: '10m', description: 'How far back it counts. What passes by itself is shorter.' },
  },
  query: (ask, by, { window }) =>
    ask.increase(
      'kube_events_push_retries_total',
      by,
      window,
      // The other causes pass; while they last KubeEventsNotDelivering fires.
      'cause=~"denied|not_found|stream_limit"',
    ),
  summary: {
    en: 'Loki refuses events of {cluster}: {cause}',
    zh: 'Loki 拒收 {cluster} 的事件：{cause}',
  },
  description: {
    en: 'Loki refused {value} pushes within {window} ({cause}). It does not pass by itself: settings have to change.',
    zh: 'Loki 在 {window} 内拒绝了 {value} 次推送（{cause}）。不会自行恢复，需要修改配置。',
  },
  runbook: {
    meaning:
      '`denied` (401, 403): the credentials or the tenant are wrong. `not_found`: `loki.url` is. `stream_limit`: the tenant has no room for new streams; entries of the streams that it has go on, those of new ones wait. Nothing is lost as long as there is room for what waits.',
    checks: [
      'Loki’s own words, and what to do about them: `kubectl logs -n NAMESPACE POD | grep advice`, or `/readyz`.',
      'For `stream_limit`, what the tenant has: `sum(loki_ingester_memory_streams{tenant="TENANT"})` of `max_global_streams_per_user`, and `kube_events_parked_streams`.',
      'For the others, the same push by hand: `curl -i -H "X-Scope-OrgID: TENANT" LOKI_URL/loki/api/v1/push`.',
    ],
    causes: [
      'A token or a password was changed or has expired.',
      'The budgets of all exporters, and the streams of other logs, are more than the limit of the tenant: see [Bounded labels](../cardinality.md).',
      'Loki, or the gateway in front of it, has moved.',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Pushes refused, by cause' },
});

/** Events wait longer and longer. */
export const lagging = exporterRule({
  name: 'KubeEventsLagging',
  severity: 'warning',
  // A first start, or one after a long pause, is done sooner.
  for: '15m',
  by: ['cluster'],
  settings: {
    threshold: {
      default: 1000,
      description: 'So many events have to wait at all times of `for`. In a storm a few hundred do.',
    },
  },
  query: (ask, by) => `sum by (${by.join(', ')}) (${ask.series('kube_events_in_flight_revisions')})`,
  summary: {
    en: 'Events of {cluster} get to Loki late',
    zh: '{cluster} 的事件写入 Loki 滞后',
  },
  description: {
    en: '{value} events wait for Loki, and it has been too many for {for}. Alerts on events come late too.',
    zh: '{value} 条事件等待写入 Loki，积压已持续 {for}，事件告警也会随之延迟。',
  },
  runbook: {
    meaning:
      'Events come faster than Loki takes them, or part of them wait apart. What stands in Loki, and the alerts on it, are behind.',
    checks: [
      'How long a push takes: the panel *Time of a push*; Loki’s own write path where it is seconds.',
      'Why pushes are tried again: `sum by (cause) (rate(kube_events_push_retries_total[5m]))`.',
      'Whether streams wait for room: `kube_events_parked_streams`.',
    ],
    causes: [
      'The tenant’s rate limit (`ingestion_rate_mb`, `per_stream_rate_limit`): the cause is `rate_limited`.',
      'Loki is slow, or far away.',
      'A storm of events that a filter would better leave out: see [Run it](../run.md).',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Waiting events' },
});

/** Labels fold: the cardinality budget is used up. */
export const streamBudgetReached = exporterRule({
  name: 'KubeEventsStreamBudgetReached',
  severity: 'warning',
  for: '0s',
  by: ['cluster', 'label'],
  settings: {
    threshold: { default: 1, description: 'Entries with a folded label in `window` from which it fires.' },
    window: { default: '30m', description: 'How far back it counts.' },
  },
  query: (ask, by, { window }) => ask.increase('kube_events_folded_revisions_total', by, window),
  summary: {
    en: 'Label {label} of the events of {cluster} folds',
    zh: '{cluster} 事件的标签 {label} 被折叠',
  },
  description: {
    en: '{value} entries within {window} have __other__ in the label {label}: the cardinality budget is used up. The value is in their metadata, and nothing is lost.',
    zh: '{window} 内有 {value} 条日志的标签 {label} 为 __other__：基数预算已用尽。实际值保存在元数据中，没有丢失。',
  },
  runbook: {
    meaning:
      'The exporter keeps to its budget of streams: new values of the label get `__other__`, and stand in metadata (`event_reason` and so on). Alert rules still find them; drop-downs in dashboards don’t.',
    checks: [
      'What folds: `sum by (event_reason) (sum_over_time({job="kube-events", reason="__other__"} | unwrap occurrences [5m]))`.',
      'How much of the budget is in use: `kube_events_active_streams`, `kube_events_label_values`.',
      'Who writes such values: `kubectl get events -A --field-selector reason=REASON -o yaml`.',
    ],
    causes: [
      'An operator writes names or numbers into `reason`.',
      'Namespaces that come and go, one for each build.',
      'The cluster has grown: `cardinality.streams` may too, within [the limit of the tenant](../cardinality.md).',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Folded, by label' },
});
