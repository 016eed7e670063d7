import { pathRule } from '../rule.ts';

/** What ClusterSilent says, whether heartbeats or metrics tell it. */
export const clusterSilentText = {
  name: 'ClusterSilent',
  summary: { en: 'Nothing is heard of cluster {cluster}', zh: '集群 {cluster} 失联' },
  description: {
    en: 'For {window} no exporter has heard of the API server of {cluster}: it is gone, or hears nothing. Events and alerts of this cluster are missing.',
    zh: '已有 {window} 没有采集器收到 {cluster} 的 API server 的消息：采集器已停止，或与 API server 失联。该集群的事件和告警缺失。',
  },
  runbook: {
    meaning:
      'The exporter of a cluster that was there within the last day is gone, cannot push, or hears nothing of its API server. No event of the cluster gets to Loki, so none of its other alerts fires. It rests on the exporter’s heartbeat, or on its metrics: a cluster without events is not silent.',
    checks: [
      'Whether the exporter runs: `kubectl get pods -A -l app.kubernetes.io/name=kube-events-loki`.',
      'What it hears of the API server, and what Loki answers it: `kubectl logs -n NAMESPACE POD --tail=50`, and its `/readyz`.',
      'Its last heartbeats: `{job="kube-events-heartbeat", cluster="CLUSTER"}` in Explore, where `last_frame_age_seconds` says how long the API server has been silent; or `kube_events_last_frame_age_seconds` in Prometheus.',
    ],
    causes: [
      'The exporter is gone: removed, evicted, out of memory, without a node to run on.',
      'The API server is down, or refuses it (`denied` in its log): its rights have been taken away.',
      'No replica gets the Lease.',
      'Loki refuses its pushes, or the network between them is broken.',
    ],
    notes: [
      'A cluster that is gone for good resolves it after the time `known`, a day: silence it until then.',
      'A tenant that is at its limit of streams may refuse the stream of the heartbeat.',
    ],
  },
} as const;

/** Nothing is heard of a cluster, by the heartbeats of its exporters. */
export const clusterSilent = pathRule({
  ...clusterSilentText,
  severity: 'critical',
  for: '0s',
  by: ['cluster'],
  needs: 'heartbeat',
  settings: {
    window: {
      default: '15m',
      description:
        'So long there has to be no heartbeat, or none whose API server was heard of. It holds several heartbeats, and restarts are shorter.',
    },
    age: {
      default: 900,
      description:
        'Seconds since the last word of the API server that are too many. A quiet cluster is listed anew every four minutes.',
    },
    known: {
      default: '1d',
      description: 'A cluster that had a heartbeat in this time is expected to have one.',
    },
  },
  query: (ask, by, { window, age, known }) => {
    const count = (heartbeats: string, range: string) =>
      `sum by (${by.join(', ')}) (count_over_time(${heartbeats} [${range}]))`;
    const heard = ask.heartbeats(`| last_frame_age_seconds < ${age}`);
    return `${count(ask.heartbeats(), known)} unless on (${by.join(', ')}) ${count(heard, window)}`;
  },
});

/** No heartbeat at all: of no cluster, or Loki takes none. */
export const pipelineSilent = pathRule({
  name: 'PipelineSilent',
  severity: 'critical',
  for: '0s',
  by: [],
  needs: 'heartbeat',
  settings: {
    window: { default: '15m', description: 'So long there has to be no heartbeat of any cluster.' },
  },
  // Without the labels that absence has of its selector.
  query: (ask, _by, { window }) => `sum(absent_over_time(${ask.heartbeats()} [${window}]))`,
  summary: { en: 'No cluster sends Kubernetes events', zh: '所有集群的 Kubernetes 事件均已中断' },
  description: {
    en: 'Loki has got no heartbeat of any exporter for {window}: no events come either, and no alert on them fires.',
    zh: '已有 {window} 没有任何采集器的心跳写入 Loki：事件也不再写入，相关告警不会触发。',
  },
  runbook: {
    meaning:
      'Not one exporter gets through to this tenant of Loki. Nothing that happens in any cluster is told of.',
    checks: [
      'Whether Loki takes pushes for the tenant: its own dashboards, `loki_discarded_samples_total{tenant="TENANT"}`.',
      'Whether exporters run, and what Loki answers them: `kubectl logs -n NAMESPACE POD --tail=50`, and `/readyz`.',
      'Whether they send heartbeats at all: `heartbeat: 1m` in their configuration, and the label `job`.',
    ],
    causes: [
      'Loki’s write path or the gateway in front of it is down, or its credentials have changed.',
      'The only exporter is gone.',
      'The rules say `heartbeat: true`, and no exporter is configured to send one to this tenant.',
    ],
    notes: ['One cluster of several that is silent is [ClusterSilent](ClusterSilent.md).'],
  },
});

/** Fires always: while its message arrives, so do the others'. */
export const watchdog = pathRule({
  name: 'Watchdog',
  severity: 'info',
  for: '0s',
  by: [],
  settings: {},
  query: () => 'vector(1)',
  summary: { en: 'Alerts on Kubernetes events arrive', zh: 'Kubernetes 事件告警链路正常' },
  description: {
    en: 'This alert fires always. When it stops, no alert on events would reach you.',
    zh: '该告警始终处于触发状态；一旦停止，说明事件告警已无法送达。',
  },
  runbook: {
    meaning:
      'It shows that rules are evaluated and messages arrive. Send it to something that alerts when it hears nothing: a dead man’s switch.',
    checks: [
      'Loki evaluates rules: `curl LOKI/prometheus/api/v1/rules`.',
      'Alertmanager has it: `amtool alert query alertname=Watchdog`.',
      'The receiver took it: Alertmanager’s log, and its metric `alertmanager_notifications_failed_total`.',
    ],
    causes: ['The ruler is down, or has no Alertmanager.', 'The receiver refuses messages.'],
  },
});
