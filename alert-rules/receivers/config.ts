import { z } from 'zod';
import { secondsOf } from '../duration.ts';
import { languages, severities } from '../rule.ts';
import { muteTimeSchema, timezone } from './mute-times.ts';
import { receiverName, receiverSchema } from './services.ts';

const duration = z.string().refine(text => secondsOf(text) !== undefined, {
  error: 'expected a duration, as in 30s, 5m or 12h',
});

const time = z.string().refine(text => (secondsOf(text) ?? 0) > 0, {
  error: 'expected a duration above 0, as in 30s, 5m or 12h',
});

/** A regular expression in matchers of two tools, one of which replaces `$NAME`. */
const pattern = z.string().regex(/^[^"\\$`\n]+$/, {
  error: 'expected a regular expression without quotes, backslashes and $ (it is anchored anyway)',
});

function groupingSchema(wait: string, interval: string, repeat: string) {
  return z
    .strictObject({
      wait: duration
        .default(wait)
        .describe(
          'How long a new group waits for more alerts, and for what inhibits it: rule groups are evaluated once a minute.',
        ),
      interval: time
        .default(interval)
        .describe('How long a group waits before it tells of alerts that were added or resolved.'),
      repeat: time
        .default(repeat)
        .describe('After what time it tells again of what still fires: a multiple of `interval`.'),
    })
    .prefault({});
}

/** The file of templates that is written. */
export const ourTemplate = 'kube-events.tmpl';

const noReceiver = 'none';
const target = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'expected the name of a receiver, or none' });

/** Who is told of what, and how. Its descriptions are the reference. */
export const notificationsSchema = z
  .strictObject({
    language: z
      .enum(languages)
      .optional()
      .describe('The language of messages; that of summaries and descriptions by default.'),
    timezone: timezone.default('UTC').describe('The time zone of times in messages, as in `Asia/Shanghai`.'),
    template: z
      .string()
      .regex(/^[\w.*-]+\.tmpl$/, { error: 'expected the name of a file that ends in .tmpl' })
      .default(ourTemplate)
      .describe(
        'The file of templates beside the configuration. With another name ours is not written: yours defines the same names.',
      ),
    bridge: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/ })
          .default('http://kube-events-notify:9403')
          .describe('Where `kube-events-loki notify` listens.'),
        tokenFile: z
          .string()
          .min(1)
          .optional()
          .describe('The file with the bearer token that the bridge asks for.'),
        maxAlerts: z
          .int()
          .min(0)
          .default(50)
          .describe('How many alerts of a group the bridge gets; it is told how many there are. 0 is all.'),
        timeout: time
          .default('30s')
          .describe(
            'How long the bridge may take: it asks Loki, and waits where the service has a rate limit.',
          ),
      })
      .prefault({})
      .describe('The bridge to DingTalk, Feishu and WeCom.'),
    smtp: z
      .strictObject({
        smarthost: z
          .string()
          .regex(/^[^\s:]+:\d+$/, { error: 'expected HOST:PORT' })
          .default('smtp.example.com:587')
          .describe('`HOST:PORT` of the mail server.'),
        from: z.string().min(1).default('kube-events@example.com').describe("The sender's address."),
        username: z.string().min(1).optional().describe('The user, where the server asks for one.'),
        passwordFile: z.string().min(1).optional().describe("The file with the user's password."),
        requireTls: z.boolean().default(true).describe('Whether to refuse a server without STARTTLS.'),
      })
      .prefault({})
      .describe("Alertmanager's mail server; Grafana has its own in `grafana.ini`."),
    receivers: z
      .record(receiverName, receiverSchema, {
        error: ({ code }) =>
          code === 'invalid_key'
            ? 'expected a name of up to 27 lower case letters, digits and -, other than none'
            : undefined,
      })
      .prefault({
        oncall: {
          slack: { urlFile: '/etc/kube-events/secrets/slack-oncall-url', mention: { channel: 'here' } },
          email: { to: ['oncall@example.com'] },
        },
        chat: { slack: { urlFile: '/etc/kube-events/secrets/slack-chat-url' } },
        watchdog: {
          webhook: { urlFile: '/etc/kube-events/secrets/watchdog-url' },
          sendResolved: false,
        },
      })
      .describe('Receivers by name, each with one or several services.'),
    routes: z
      .strictObject({
        critical: target.default('oncall').describe('The receiver of critical alerts.'),
        warning: target
          .default('chat')
          .describe('The receiver of warnings, and of alerts that are not ours.'),
        info: target.default('chat').describe('The receiver of the rest.'),
        watchdog: target
          .default('watchdog')
          .describe('The receiver of `Watchdog`: something that alerts when it hears nothing.'),
      })
      .prefault({})
      .describe('The receiver of each severity; `none` tells nobody.'),
    namespaces: z
      .array(
        z
          .strictObject({
            namespaces: z
              .array(pattern)
              .min(1)
              .describe('Names, or regular expressions of whole names, as in `shop-.*`.'),
            critical: target.optional().describe('The receiver of their critical alerts.'),
            warning: target.optional().describe('The receiver of their warnings.'),
            info: target.optional().describe('The receiver of the rest.'),
            also: z.boolean().default(false).describe('Whether the receivers of `routes` are told as well.'),
          })
          .refine(({ critical, warning, info }) => (critical ?? warning ?? info) !== undefined, {
            error: 'expected a receiver for critical, warning or info',
          }),
      )
      .default([])
      .describe('Receivers of namespaces, the first that fits; what is not given goes the way of `routes`.'),
    ignore: z
      .array(z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), pattern))
      .default([])
      .describe(
        'Alerts that nobody is told of: regular expressions of labels, all of which fit, as in `{alertname: ProbeFailures, namespace: ci-.*}`.',
      ),
    muteTimes: z
      .array(muteTimeSchema)
      .default([])
      .describe(
        'Times at which some severities are held back. Alerts that last longer are told of afterwards.',
      ),
    grouping: z
      .strictObject({
        critical: groupingSchema('30s', '5m', '4h'),
        warning: groupingSchema('1m', '5m', '12h'),
        info: groupingSchema('1m', '30m', '24h'),
        watchdog: groupingSchema('0s', '1m', '5m'),
      })
      .prefault({})
      .describe(
        'Alerts of one rule in one cluster are one message, whatever their namespaces and workloads.',
      ),
  })
  .superRefine((config, context) => {
    const { receivers, routes, namespaces, muteTimes } = config;
    const named = [
      ...severities.map(severity => [['routes', severity], routes[severity]] as const),
      [['routes', 'watchdog'], routes.watchdog] as const,
      ...namespaces.flatMap((entry, index) =>
        severities.map(severity => [['namespaces', index, severity], entry[severity]] as const),
      ),
    ];
    for (const [path, name] of named) {
      if (name === undefined || name === noReceiver || Object.hasOwn(receivers, name)) continue;
      const known = Object.keys(receivers).join(', ');
      context.addIssue({
        code: 'custom',
        path: [...path],
        message: `there is no receiver ${name}; there are ${known}`,
      });
    }
    const names = muteTimes.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', path: ['muteTimes'], message: `${twice} is there twice` });
    }
  });
