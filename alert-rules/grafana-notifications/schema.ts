import { z } from 'zod';

/*
 * Grafana's provisioning files for notifications, every field: pkg/services/provisioning/alerting of grafana/grafana, and
 * receivers and definition of grafana/alerting. Grafana itself drops a key that it doesn't know without a word.
 */

/** Text in which Grafana replaces variables: a dollar sign that is none is lost. */
const expanded = z.string().refine(text => !/\$/.test(text.replaceAll(/\$\$|\$(?:__\w+)?\{[^}]+\}/g, '')), {
  error: 'a dollar sign is a variable here: write $$',
});
const filled = expanded.min(1);
/** Text of Go's templates. */
const template = expanded.refine(text => text.split('{{').length === text.split('}}').length, {
  error: 'an action of a template is not closed',
});

const orgId = z.int().min(1).optional();
const apiVersion = z.literal(1);
const uid = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,40}$/, { error: 'expected up to 40 letters, digits, - and _' });

const dingding = z.strictObject({
  url: filled,
  msgType: z.enum(['link', 'actionCard']).optional(),
  title: template.optional(),
  message: template.optional(),
});

const wecom = z
  .strictObject({
    url: filled.optional(),
    endpointUrl: filled.optional(),
    agent_id: filled.optional(),
    corp_id: filled.optional(),
    secret: filled.optional(),
    msgtype: z.enum(['markdown', 'text']).optional(),
    message: template.optional(),
    title: template.optional(),
    touser: filled.optional(),
  })
  .refine(({ url, secret }) => url !== undefined || secret !== undefined, {
    error: 'either url or secret is required',
  })
  .refine(
    ({ url, agent_id, corp_id }) => url !== undefined || (agent_id !== undefined && corp_id !== undefined),
    {
      error: 'without url agent_id and corp_id are required',
    },
  );

const slack = z
  .strictObject({
    url: filled.optional(),
    endpointUrl: filled.optional(),
    token: filled.optional(),
    recipient: filled.optional(),
    text: template.optional(),
    title: template.optional(),
    username: filled.optional(),
    icon_emoji: filled.optional(),
    icon_url: filled.optional(),
    mentionChannel: z.enum(['', 'here', 'channel']).optional(),
    mentionUsers: filled.optional(),
    mentionGroups: filled.optional(),
    color: template.optional(),
    footer: template.optional(),
  })
  .refine(
    ({ url, token, recipient }) => url !== undefined || (token !== undefined && recipient !== undefined),
    {
      error: 'without url token and recipient are required',
    },
  );

const email = z.strictObject({
  addresses: filled,
  singleEmail: z.boolean().optional(),
  message: template.optional(),
  subject: template.optional(),
});

const webhook = z
  .strictObject({
    url: filled,
    httpMethod: z.enum(['POST', 'PUT']).optional(),
    maxAlerts: z.union([z.int().min(0), z.string().regex(/^\d+$/)]).optional(),
    authorization_scheme: filled.optional(),
    authorization_credentials: filled.optional(),
    username: filled.optional(),
    password: filled.optional(),
    headers: z.record(z.string(), expanded).optional(),
    title: template.optional(),
    message: template.optional(),
    tlsConfig: z
      .strictObject({
        insecureSkipVerify: z.boolean().optional(),
        caCertificate: filled.optional(),
        clientCertificate: filled.optional(),
        clientKey: filled.optional(),
      })
      .optional(),
    hmacConfig: z
      .strictObject({
        secret: filled,
        header: filled.optional(),
        timestampHeader: filled.optional(),
      })
      .optional(),
    http_config: z.record(z.string(), z.unknown()).optional(),
    payload: z.strictObject({ template, vars: z.record(z.string(), expanded).optional() }).optional(),
  })
  .refine(({ username, authorization_credentials }) => !(username && authorization_credentials), {
    error: 'a user and an Authorization header exclude each other',
  });

const receiver = { uid, disableResolveMessage: z.boolean().optional() };

/** `contact-points.yaml`, with the integrations that we write. */
export const contactPointsSchema = z.strictObject({
  apiVersion,
  contactPoints: z
    .array(
      z.strictObject({
        orgId,
        name: filled,
        receivers: z
          .array(
            z.discriminatedUnion('type', [
              z.strictObject({ ...receiver, type: z.literal('dingding'), settings: dingding }),
              z.strictObject({ ...receiver, type: z.literal('wecom'), settings: wecom }),
              z.strictObject({ ...receiver, type: z.literal('slack'), settings: slack }),
              z.strictObject({ ...receiver, type: z.literal('email'), settings: email }),
              z.strictObject({ ...receiver, type: z.literal('webhook'), settings: webhook }),
            ]),
          )
          .min(1),
      }),
    )
    .optional(),
  deleteContactPoints: z.array(z.strictObject({ orgId, uid })).optional(),
});

/** As Prometheus writes them: the longest unit first. */
const duration = z
  .string()
  .regex(/^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/)
  .min(2);
const period = duration.refine(text => /[1-9]/.test(text), { error: 'expected more than 0' });
const label = z.union([z.literal('...'), z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)]);

const grouping = {
  group_by: z
    .array(label)
    .refine(labels => new Set(labels).size === labels.length, { error: 'a label is there twice' })
    .optional(),
  group_wait: duration.optional(),
  group_interval: period.optional(),
  repeat_interval: period.optional(),
};

const policy: z.ZodType = z.strictObject({
  ...grouping,
  receiver: filled.optional(),
  matchers: z.array(expanded).optional(),
  object_matchers: z.array(z.tuple([filled, z.enum(['=', '!=', '=~', '!~']), expanded])).optional(),
  mute_time_intervals: z.array(filled).optional(),
  active_time_intervals: z.array(filled).optional(),
  continue: z.boolean().optional(),
  routes: z.lazy(() => z.array(policy)).optional(),
});

/** `policies.yaml`. The root takes everything, always. */
export const policiesSchema = z.strictObject({
  apiVersion,
  policies: z
    .array(z.strictObject({ ...grouping, orgId, receiver: filled, routes: z.array(policy).optional() }))
    .optional(),
  resetPolicies: z.array(z.int().min(1)).optional(),
});

const timeOfDay = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/);

function range(item: string) {
  return z.array(z.string().regex(new RegExp(`^${item}(?::${item})?$`))).optional();
}

const month =
  '(?:1[0-2]|[1-9]|january|february|march|april|may|june|july|august|september|october|november|december)';

/** `mute-timings.yaml`: https://prometheus.io/docs/alerting/latest/configuration/#time_interval */
export const muteTimingsSchema = z.strictObject({
  apiVersion,
  muteTimes: z
    .array(
      z.strictObject({
        orgId,
        name: z.string().min(1),
        time_intervals: z
          .array(
            z.strictObject({
              times: z
                .array(
                  z
                    .strictObject({ start_time: timeOfDay, end_time: timeOfDay })
                    .refine(({ start_time, end_time }) => start_time < end_time, {
                      error: 'a time ends before it starts',
                    }),
                )
                .optional(),
              weekdays: range('(?:mon|tues|wednes|thurs|fri|satur|sun)day'),
              days_of_month: range('-?(?:[1-9]|[12]\\d|3[01])'),
              months: range(month),
              years: range('\\d{4}'),
              location: z.string().min(1).optional(),
            }),
          )
          .min(1),
      }),
    )
    .optional(),
  deleteMuteTimes: z.array(z.strictObject({ orgId, name: filled })).optional(),
});

/** `templates.yaml`. Nothing is replaced in a template. */
export const templatesSchema = z.strictObject({
  apiVersion,
  templates: z
    .array(
      z.strictObject({
        orgId,
        name: z.string().min(1),
        template: z.string().regex(/\{\{-? *define "/, { error: 'expected templates: {{ define "NAME" }}' }),
      }),
    )
    .optional(),
  deleteTemplates: z.array(z.strictObject({ orgId, name: filled })).optional(),
});
