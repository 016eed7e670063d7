import { z } from 'zod';

/** In one request. Alertmanager sends a whole group, and a group of a whole cluster is some thousands. */
const maxAlerts = 20_000;

/** Of an alert: labels, or annotations. */
const maxTexts = 200;

const texts = z.record(z.string(), z.string()).refine(record => Object.keys(record).length <= maxTexts, {
  error: `more than ${maxTexts} of them`,
});
const time = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(text)), { error: 'expected a time, RFC 3339' });

/** Keys beyond these are left out, `orgId` and `values` of Grafana's among them. */
const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts,
  startsAt: time,
  endsAt: time.optional(),
  generatorURL: z.string().default(''),
  fingerprint: z.string().default(''),
  // Grafana's.
  dashboardURL: z.string().default(''),
  panelURL: z.string().default(''),
});

/**
 * What Alertmanager's webhook sends (version 4: notify/webhook/webhook.go), and Grafana's webhook contact point, which
 * sends the same and more.
 */
export const payloadSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().default(''),
  groupKey: z.string().default(''),
  groupLabels: texts.default({}),
  externalURL: z.string().default(''),
  // Null where Alertmanager was not told a maximum.
  truncatedAlerts: z
    .int()
    .min(0)
    .nullish()
    .transform(count => count ?? 0),
  alerts: z.array(alertSchema).min(1).max(maxAlerts),
});

export type Payload = z.output<typeof payloadSchema>;
export type Alert = Payload['alerts'][number];

/** What is not the payload of a webhook; its message says where and why. */
export class PayloadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PayloadError';
  }
}

/** Nobody reads more of them at once. */
const maxFaults = 5;

/** @throws PayloadError */
export function parsePayload(text: string): Payload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PayloadError(`not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const result = payloadSchema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues
    .slice(0, maxFaults)
    .map(({ path, message }) => `${path.join('.').slice(0, 200) || 'body'}: ${message.slice(0, 200)}`);
  throw new PayloadError(
    `not a payload of Alertmanager's or Grafana's webhook (version 4): ${faults.join('; ')}`,
  );
}
