import { z } from 'zod';

/** Grafana's uids have 40 characters: the longest service and a prefix have to fit beside it. */
export const receiverName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,26}$/, {
    error: 'expected up to 27 lower case letters, digits and -',
  })
  .refine(name => name !== 'none', { error: 'none stands for nobody: take another name' });

const environmentVariable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, {
  error: 'expected the name of an environment variable, as in SLACK_URL',
});

const url = {
  urlFile: z
    .string()
    .min(1)
    .optional()
    .describe('The file with its secret URL: where Alertmanager, or Grafana, reads it.'),
  urlEnv: environmentVariable
    .optional()
    .describe(
      "Grafana's environment variable with its secret URL, in place of the file. Alertmanager has none.",
    ),
};

const slackSchema = z.strictObject({
  ...url,
  channel: z.string().min(1).optional().describe('The channel, where the URL does not say.'),
  mention: z
    .strictObject({
      users: z.array(z.string().regex(/^\w+$/)).default([]).describe('Ids of users, as in `U024BE7LH`.'),
      groups: z.array(z.string().regex(/^\w+$/)).default([]).describe('Ids of user groups.'),
      channel: z.enum(['here', 'channel']).optional(),
    })
    .optional()
    .describe('Whom to mention while it fires.'),
});

const emailSchema = z.strictObject({
  to: z.array(z.string().regex(/^[^\s,;<>$]+@[^\s,;<>$]+$/, { error: 'expected an address' })).min(1),
});

const webhookSchema = z.strictObject({
  ...url,
  tokenFile: z.string().min(1).optional().describe('The file with its bearer token.'),
  maxAlerts: z.int().min(0).default(0).describe('How many alerts of a group it gets; 0 is all.'),
});

/** DingTalk, Feishu or WeCom. */
const bridgedSchema = z.strictObject({
  name: receiverName
    .optional()
    .describe("Its name in the bridge's configuration; the receiver's by default."),
  urlFile: url.urlFile.describe(
    "With it Grafana posts to the service itself, without the bridge: no object's name, no signature, no error where the service answers 200 with a failure.",
  ),
  urlEnv: url.urlEnv,
  mention: z
    .array(z.string().regex(/^[\w@.+-]+$/))
    .default([])
    .describe('Ids of users to mention where Grafana posts to the service itself; `all` is everybody.'),
});

/** Where messages go. */
export const receiverSchema = z
  .strictObject({
    slack: slackSchema.optional(),
    email: emailSchema.optional(),
    webhook: webhookSchema.optional().describe('The alerts as JSON.'),
    dingtalk: bridgedSchema.optional(),
    feishu: bridgedSchema.optional().describe('Feishu or Lark.'),
    wecom: bridgedSchema.optional(),
    bridge: bridgedSchema
      .pick({ name: true })
      .optional()
      .describe('Any other receiver of the bridge: Slack or a webhook, with the name of the object.'),
    sendResolved: z.boolean().default(true).describe('Whether it is told when an alert resolves.'),
  })
  .refine(receiver => services.some(service => receiver[service] !== undefined), {
    error: 'expected one of slack, email, webhook, dingtalk, feishu, wecom, bridge',
  });

/** Every service, in the order of the files. */
export const services = ['slack', 'email', 'webhook', 'dingtalk', 'feishu', 'wecom', 'bridge'] as const;
export type Service = (typeof services)[number];

/** Services that the bridge posts to. */
export const bridged = ['dingtalk', 'feishu', 'wecom', 'bridge'] as const satisfies readonly Service[];
export type Bridged = (typeof bridged)[number];

export type Receiver = z.output<typeof receiverSchema>;
export type BridgedSettings = z.output<typeof bridgedSchema>;
export type UrlSettings = { readonly urlFile?: string | undefined; readonly urlEnv?: string | undefined };

/** The receivers that have to be in the bridge's configuration, with who asks for each. */
export function receiversInUse(receivers: Readonly<Record<string, Receiver>>): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const [name, receiver] of Object.entries(receivers)) {
    for (const service of bridged) {
      const settings = receiver[service];
      if (settings === undefined) continue;
      const at = bridgeName(name, settings);
      users.set(at, [...(users.get(at) ?? []), `${name}.${service}`]);
    }
  }
  return users;
}

/** The name of a receiver in the bridge's configuration. */
export function bridgeName(receiver: string, { name }: Pick<BridgedSettings, 'name'>): string {
  return name ?? receiver;
}

/** Where the bridge takes the alerts of one of its receivers. */
export function bridgeUrl(base: string, name: string): string {
  return `${base.replace(/\/+$/, '')}/receivers/${name}`;
}
