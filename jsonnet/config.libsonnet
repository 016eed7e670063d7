// Written by `npm run generate`; the descriptions are those of the exporter's own commands.
local known = import 'known.libsonnet';

local defaults = {
  // The label `job` of the events.
  job: 'kube-events',
  // The label that names the cluster.
  clusterLabel: 'cluster',
  // Further matchers of every selector of LogQL, as in 'environment="prod"'.
  selector: '',
  // Where the docs are read, for links to what a reason means; none where it is empty.
  docs: '',
  // What the uids and the files of the dashboards begin with; 30 letters, digits, - and _ at most.
  uidPrefix: 'kube-events-',
  // The tags of the dashboards, by which they find each other.
  tags: ['kube-events', 'loki', 'kubernetes'],
  // How often the dashboards ask anew; empty for never.
  refresh: '1m',
  // The Loki data source at first, by its name or uid; Grafana's default one where it is null.
  datasource: null,
  // The same of Prometheus, for the dashboard about the exporter.
  prometheusDatasource: null,
  // The folder in Grafana, for what reads `grafanaDashboardFolder`.
  folder: 'Kubernetes events',
  // Whether the exporters write a heartbeat stream: `ClusterSilent` and `PipelineSilent` rest on it.
  heartbeat: false,
  // The language of summaries and descriptions.
  language: 'en',
  // Labels of every alert, as in `team: platform`.
  labels: {},
  // Where Grafana is, for links to dashboards and to Explore.
  grafana: null,
  // Where the runbooks are read: `/CrashLoop.md` is put behind it.
  runbooks: null,
  // Each rule with its thresholds and windows.
  rules: {
    WarningSpike: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 100,
      ratio: 3,
      window: '15m',
      baseline: '6h',
      recent: '1h',
      settled: '3h',
    },
    NewWarningReason: {
      enabled: true,
      severity: 'info',
      'for': '0s',
      threshold: 1,
      window: '30m',
      known: '24h',
      settled: '12h',
    },
    CrashLoop: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 3,
      window: '30m',
    },
    ImagePullFailed: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 5,
      window: '30m',
    },
    ProbeFailures: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 30,
      window: '20m',
    },
    OomKill: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    Evictions: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    FailedScheduling: {
      enabled: true,
      severity: 'warning',
      'for': '3m',
      threshold: 3,
      window: '45m',
      grace: 600,
      orders: '1h',
    },
    FailedCreate: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 3,
      window: '1h',
      lasting: 120,
    },
    Preemption: {
      enabled: true,
      severity: 'info',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    VolumeFailure: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 10,
      window: '1h',
    },
    VolumeLost: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      threshold: 1,
      window: '6h',
    },
    JobFailed: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    HpaFailing: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 30,
      window: '20m',
    },
    NodeNotReady: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      window: '6h',
    },
    NodeRebooted: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    NodePressure: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      window: '6h',
    },
    NodeOom: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    NetworkNotReady: {
      enabled: true,
      severity: 'critical',
      'for': '5m',
      window: '1h',
    },
    ConntrackFull: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
    KernelProblem: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '1h',
    },
    NodeTrouble: {
      enabled: true,
      severity: 'warning',
      'for': '5m',
      threshold: 1,
      window: '30m',
    },
    ClusterSilent: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      window: '15m',
      age: 900,
      known: '1d',
    },
    PipelineSilent: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      window: '15m',
    },
    Watchdog: {
      enabled: true,
      severity: 'info',
      'for': '0s',
    },
  },
  // Further matchers of the exporter's own metrics, as in `namespace="monitoring"`.
  exporterSelector: '',
  // Each rule about the exporter's own metrics, for Prometheus.
  exporterRules: {
    KubeEventsExporterAbsent: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      window: '15m',
    },
    ClusterSilent: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      window: '15m',
      age: 900,
      known: '1d',
    },
    KubeEventsNotDelivering: {
      enabled: true,
      severity: 'critical',
      'for': '5m',
      window: '5m',
    },
    KubeEventsLokiRefusing: {
      enabled: true,
      severity: 'critical',
      'for': '0s',
      threshold: 5,
      window: '10m',
    },
    KubeEventsLagging: {
      enabled: true,
      severity: 'warning',
      'for': '15m',
      threshold: 1000,
    },
    KubeEventsDropping: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '15m',
    },
    KubeEventsGap: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '1h',
    },
    KubeEventsStreamBudgetReached: {
      enabled: true,
      severity: 'warning',
      'for': '0s',
      threshold: 1,
      window: '30m',
    },
  },
  // The recording rules of Loki's ruler.
  recording: {
    window: '5m',
    offset: '10m',
  },
};

{
  // Ours alone: what other mixins have in `_config` is theirs.
  _config+:: { kubeEvents+: defaults },
  assert known('_config.kubeEvents', self._config.kubeEvents, defaults),
}
