/** A schema as a CustomResourceDefinition has it: what it doesn't name is refused by strict field validation. */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'integer' };
const texts: Schema = { type: 'object', additionalProperties: text };
const duration: Schema = {
  type: 'string',
  pattern: '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$',
};
const textOrNumber: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
};
/** Sections that nothing of ours sets. */
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

const actions = ['Replace', 'Keep', 'Drop', 'HashMod', 'LabelMap', 'LabelDrop', 'LabelKeep'].flatMap(name => [
  name,
  name.toLowerCase(),
]);

const relabelings = list(
  object({
    action: { type: 'string', enum: actions },
    modulus: number,
    regex: text,
    replacement: text,
    separator: text,
    sourceLabels: list(text),
    targetLabel: text,
  }),
);

/** What the endpoints of both monitors have in common. */
const endpoint: Readonly<Record<string, Schema>> = {
  authorization: anything,
  basicAuth: anything,
  enableHttp2: flag,
  filterRunning: flag,
  followRedirects: flag,
  honorLabels: flag,
  honorTimestamps: flag,
  interval: duration,
  metricRelabelings: relabelings,
  oauth2: anything,
  params: { type: 'object', additionalProperties: list(text) },
  path: text,
  port: text,
  proxyUrl: text,
  relabelings,
  scheme: { type: 'string', enum: ['http', 'https', 'HTTP', 'HTTPS'] },
  scrapeTimeout: duration,
  targetPort: textOrNumber,
  tlsConfig: anything,
  trackTimestampsStaleness: flag,
};

const selector = object({
  matchLabels: texts,
  matchExpressions: list(object({ key: text, operator: text, values: list(text) }, ['key', 'operator'])),
});

const monitor: Readonly<Record<string, Schema>> = {
  attachMetadata: object({ node: flag }),
  bodySizeLimit: text,
  jobLabel: text,
  keepDroppedTargets: number,
  labelLimit: number,
  labelNameLengthLimit: number,
  labelValueLengthLimit: number,
  namespaceSelector: object({ any: flag, matchNames: list(text) }),
  podTargetLabels: list(text),
  sampleLimit: number,
  scrapeClass: text,
  scrapeProtocols: list(text),
  selector,
  targetLimit: number,
};

const rule = object(
  {
    alert: text,
    annotations: texts,
    expr: textOrNumber,
    for: duration,
    keep_firing_for: { ...duration, minLength: 1 },
    labels: texts,
    record: text,
  },
  ['expr'],
);

const ruleGroup = object(
  {
    interval: duration,
    labels: texts,
    limit: number,
    name: { type: 'string', minLength: 1 },
    partial_response_strategy: { type: 'string', pattern: '^(?i)(abort|warn)?$' },
    query_offset: duration,
    rules: list(rule),
  },
  ['name'],
);

/** The specs of monitoring.coreos.com/v1 that the chart has resources of, after the types that the operator publishes. */
const specs: Readonly<Record<string, Schema>> = {
  ServiceMonitor: object(
    {
      ...monitor,
      endpoints: list(object({ ...endpoint, bearerTokenFile: text })),
      targetLabels: list(text),
    },
    ['endpoints', 'selector'],
  ),
  PodMonitor: object({ ...monitor, podMetricsEndpoints: list(object({ ...endpoint, portNumber: number })) }, [
    'selector',
  ]),
  PrometheusRule: object({ groups: list(ruleGroup) }),
};

/** CustomResourceDefinitions of Prometheus' operator, as a list to apply. */
export function operatorCrds(): object {
  const items = Object.entries(specs).map(([kind, spec]) => {
    const singular = kind.toLowerCase();
    const schema = {
      openAPIV3Schema: object({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec }, ['spec']),
    };
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${singular}s.monitoring.coreos.com` },
      spec: {
        group: 'monitoring.coreos.com',
        names: { kind, plural: `${singular}s`, singular, listKind: `${kind}List` },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}
