import { z } from 'zod';
import { defaultUidPrefix } from '../../dashboards/uids.ts';
import { lokiSchema } from '../../exporter/config/loki-schema.ts';
import { listenAddress } from '../../exporter/config/schema.ts';
import { PatternError, parsePattern } from '../../exporter/event/filter/pattern.ts';
import { logLevels } from '../../exporter/telemetry/log.ts';
import { languages } from '../rule.ts';
import { isTimezone } from './time.ts';

/** What a receiver can be. */
export const serviceTypes = ['dingtalk', 'feishu', 'lark', 'wecom', 'slack', 'webhook'] as const;
export type ServiceType = (typeof serviceTypes)[number];

const path = z.string().min(1);
const environmentVariable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'expected the name of an environment variable',
});
const language = z.enum(languages);
const timezone = z.string().refine(isTimezone, {
  error: 'expected the name of a time zone, as in Asia/Shanghai or UTC',
});

const pattern = z.string().check(({ value, issues }) => {
  try {
    parsePattern(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    issues.push({ code: 'custom', message: error.message, input: value, continue: true });
  }
});

const ignoreSchema = z.strictObject({
  labels: z
    .record(z.string().min(1), pattern)
    .optional()
    .describe(
      'Labels of the alert, as in `{namespace: dev-*, reason: BackOff}`; each has to match. A pattern is an exact value, a glob (`*` is any text, `?` one character), or a regular expression between slashes, in RE2 syntax; each has to match the whole value. `//` is a label that isn’t there.',
    ),
  message: pattern
    .optional()
    .describe(
      'The message of the newest entry behind the alert, as a pattern of the whole message: `*timeout*`. It matches nothing where Loki was not asked, or had no entry.',
    ),
});

const ignoreList = z.array(ignoreSchema).default([]);

/** Ids stand inside of marks that the services read: nothing else may be in them. */
const id = z.string().regex(/^[A-Za-z0-9_.@+$-]{1,128}$/, {
  error: 'expected the ID of a member, without blanks, brackets or quotes',
});

const atSchema = z.strictObject({
  ids: z
    .array(id)
    .default([])
    .describe(
      'IDs of members: the user ID (`dingtalk`, `wecom`), the open_id (`feishu`, `lark`), the member ID or that of a user group (`slack`).',
    ),
  mobiles: z.array(id).default([]).describe('Mobile numbers of members (`dingtalk`).'),
  all: z
    .boolean()
    .default(false)
    .describe(
      'Everybody in the group; for `slack` the whole channel. Not for `wecom`, whose markdown can’t.',
    ),
  here: z.boolean().default(false).describe('Who is active in the channel (`slack`).'),
  severities: z
    .array(z.string().min(1))
    .default(['critical', 'warning'])
    .describe('Only firing alerts of these severities mention anybody.'),
});

const receiverSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, { error: 'expected letters, digits, _ and -, at most 63 of them' })
    .describe('Its name: alerts are sent to `/receivers/NAME`.'),
  type: z
    .enum(serviceTypes)
    .describe(
      'The service. `webhook` is anything that takes JSON: the whole message, or what `template` makes of it.',
    ),
  urlFile: path
    .optional()
    .describe(
      'The file with the URL of the robot or webhook, which is a secret; read again for each message.',
    ),
  urlEnv: environmentVariable.optional().describe('The environment variable with that URL.'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
    .optional()
    .describe('The URL itself, where it is no secret (`webhook`).'),
  secretFile: path
    .optional()
    .describe(
      'The file with the secret that messages are signed with (`dingtalk`, `feishu`, `lark`), where the robot has that setting.',
    ),
  secretEnv: environmentVariable.optional().describe('The environment variable with that secret.'),
  bearerTokenFile: path.optional().describe('The file with a bearer token (`webhook`).'),
  bearerTokenEnv: environmentVariable
    .optional()
    .describe('The environment variable with a bearer token (`webhook`).'),
  format: z
    .enum(['markdown', 'actionCard'])
    .default('markdown')
    .describe(
      'What a message is to `dingtalk`. An `actionCard` has the links of the first alert as buttons, and is `markdown` where there are none; only `markdown` can mention people.',
    ),
  keyword: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'A keyword that the robot wants in each message (`dingtalk`, `feishu`, `lark`): it is put at the end where it is missing.',
    ),
  at: atSchema.prefault({}),
  language: language.optional().describe('The language of its messages; that of `language` by default.'),
  timezone: timezone.optional().describe('The time zone of its messages; that of `timezone` by default.'),
  template: path
    .optional()
    .describe(
      'A file with a Liquid template in place of our layout; the title stays. For `webhook` it makes the JSON.',
    ),
  rate: z
    .strictObject({
      messages: z.int().min(1).max(10_000).describe('How many messages may be sent in `seconds`.'),
      seconds: z.int().min(1).max(3600).describe('The time that they are counted in, any stretch of it.'),
    })
    .optional()
    .describe('A limit in place of the one that the service documents.'),
  timeoutSeconds: z
    .number()
    .positive()
    .max(60)
    .default(10)
    .describe('How long the service may take to answer.'),
  ignore: ignoreList.describe('Alerts that this receiver is not told of, besides those of `ignore`.'),
});

export type ReceiverConfig = z.output<typeof receiverSchema>;

const { shape: loki } = lokiSchema;

/** The configuration of the bridge; its descriptions are the reference. */
export const notifyConfigSchema = z.strictObject({
  listen: listenAddress
    .default('0.0.0.0:9403')
    .describe(
      'Where alerts are taken, and `/metrics`, `/healthz` and `/readyz` served: `HOST:PORT`. Port 0 takes a free one.',
    ),
  bearerTokenFile: path
    .optional()
    .describe(
      'The file with the token that callers have to give (`Authorization: Bearer …`); read again for each call. Without it everybody may call.',
    ),
  bearerTokenEnv: environmentVariable.optional().describe('The environment variable with that token.'),
  language: language
    .default('en')
    .describe('The language of messages: `en` or `zh`. What rules say of themselves has its own.'),
  timezone: timezone.default('UTC').describe('The time zone of messages, as in `Asia/Shanghai`.'),
  alerts: z
    .int()
    .min(1)
    .max(40)
    .default(10)
    .describe(
      'Alerts of a group that one message shows, and that Loki is asked about; the others are counted.',
    ),
  job: z
    .string()
    .min(1)
    .default('kube-events')
    .describe(
      'The label `job` of the streams that may be read for an alert; so may be those of their heartbeats.',
    ),
  clusterLabel: z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'expected the name of a label: letters, digits and _' })
    .default('cluster')
    .describe('The label that names the cluster.'),
  grafana: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
        .describe('Where Grafana is, for links to the timeline and to Explore.'),
      datasource: z.string().min(1).default('loki').describe('The uid of the Loki data source in Grafana.'),
      uidPrefix: z
        .string()
        .regex(/^[a-zA-Z0-9_-]{0,30}$/, { error: 'expected at most 30 letters, digits, - and _' })
        .default(defaultUidPrefix)
        .describe('What the uids of the dashboards begin with: `--uid-prefix` of `dashboards`.'),
    })
    .optional(),
  loki: z
    .strictObject({
      url: loki.url.unwrap().describe("Loki's base URL, for the newest entry behind an alert."),
      tenant: loki.tenant,
      basicAuth: loki.basicAuth,
      bearerTokenFile: loki.bearerTokenFile,
      bearerTokenEnv: loki.bearerTokenEnv,
      headers: loki.headers,
      tls: loki.tls,
      timeoutSeconds: z
        .number()
        .positive()
        .max(30)
        .default(5)
        .describe('How long a message waits for its entries; it goes without those that have not come.'),
      concurrency: z.int().min(1).max(32).default(4).describe('Queries at the same time, over all messages.'),
      rangeSeconds: z
        .int()
        .min(60)
        .max(7 * 86_400)
        .default(12 * 3600)
        .describe(
          'How far back the newest entry may lie: farther than the longest window of a rule, six hours, or what resolves at its end would have none.',
        ),
    })
    .optional()
    .describe('Without it messages have no object’s name and message, and Loki is not asked.'),
  ignore: ignoreList.describe(
    'Alerts that nobody is told of: those that one of these matches in all that it says. They are counted.',
  ),
  receivers: z
    .array(receiverSchema)
    .min(1, { error: 'give one receiver at least' })
    .describe('Whom alerts are sent on to.'),
  shutdown: z
    .strictObject({
      timeoutSeconds: z
        .number()
        .positive()
        .max(600)
        .default(20)
        .describe('How long SIGTERM waits for messages that are under way.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(logLevels).default('info').describe('The least severe level that is logged.'),
    })
    .prefault({}),
});

export type NotifyConfig = z.output<typeof notifyConfigSchema>;
export type IgnoreConfig = NotifyConfig['ignore'][number];
