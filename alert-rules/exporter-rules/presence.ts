import { exporterRule } from '../rule.ts';
import { clusterSilentText } from '../rules/path.ts';

/** No exporter at all. */
export const exporterAbsent = exporterRule({
  name: 'KubeEventsExporterAbsent',
  severity: 'critical',
  for: '0s',
  by: [],
  settings: {
    window: { default: '15m', description: 'So long Prometheus has to have seen none.' },
  },
  query: (ask, _by, { window }) => `absent_over_time(${ask.series('kube_events_build_info')}[${window}])`,
  summary: {
    en: 'Prometheus sees no kube-events-loki',
    zh: 'Prometheus 抓取不到 kube-events-loki',
  },
  description: {
    en: 'No metrics of any kube-events-loki for {window}: either none runs, or Prometheus does not scrape them.',
    zh: '已有 {window} 抓取不到任何 kube-events-loki 的指标：未在运行，或 Prometheus 未抓取。',
  },
  runbook: {
    meaning:
      'No exporter is scraped. If none runs, no event gets to Loki, and what it does not catch up on within the events’ lifetime (an hour by default) is lost.',
    checks: [
      'Whether it runs: `kubectl get pods -A -l app.kubernetes.io/name=kube-events-loki`.',
      'Whether Prometheus has it among its targets: `Status > Targets`, or `up{job=~".*kube-events.*"}`.',
      'Why it does not start: `kubectl describe pod -n NAMESPACE POD`, `kubectl logs -n NAMESPACE POD --previous`.',
    ],
    causes: [
      'It was removed, scaled to zero, or does not start.',
      'The ServiceMonitor, the PodMonitor or the scrape configuration is gone, or a NetworkPolicy is in between.',
    ],
    notes: [
      'Where one Prometheus sees several clusters it fires when the last exporter is gone; [ClusterSilent](ClusterSilent.md) is for one of them.',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Who reads, over time' },
});

/** Nothing is heard of a cluster, by the metrics of its exporters. */
export const clusterSilentOnMetrics = exporterRule({
  ...clusterSilentText,
  severity: 'critical',
  for: '0s',
  by: ['cluster'],
  settings: {
    window: {
      default: '15m',
      description: 'So long no exporter has to have heard of the API server; restarts are shorter.',
    },
    age: {
      default: 900,
      description:
        'Seconds since the last word of the API server that are too many. A quiet cluster is listed anew every four minutes.',
    },
    known: {
      default: '1d',
      description: 'A cluster whose exporter was there in this time is expected to have one.',
    },
  },
  query: (ask, by, { window, age, known }) => {
    const labels = by.join(', ');
    const expected = `group by (${labels}) (count_over_time(${ask.series('kube_events_build_info')}[${known}]))`;
    // Of a replica that stands by it grows, or is NaN.
    const heard = `min_over_time(${ask.series('kube_events_last_frame_age_seconds')}[${window}]) < ${age}`;
    return `${expected} unless on (${labels}) group by (${labels}) (${heard})`;
  },
  panel: { dashboard: 'exporter', title: 'Delivery lag over time' },
});
