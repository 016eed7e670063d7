import { z } from 'zod';
import { OptionError } from '../targets/target.ts';

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
      channel: z
        .enum(['here', 'channel'])
        .optional()
        .describe('Whoever is there, or everybody in the channel.'),
    })
    .optional()
    .describe('Whom to mention while it fires.'),
});

const emailSchema = z.strictObject({
  to: z
    .array(z.string().regex(/^[^\s,;<>$]+@[^\s,;<>$]+$/, { error: 'expected an address' }))
    .min(1)
    .describe('Addresses.'),
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

/** A service that a target leaves to the bridge. */
export interface BridgeUse {
  readonly receiver: string;
  readonly service: Bridged;
  readonly settings: Partial<BridgedSettings>;
}

/**
 * What the bridge is used for.
 *
 * @throws OptionError where two services would be one receiver of the bridge
 */
export function bridgeUses(
  receivers: Readonly<Record<string, Receiver>>,
  isUsed: (settings: Partial<BridgedSettings>) => boolean,
): readonly BridgeUse[] {
  const uses = Object.entries(receivers).flatMap(([receiver, services]) =>
    bridged.flatMap(service => {
      const settings = services[service];
      return settings !== undefined && isUsed(settings) ? [{ receiver, service, settings }] : [];
    }),
  );
  for (const [name, users] of Map.groupBy(uses, ({ receiver, settings }) => bridgeName(receiver, settings))) {
    const [one, other] = users;
    if (other === undefined || one === undefined) continue;
    throw new OptionError(
      `receivers ${one.receiver}.${one.service} and ${other.receiver}.${other.service} are both ${name} at the bridge: give one of them another name`,
    );
  }
  return uses;
}

/** The name of a receiver in the bridge's configuration. */
export function bridgeName(receiver: string, { name }: Partial<BridgedSettings>): string {
  return name ?? receiver;
}

/** Where the bridge takes the alerts of one of its receivers. */
export function bridgeUrl(base: string, name: string): string {
  return `${base.replace(/\/+$/, '')}/receivers/${name}`;
}
