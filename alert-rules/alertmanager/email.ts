import type { RulesConfig } from '../config.ts';
import { linksOf } from '../receivers/links.ts';
import { byLevel, define, factsOf, headingOf, timesOf, wordsOf } from '../receivers/message.ts';

/** How many alerts of either state an e-mail shows. */
const most = 50;

const cell = 'style="padding:2px 12px 2px 0;vertical-align:top"';

/** `kube-events.email.html` of a message. Values are escaped by where they stand. */
export function emailTemplates(config: RulesConfig): string {
  const { firing, resolved } = wordsOf(config);
  const bar = byLevel('#36A64F', '#D63232', '#F2A33A', '#3A7BD5');
  const body =
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body style="font-family:sans-serif;font-size:14px">' +
    `<h2 style="border-left:6px solid ${bar};padding-left:8px">{{ template "kube-events.title" . }}</h2>` +
    listOf('Firing', firing, config) +
    listOf('Resolved', resolved, config) +
    '</body></html>';
  return define('kube-events.email.html.alert', alertHtml(config)) + define('kube-events.email.html', body);
}

function listOf(state: 'Firing' | 'Resolved', title: string, config: RulesConfig): string {
  return (
    `{{ if and .Alerts.${state} (gt (len .Alerts) 1) }}<h3>${headingOf(state, title, most, config)}</h3>{{ end }}` +
    `{{ range $index, $alert := .Alerts.${state} }}{{ if lt $index ${most} }}` +
    '{{ if gt (len $.Alerts) 1 }}<h4>{{ or .Annotations.summary .Labels.alertname }}</h4>{{ end }}' +
    '{{ template "kube-events.email.html.alert" . }}{{ end }}{{ end }}'
  );
}

function alertHtml(config: RulesConfig): string {
  const { since, until } = timesOf(config);
  const row = (label: string, value: string) =>
    `<tr><td ${cell}>${label}</td><td ${cell}>{{ ${value} }}</td></tr>`;
  const facts = factsOf(config).map(({ label, value }) => `{{ if ${value} }}${row(label, value)}{{ end }}`);
  const links = linksOf(config).map(
    ({ name, title, where }) =>
      `{{ if ${where} }}<a href="{{ template "kube-events.link.${name}" . }}" style="margin-right:12px">${title}</a>{{ end }}`,
  );
  return (
    `<table>${facts.join('')}${row(since.label, since.value)}` +
    `{{ if eq .Status "resolved" }}${row(until.label, until.value)}{{ end }}</table>` +
    '{{ with .Annotations.description }}<p>{{ . }}</p>{{ end }}' +
    (links.length > 0 ? `<p>${links.join('')}</p>` : '')
  );
}
