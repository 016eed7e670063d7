import { z } from 'zod';
import { notifyConfigSchema } from '../../alert-rules/notify/config.ts';
import { configSchema } from '../../exporter/config/schema.ts';

/** What Kubernetes has the schema of, and checks itself. */
const object = z.record(z.string(), z.unknown()).optional();
const objects = z.array(z.record(z.string(), z.unknown())).optional();
const texts = z.record(z.string(), z.string()).optional();
const text = z.string().optional();
const flag = z.boolean().optional();
const replicas = z.int().min(0).optional();
const ports = z.array(z.int().min(1).max(65_535)).optional();

const bytes = /^\d+(?:\.\d+)?(?:[EPTGM]i?|k|Ki)?$/;

const secretKey = z.strictObject({ secretName: text, key: text }).optional();
const retention = z.enum(['Retain', 'Delete']).optional();

const monitor = z
  .strictObject({
    enabled: flag,
    labels: texts,
    interval: text,
    scrapeTimeout: text,
    relabelings: objects,
    metricRelabelings: objects,
  })
  .optional();

const { receivers } = notifyConfigSchema.shape;

/** The values of the chart. Descriptions and defaults are in `values.yaml`. */
export const valuesSchema = z.strictObject({
  replicaCount: replicas,
  image: z
    .strictObject({
      repository: z.string().min(1).optional(),
      tag: text,
      digest: z
        .string()
        .regex(/^(?:sha256:[0-9a-f]{64})?$/)
        .optional(),
      pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    })
    .optional(),
  imagePullSecrets: objects,
  nameOverride: text,
  fullnameOverride: text,
  config: configSchema,
  lokiSecrets: z
    .strictObject({
      password: secretKey,
      bearerToken: secretKey,
      ca: secretKey,
      clientCertificate: z.strictObject({ secretName: text, certKey: text, keyKey: text }).optional(),
    })
    .optional(),
  persistence: z
    .strictObject({
      enabled: flag,
      size: z.string().regex(bytes).optional(),
      storageClassName: text,
      accessModes: z
        .array(z.enum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany']))
        .min(1)
        .optional(),
      annotations: texts,
      whenDeleted: retention,
      whenScaled: retention,
      emptyDirSizeLimit: z.union([z.literal(''), z.string().regex(bytes)]).optional(),
    })
    .optional(),
  lease: z.strictObject({ create: flag }).optional(),
  serviceAccount: z.strictObject({ create: flag, name: text, annotations: texts }).optional(),
  rbac: z.strictObject({ create: flag }).optional(),
  service: z.strictObject({ annotations: texts }).optional(),
  serviceMonitor: monitor,
  podMonitor: monitor,
  prometheusRule: z.strictObject({ enabled: flag, labels: texts, namespace: text }).optional(),
  dashboards: z.strictObject({ enabled: flag, labels: texts, folder: text, namespace: text }).optional(),
  lokiRules: z.strictObject({ enabled: flag, labels: texts, tenant: text, namespace: text }).optional(),
  podDisruptionBudget: z.strictObject({ enabled: flag }).optional(),
  networkPolicy: z
    .strictObject({
      enabled: flag,
      from: objects,
      egress: z
        .strictObject({ enabled: flag, apiServerPorts: ports, lokiPorts: ports, rules: objects })
        .optional(),
    })
    .optional(),
  topologySpreadConstraints: objects,
  priorityClassName: text,
  nodeSelector: texts,
  tolerations: objects,
  affinity: object,
  resources: object,
  livenessProbe: object,
  readinessProbe: object,
  podSecurityContext: object,
  securityContext: object,
  podAnnotations: texts,
  podLabels: texts,
  commonLabels: texts,
  extraEnv: objects,
  extraVolumes: objects,
  extraVolumeMounts: objects,
  notify: z
    .strictObject({
      enabled: flag,
      replicaCount: replicas,
      // None are needed while it isn't enabled.
      config: z.strictObject({
        ...notifyConfigSchema.shape,
        receivers: z
          .array(receivers.element)
          .optional()
          .describe(receivers.description ?? ''),
      }),
      secretName: text,
      templates: texts,
      serviceAnnotations: texts,
      from: objects,
      resources: object,
    })
    .optional(),
  global: object.describe('What Helm gives to each chart of a chart that has several.'),
});

const duration = '^([0-9]+h)?([0-9]+m)?([0-9]+s)?$';
const url = '^https?://';
const listen = '^(\\[[0-9a-fA-F:.]+\\]|[^:\\[\\]]*):[0-9]{1,5}$';

/** What zod checks by code, in words of JSON Schema, by the last part of a key. */
const patterns: Readonly<Record<string, string>> = {
  eventTtl: duration,
  heartbeat: duration,
  since: duration,
  maxAge: duration,
  listen,
  readUrl: url,
  url,
};

/** Go's regular expressions, by which Helm reads the patterns, have none. */
const lookahead = /\(\?[=!][^()]*\)/g;

/** `values.schema.json`, in the draft that every Helm reads. */
export function valuesJsonSchema(): string {
  const schema = z.toJSONSchema(valuesSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      const pattern = patterns[String(path.at(-1))];
      if (pattern !== undefined && jsonSchema.type === 'string') jsonSchema.pattern = pattern;
      if (jsonSchema.pattern !== undefined) jsonSchema.pattern = jsonSchema.pattern.replace(lookahead, '');
    },
  });
  return `${JSON.stringify({ title: 'Values of the chart kube-events-loki', ...schema }, null, 2)}\n`;
}
