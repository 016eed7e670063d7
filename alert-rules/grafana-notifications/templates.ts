import type { RulesConfig } from '../config.ts';
import { linksOf, linkTemplates } from '../receivers/links.ts';
import { dingtalkMarkup, feishuMarkup, plainMarkup, wecomMarkup } from '../receivers/markups.ts';
import { byLevel, commonTemplates, define, legible, textTemplates } from '../receivers/message.ts';
import { slackTemplates } from '../receivers/slack.ts';

/** The templates of contact points. They are all in one: Grafana has a name for each group of them. */
export function grafanaTemplates(config: RulesConfig): string {
  return legible(
    [
      commonTemplates(config),
      linkTemplates(config),
      slackTemplates(config, false),
      textTemplates('kube-events.email', plainMarkup(config), config),
      textTemplates('kube-events.dingtalk', dingtalkMarkup(config), config),
      textTemplates('kube-events.wecom', wecomMarkup(config), config),
      textTemplates('kube-events.feishu.text', feishuMarkup(config), config),
      feishuCard(config),
    ].join('\n'),
  );
}

/**
 * `kube-events.feishu`: the body of a request with an interactive card. Grafana 12 and later take such a body, and have the
 * functions in it.
 */
function feishuCard(config: RulesConfig): string {
  const text = (content: string) => ({ tag: 'plain_text', content });
  const buttons = linksOf(config).map(({ name, title }) => ({
    tag: 'button',
    type: 'default',
    text: text(title),
    url: textOf(`kube-events.link.${name}`, '(index .Alerts 0)'),
  }));
  const body = {
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: {
        template: textOf('kube-events.feishu.color', '.'),
        title: text(textOf('kube-events.title', '.')),
      },
      elements: [
        { tag: 'markdown', content: textOf('kube-events.feishu.markdown', '.') },
        ...(buttons.length > 0 ? [{ tag: 'action', actions: buttons }] : []),
      ],
    },
  };
  const mention = '{{ if eq .Status "firing" }}{{ with .Vars.mention }}\n{{ . }}{{ end }}{{ end }}';
  return (
    define('kube-events.feishu.color', byLevel('green', 'red', 'orange', 'blue')) +
    define('kube-events.feishu.markdown', `{{ template "kube-events.feishu.text" . }}${mention}`) +
    define('kube-events.feishu', `\n${actionsIn(JSON.stringify(body, undefined, 2))}\n`)
  );
}

/** The text of a template as a string of JSON. */
function textOf(name: string, argument: string): string {
  return `{{ tmpl.Exec "${name}" ${argument} | data.ToJSON }}`;
}

/** JSON whose strings that are actions of a template are those actions. */
function actionsIn(json: string): string {
  return json.replaceAll(/"\{\{ (?:[^"\\]|\\.)* \}\}"/g, string => JSON.parse(string) as string);
}
