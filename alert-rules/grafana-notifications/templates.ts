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

/** `kube-events.feishu`: the body of a request with an interactive card. Grafana 12 and later have these functions. */
function feishuCard(config: RulesConfig): string {
  const buttons = linksOf(config).map(
    ({ name, title }) => `(coll.Dict
      "tag" "button"
      "type" "default"
      "text" (coll.Dict "tag" "plain_text" "content" ${JSON.stringify(title)})
      "url" (tmpl.Exec "kube-events.link.${name}" (index .Alerts 0)))`,
  );
  const elements = [
    '(coll.Dict "tag" "markdown" "content" (tmpl.Exec "kube-events.feishu.markdown" .))',
    ...(buttons.length === 0
      ? []
      : [`(coll.Dict "tag" "action" "actions" (coll.Slice ${buttons.join(' ')}))`]),
  ];
  const card = `{{ coll.Dict
  "msg_type" "interactive"
  "card" (coll.Dict
    "config" (coll.Dict "wide_screen_mode" true)
    "header" (coll.Dict
      "template" (tmpl.Exec "kube-events.feishu.color" .)
      "title" (coll.Dict "tag" "plain_text" "content" (tmpl.Exec "kube-events.title" .)))
    "elements" (coll.Slice
      ${elements.join('\n      ')}))
  | data.ToJSON }}`;
  const mention = '{{ if eq .Status "firing" }}{{ with .Vars.mention }}\n{{ . }}{{ end }}{{ end }}';
  return (
    define('kube-events.feishu.color', byLevel('green', 'red', 'orange', 'blue')) +
    define('kube-events.feishu.markdown', `{{ template "kube-events.feishu.text" . }}${mention}`) +
    define('kube-events.feishu', card)
  );
}
