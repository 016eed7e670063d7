/** An alert of a payload, as Alertmanager's webhook has it. */
export interface SentAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** What differs from a crash loop in `prod`. */
export interface AlertOptions {
  readonly status?: SentAlert['status'];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A crash loop of the workload `web`, or what is made of it. */
export function crashLoop({ status = 'firing', labels, annotations }: AlertOptions = {}): SentAlert {
  return {
    status,
    labels: {
      alertname: 'CrashLoop',
      severity: 'warning',
      cluster: 'prod',
      namespace: 'shop',
      workload: 'web',
      ...labels,
    },
    annotations: {
      summary: 'shop/web is crash-looping',
      description: 'The kubelet held back restarts of a failed container 12 times within 30m.',
      logql: '{job="kube-events", cluster="prod", namespace="shop"} | workload="web"',
      runbook_url: 'https://docs.example.com/runbooks/CrashLoop.md',
      ...annotations,
    },
    startsAt: '2026-05-01T10:05:00.000Z',
    endsAt: status === 'resolved' ? '2026-05-01T10:35:00.000Z' : '0001-01-01T00:00:00Z',
    generatorURL: 'http://loki:3100/graph?g0.expr=1',
    fingerprint: 'c6eadffa33fcdf37',
  };
}

/** As Alertmanager 0.31 sends it. */
export function alertmanagerPayload(alerts: readonly SentAlert[]) {
  const firing = alerts.some(({ status }) => status === 'firing');
  return {
    receiver: 'chat',
    status: firing ? 'firing' : 'resolved',
    alerts,
    groupLabels: { alertname: 'CrashLoop' },
    commonLabels: { alertname: 'CrashLoop' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    version: '4',
    groupKey: '{}:{alertname="CrashLoop"}',
    truncatedAlerts: 0,
  };
}

/** As Grafana's webhook contact point sends it: https://grafana.com/docs/grafana/latest/alerting/ */
export function grafanaPayload(alerts: readonly SentAlert[]) {
  return {
    ...alertmanagerPayload(alerts),
    version: '1',
    orgId: 1,
    title: '[FIRING:1] CrashLoop',
    state: 'alerting',
    message: '**Firing**',
    alerts: alerts.map(alert => ({
      ...alert,
      labels: { ...alert.labels, grafana_folder: 'Kubernetes events' },
      startsAt: '2026-05-01T18:05:00+08:00',
      values: { A: 12, B: 1 },
      valueString: "[ var='A' labels={} value=12 ]",
      silenceURL: 'https://grafana.example.com/alerting/silence/new',
      dashboardURL: 'https://grafana.example.com/d/kube-events-warnings',
      panelURL: 'https://grafana.example.com/d/kube-events-warnings?viewPanel=3',
      orgId: 1,
    })),
  };
}
