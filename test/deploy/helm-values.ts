import type { Values } from './helm.ts';

const receivers = [
  {
    name: 'ops',
    type: 'dingtalk',
    urlFile: '/etc/kube-events-notify/secrets/dingtalk-url',
    at: { mobiles: ['13800000000'] },
  },
];

/**
 * Values of the chart, by what they are about. Together they set every value that there is, and every switch both ways.
 */
export const combinations: Readonly<Record<string, Values>> = {
  defaults: {},
  'another name and image': {
    nameOverride: 'events',
    image: { repository: 'registry.example.com/kel', tag: 'v9', pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
    commonLabels: { team: 'platform' },
    service: { annotations: { 'example.com/scrape': 'true' } },
  },
  'a digest': {
    fullnameOverride: 'ev',
    image: { digest: `sha256:${'0123456789abcdef'.repeat(4)}` },
  },
  'several replicas': {
    replicaCount: 3,
    podDisruptionBudget: { enabled: true },
    priorityClassName: 'system-cluster-critical',
    config: { cluster: 'prod', shutdown: { timeoutSeconds: 12.5 } },
  },
  'several replicas with volumes': {
    replicaCount: 2,
    persistence: {
      enabled: true,
      size: '5Gi',
      storageClassName: 'fast',
      accessModes: ['ReadWriteOncePod'],
      annotations: { 'example.com/backup': 'no' },
      whenDeleted: 'Delete',
      whenScaled: 'Delete',
    },
    config: { state: { dir: '/data', spool: { maxBytes: 4_294_967_296, whenFull: 'drop_oldest' } } },
  },
  'a volume': { persistence: { enabled: true, emptyDirSizeLimit: '' } },
  'namespaces with terminations': {
    config: { namespaces: ['shop', 'web'], terminations: true, eventsApi: 'events.k8s.io/v1' },
  },
  'terminations everywhere': {
    config: { terminations: true, heartbeat: '1m', loki: { url: 'http://loki:3100', line: 'message' } },
  },
  'an account and roles of its own': {
    serviceAccount: { create: false, name: 'given' },
    rbac: { create: false },
    lease: { create: false },
    config: { lease: 'given-lease' },
  },
  'annotations of the account, a Lease elsewhere': {
    serviceAccount: {
      name: 'exporter',
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' },
    },
    config: { lease: 'shop/events' },
  },
  'basic auth and a CA': {
    lokiSecrets: {
      password: { secretName: 'loki-basic', key: 'pass' },
      ca: { secretName: 'loki-ca', key: 'bundle.pem' },
    },
    config: {
      loki: { url: 'https://loki.example.com', tenant: 'platform', basicAuth: { username: 'events' } },
    },
  },
  'a token and a client certificate': {
    lokiSecrets: {
      bearerToken: { secretName: 'loki-token', key: 'jwt' },
      clientCertificate: { secretName: 'loki-client', certKey: 'cert.pem', keyKey: 'key.pem' },
    },
    config: { loki: { url: 'https://loki.example.com/loki/api/v1/push', headers: { 'x-team': 'a' } } },
  },
  'Prometheus by Services': {
    config: { cluster: 'prod' },
    serviceMonitor: {
      enabled: true,
      labels: { release: 'kube-prometheus-stack' },
      interval: '30s',
      scrapeTimeout: '10s',
      relabelings: [{ action: 'labeldrop', regex: 'pod' }],
      metricRelabelings: [{ sourceLabels: ['__name__'], regex: 'nodejs_.*', action: 'drop' }],
    },
    prometheusRule: { enabled: true, labels: { release: 'kube-prometheus-stack' }, namespace: 'shop' },
  },
  'Prometheus by Pods': {
    podMonitor: {
      enabled: true,
      labels: { release: 'kube-prometheus-stack' },
      interval: '15s',
      scrapeTimeout: '5s',
      relabelings: [{ targetLabel: 'team', replacement: 'platform' }],
      metricRelabelings: [{ action: 'labeldrop', regex: 'instance' }],
    },
  },
  'boards and rules': {
    dashboards: { enabled: true, labels: { grafana_dashboard: 'yes' }, folder: 'Events', namespace: 'shop' },
    lokiRules: { enabled: true, labels: { loki_rule: 'yes' }, tenant: 'platform', namespace: 'shop' },
  },
  'boards and rules without a folder': {
    dashboards: { enabled: true, folder: '' },
    lokiRules: { enabled: true, tenant: '' },
  },
  'a network that is closed': {
    networkPolicy: {
      enabled: true,
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      egress: {
        enabled: true,
        apiServerPorts: [6443],
        lokiPorts: [3100],
        rules: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
      },
    },
    notify: {
      enabled: true,
      from: [{ podSelector: { matchLabels: { app: 'alertmanager' } } }],
      config: { receivers },
    },
  },
  'the network open to scrapes': { networkPolicy: { enabled: true } },
  'everything about Pods': {
    replicaCount: 2,
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            preference: { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'Exists' }] },
          },
        ],
      },
    },
    resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } },
    livenessProbe: { periodSeconds: 20 },
    readinessProbe: { periodSeconds: 20 },
    podSecurityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
    securityContext: { privileged: false },
    podAnnotations: { 'example.com/a': 'b' },
    podLabels: { 'example.com/c': 'd' },
    extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/ca', readOnly: true }],
    config: { listen: '0.0.0.0:8080', log: { level: 'debug' } },
  },
  'the bridge with the exporter’s Loki': {
    lokiSecrets: {
      password: { secretName: 'loki-basic' },
      ca: { secretName: 'loki-ca' },
    },
    config: {
      loki: {
        url: 'https://loki.example.com/loki/api/v1/push',
        tenant: 'platform',
        basicAuth: { username: 'events' },
      },
    },
    notify: {
      enabled: true,
      replicaCount: 2,
      secretName: 'robots',
      templates: { 'ops.liquid': '{% for alert in alerts %}{{ alert.summary }}{% endfor %}' },
      serviceAnnotations: { 'example.com/a': 'b' },
      resources: { limits: { memory: '128Mi' } },
      config: { listen: ':9000', language: 'zh', timezone: 'Asia/Shanghai', receivers },
    },
  },
  'the bridge with a Loki of its own': {
    config: { output: 'stdout' },
    notify: {
      enabled: true,
      config: { loki: { url: 'http://loki-read:3100' }, shutdown: { timeoutSeconds: 5 }, receivers },
    },
  },
};
