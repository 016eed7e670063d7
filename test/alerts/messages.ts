import type { Language } from '../../alert-rules/rule.ts';
import { type ConfiguredAlertmanager, startConfigured } from './configured-alertmanager.ts';
import { HttpSink, MailSink } from './sinks.ts';

/** A message as Slack gets it. */
export interface Slack {
  readonly channel?: string;
  readonly attachments: readonly {
    readonly title: string;
    readonly title_link: string;
    readonly pretext?: string;
    readonly text: string;
    readonly fallback: string;
    readonly color: string;
    readonly mrkdwn_in: readonly string[];
    readonly fields?: readonly { readonly title: string; readonly value: string }[];
    readonly actions?: readonly { readonly type: string; readonly text: string; readonly url: string }[];
  }[];
}

/** A message as a webhook gets it. */
export interface Notification {
  readonly status: string;
  readonly truncatedAlerts: number;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** An Alertmanager with a receiver of every kind. */
export interface Messages extends AsyncDisposable {
  readonly alertmanager: ConfiguredAlertmanager;
  /** Has `/slack`, `/hook` and `/receivers/chat` of warnings, `/mentioned` of critical alerts. */
  readonly http: HttpSink;
  readonly mail: MailSink;
  /** The text of the messages' language. */
  chosen(en: string, zh: string): string;
}

// A storm arrives within a second.
const soon = { wait: '1s', interval: '1s', repeat: '1h' } as const;

/** Starts it, and what it sends to. */
export async function startMessages(language: Language): Promise<Messages> {
  const http = await new HttpSink().start();
  const mail = await new MailSink().start();
  const close = async () => {
    await mail[Symbol.asyncDispose]();
    await http[Symbol.asyncDispose]();
  };
  const alertmanager = await startConfigured(
    {
      slack: `${http.url}/slack\n`,
      mentioned: `${http.url}/mentioned`,
      hook: `${http.url}/hook`,
      token: 'secret',
    },
    folder => ({
      language,
      grafana: 'https://grafana.example/',
      runbooks: 'https://docs.example/runbooks',
      datasource: 'loki-uid',
      notifications: {
        timezone: language === 'zh' ? 'Asia/Shanghai' : 'UTC',
        bridge: { url: http.url, tokenFile: `${folder}/token`, maxAlerts: 3 },
        smtp: { smarthost: mail.address, requireTls: false },
        receivers: {
          chat: {
            slack: { urlFile: `${folder}/slack` },
            email: { to: ['a@example.com', 'b@example.com'] },
            webhook: { urlFile: `${folder}/hook`, tokenFile: `${folder}/token` },
            feishu: {},
          },
          oncall: {
            slack: {
              urlFile: `${folder}/mentioned`,
              channel: '#oncall',
              mention: { users: ['U1'], groups: ['G2'], channel: 'here' },
            },
          },
        },
        routes: { critical: 'oncall', warning: 'chat', info: 'none', watchdog: 'none' },
        grouping: { critical: soon, warning: soon },
      },
    }),
  ).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    alertmanager,
    http,
    mail,
    chosen: (en, zh) => (language === 'zh' ? zh : en),
    async [Symbol.asyncDispose]() {
      await alertmanager.stop();
      await close();
    },
  };
}

/** Where the buttons of a message lead. */
export function buttonsOf({ attachments }: Slack): readonly string[] {
  return (attachments[0]?.actions ?? []).map(({ url }) => url);
}

/** LogQL with all that a link has to keep. */
export const logql =
  '{job="kube-events", reason=~"BackOff|__other__", cluster="prod \\"eu\\" & co", namespace="shop"} |~ `Back-off restarting` | workload="web\\\\1"';

/** When the alerts here ended. */
export const ended = '2025-01-02T03:34:05Z';
