import type { RulesConfig } from '../config.ts';
import { linksOf } from '../receivers/links.ts';
import {
  type BridgeUse,
  bridgeName,
  bridgeUrl,
  bridgeUses,
  type Receiver,
  type UrlSettings,
} from '../receivers/services.ts';
import { OptionError } from '../targets/target.ts';

/** Receivers as Alertmanager has them. @throws OptionError where a secret is in no file, or a name stands for two */
export function receiversOf(config: RulesConfig) {
  const { receivers } = config.notifications;
  const uses = bridgeUses(receivers, () => true);
  return Object.entries(receivers).map(([name, receiver]) => receiverOf(name, receiver, uses, config));
}

function receiverOf(name: string, receiver: Receiver, uses: readonly BridgeUse[], config: RulesConfig) {
  const { slack, email, webhook, sendResolved } = receiver;
  const send_resolved = sendResolved;
  const { bridge } = config.notifications;
  const webhooks = [
    ...(webhook === undefined
      ? []
      : [
          {
            send_resolved,
            url_file: urlFile(`${name}.webhook`, webhook),
            ...authorization(webhook.tokenFile),
            max_alerts: webhook.maxAlerts,
          },
        ]),
    ...uses
      .filter(use => use.receiver === name)
      .map(({ settings }) => ({
        send_resolved,
        url: bridgeUrl(bridge.url, bridgeName(name, settings)),
        ...authorization(bridge.tokenFile),
        max_alerts: bridge.maxAlerts,
        timeout: bridge.timeout,
      })),
  ];
  return {
    name,
    ...(slack !== undefined && {
      slack_configs: [{ send_resolved, ...slackOf(`${name}.slack`, slack, config) }],
    }),
    ...(email !== undefined && { email_configs: [{ send_resolved, ...emailOf(email) }] }),
    ...(webhooks.length > 0 && { webhook_configs: webhooks }),
  };
}

function slackOf(name: string, slack: NonNullable<Receiver['slack']>, config: RulesConfig) {
  const { channel, mention } = slack;
  const mentions = [
    ...(mention?.users ?? []).map(user => `<@${user}>`),
    ...(mention?.groups ?? []).map(group => `<!subteam^${group}>`),
    ...(mention?.channel === undefined ? [] : [`<!${mention.channel}>`]),
  ].join(' ');
  return {
    api_url_file: urlFile(name, slack),
    ...(channel !== undefined && { channel }),
    color: '{{ template "kube-events.color" . }}',
    title: '{{ template "kube-events.slack.title" . }}',
    title_link: '{{ template "kube-events.link" . }}',
    fallback: '{{ template "kube-events.slack.title" . }}',
    ...(mentions !== '' && { pretext: `{{ if eq .Status "firing" }}${mentions}{{ end }}` }),
    text: '{{ template "kube-events.slack" . }}',
    mrkdwn_in: ['pretext', 'text'],
    ...buttons(config),
  };
}

/** Where the first alert leads. Slack takes no button without a link. */
function buttons(config: RulesConfig) {
  const actions = linksOf(config).map(({ title, name }) => ({
    type: 'button',
    text: title,
    url: `{{ with index .Alerts 0 }}{{ template "kube-events.link.${name}" . }}{{ end }}`,
  }));
  return actions.length > 0 && { actions };
}

function emailOf({ to }: NonNullable<Receiver['email']>) {
  return {
    to: to.join(', '),
    headers: { Subject: '{{ template "kube-events.title" . }}' },
    html: '{{ template "kube-events.email.html" . }}',
    text: '{{ template "kube-events.email" . }}',
  };
}

function authorization(file: string | undefined) {
  return file !== undefined && { http_config: { authorization: { credentials_file: file } } };
}

function urlFile(name: string, { urlFile }: UrlSettings): string {
  if (urlFile === undefined) {
    throw new OptionError(`receiver ${name}: Alertmanager reads its URL from a file: set urlFile`);
  }
  return urlFile;
}
