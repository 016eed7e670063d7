import type { RulesConfig } from '../config.ts';
import {
  type Bridged,
  type BridgedSettings,
  bridgeName,
  bridgeUrl,
  bridgeUses,
  type Receiver,
  type Service,
  services,
  type UrlSettings,
} from '../receivers/services.ts';
import { OptionError } from '../targets/target.ts';

/**
 * Contact points. Their settings only name templates: Grafana takes a dollar sign in settings for an environment variable.
 *
 * @throws OptionError where a secret has no place, or a name stands for two
 */
export function contactPoints(config: RulesConfig) {
  const { receivers } = config.notifications;
  bridgeUses(receivers, settings => !isNative(settings));
  return Object.entries(receivers).map(([name, receiver]) => ({
    orgId: 1,
    name,
    receivers: services.flatMap(service => {
      const made = integrationOf(name, service, receiver, config);
      if (made === undefined) return [];
      return [{ uid: `kev-${name}-${service}`, ...made, disableResolveMessage: !receiver.sendResolved }];
    }),
  }));
}

interface Integration {
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const title = '{{ template "kube-events.title" . }}';

function integrationOf(
  name: string,
  service: Service,
  receiver: Receiver,
  config: RulesConfig,
): Integration | undefined {
  if (service === 'slack') return receiver.slack && slackOf(`${name}.slack`, receiver.slack);
  if (service === 'email') return receiver.email && emailOf(receiver.email);
  if (service === 'webhook') return receiver.webhook && webhookOf(`${name}.webhook`, receiver.webhook);
  if (service === 'bridge') return receiver.bridge && bridgedOf(name, receiver.bridge, config);
  const settings = receiver[service];
  if (settings === undefined) return undefined;
  return isNative(settings)
    ? nativeOf(`${name}.${service}`, service, settings)
    : bridgedOf(name, settings, config);
}

function slackOf(name: string, slack: NonNullable<Receiver['slack']>): Integration {
  const { channel, mention } = slack;
  return {
    type: 'slack',
    settings: {
      url: secretUrl(name, slack),
      ...(channel !== undefined && { recipient: channel }),
      title: '{{ template "kube-events.slack.title" . }}',
      text: '{{ template "kube-events.slack" . }}',
      color: '{{ template "kube-events.color" . }}',
      ...(mention !== undefined && mention.users.length > 0 && { mentionUsers: mention.users.join(',') }),
      ...(mention !== undefined && mention.groups.length > 0 && { mentionGroups: mention.groups.join(',') }),
      ...(mention?.channel !== undefined && { mentionChannel: mention.channel }),
    },
  };
}

function emailOf({ to }: NonNullable<Receiver['email']>): Integration {
  return {
    type: 'email',
    settings: {
      addresses: to.join(';'),
      singleEmail: true,
      subject: title,
      message: '{{ template "kube-events.email" . }}',
    },
  };
}

function webhookOf(name: string, webhook: NonNullable<Receiver['webhook']>): Integration {
  const { tokenFile, maxAlerts } = webhook;
  return {
    type: 'webhook',
    settings: {
      url: secretUrl(name, webhook),
      httpMethod: 'POST',
      maxAlerts,
      ...authorization(tokenFile),
      title,
      message: '{{ template "kube-events.email" . }}',
    },
  };
}

function bridgedOf(
  name: string,
  settings: Pick<BridgedSettings, 'name'>,
  { notifications }: RulesConfig,
): Integration {
  const { bridge } = notifications;
  return {
    type: 'webhook',
    settings: {
      url: bridgeUrl(bridge.url, bridgeName(name, settings)),
      httpMethod: 'POST',
      maxAlerts: bridge.maxAlerts,
      ...authorization(bridge.tokenFile),
      title,
    },
  };
}

/** What Grafana posts to the service itself. */
function nativeOf(name: string, service: Exclude<Bridged, 'bridge'>, settings: BridgedSettings): Integration {
  const url = secretUrl(name, settings);
  const mention = settings.mention.join(',');
  if (service === 'dingtalk') {
    if (mention !== '') {
      throw new OptionError(
        `receiver ${name}: Grafana mentions nobody in DingTalk: leave out mention, or urlFile and urlEnv`,
      );
    }
    return {
      type: 'dingding',
      settings: { url, msgType: 'actionCard', title, message: '{{ template "kube-events.dingtalk" . }}' },
    };
  }
  if (service === 'wecom') {
    const mentions = settings.mention.map(user => `<@${user}>`).join('');
    const message = `{{ template "kube-events.wecom" . }}${mentions === '' ? '' : `\n${whileFiring(mentions)}`}`;
    return { type: 'wecom', settings: { url, msgtype: 'markdown', title, message } };
  }
  return {
    type: 'webhook',
    settings: {
      url,
      httpMethod: 'POST',
      payload: {
        template: '{{ template "kube-events.feishu" . }}',
        ...(mention !== '' && {
          vars: { mention: settings.mention.map(user => `<at id=${user}></at>`).join('') },
        }),
      },
    },
  };
}

/** Whether Grafana posts to the service itself. */
function isNative({ urlFile, urlEnv }: UrlSettings): boolean {
  return urlFile !== undefined || urlEnv !== undefined;
}

function whileFiring(text: string): string {
  return `{{ if eq .Status "firing" }}${text}{{ end }}`;
}

function authorization(file: string | undefined) {
  return (
    file !== undefined && {
      authorization_scheme: 'Bearer',
      authorization_credentials: fromFile(file),
    }
  );
}

/** How Grafana's files name a secret that stands elsewhere. */
function secretUrl(name: string, { urlEnv, urlFile }: UrlSettings): string {
  if (urlEnv !== undefined) return `\${${urlEnv}}`;
  if (urlFile !== undefined) return fromFile(urlFile);
  throw new OptionError(`receiver ${name}: where is its URL? Set urlEnv or urlFile`);
}

function fromFile(path: string): string {
  return `$__file{${path}}`;
}
