import type { RulesConfig } from '../config.ts';
import { type Link, linksOf } from './links.ts';
import { type Words, words } from './words.ts';

/** How a service writes a message. Arguments and results are pieces of a template. */
export interface Markup {
  /** More of a pipeline, which makes plain text of its value. */
  readonly plain: string;
  readonly newline: string;
  /** Between two alerts. */
  readonly gap: string;
  readonly bold: (text: string) => string;
  readonly fact: (label: string, value: string) => string;
  readonly link: (title: string, url: string) => string;
  /** Between two links. */
  readonly between: string;
  /** How many alerts of either state a message has room for. */
  readonly most: number;
  /**
   * Where links stand, one of which can have 2,000 characters: with each alert, with each of several, with a single one, or
   * those of the first at the end; none where they are on buttons alone.
   */
  readonly links: 'each' | 'several' | 'single' | 'first' | 'none';
}

/** A line about an alert: its label, and the pipeline that has its value, or nothing. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The words of a configuration's messages. */
export function wordsOf({ language, notifications }: RulesConfig): Words {
  return words[notifications.language ?? language];
}

/** A template of this name. */
export function define(name: string, body: string): string {
  return `{{ define "${name}" }}${body}{{ end }}\n`;
}

/** Templates with a line for each action; the breaks between are none of the text. */
export function legible(templates: string): string {
  return templates.replaceAll(/ ?\}\}\{\{/g, ' -}}\n{{');
}

/** What an alert is about, in the order in which people read it. */
export function factsOf(config: RulesConfig): readonly Fact[] {
  const { cluster, namespace, kind, workload, node, reason } = wordsOf(config);
  return [
    { label: cluster, value: `.Labels.${config.clusterLabel ?? 'cluster'}` },
    { label: namespace, value: '.Labels.namespace' },
    { label: kind, value: '.Labels.kind' },
    { label: workload, value: '.Labels.workload' },
    { label: node, value: '.Labels.node' },
    { label: reason, value: '.Labels.reason' },
  ];
}

/** When an alert began and ended. */
export function timesOf(config: RulesConfig): { readonly since: Fact; readonly until: Fact } {
  const { since, until } = wordsOf(config);
  const at = (time: string) =>
    `${time} | tz "${config.notifications.timezone}" | date "2006-01-02 15:04:05 -07:00"`;
  return { since: { label: since, value: at('.StartsAt') }, until: { label: until, value: at('.EndsAt') } };
}

/** Templates of every message: `kube-events.level` of a severity, `kube-events.title` and `kube-events.color`. */
export function commonTemplates(config: RulesConfig): string {
  const { critical, warning, info } = wordsOf(config);
  const level =
    `{{ if eq . "critical" }}${critical}{{ else if eq . "warning" }}${warning}` +
    `{{ else if eq . "info" }}${info}{{ else }}{{ . }}{{ end }}`;
  return [
    define('kube-events.level', level),
    titleTemplate('kube-events.title', '', config),
    define('kube-events.color', byLevel('#36A64F', '#D63232', '#F2A33A', '#3A7BD5')),
  ].join('');
}

/** A message's title: the summary of its alert, or how many there are of which rule. */
export function titleTemplate(name: string, plain: string, config: RulesConfig): string {
  const { firing, resolved, colon, comma, brackets } = wordsOf(config);
  const one =
    `{{ with index .Alerts 0 }}{{ if eq .Status "firing" }}${firing}{{ else }}${resolved}{{ end }}${colon}` +
    `{{ or .Annotations.summary .Labels.alertname${plain} }}{{ end }}`;
  const several =
    `{{ with .Alerts.Firing }}${firing} {{ len . }}{{ end }}` +
    `{{ if and .Alerts.Firing .Alerts.Resolved }}${comma}{{ end }}` +
    `{{ with .Alerts.Resolved }}${resolved} {{ len . }}{{ end }}${colon}{{ .CommonLabels.alertname }}`;
  const title =
    '{{ with .CommonLabels.severity }}[{{ template "kube-events.level" . }}] {{ end }}' +
    `{{ if eq (len .Alerts) 1 }}${one}{{ else }}${several}{{ end }}` +
    `{{ with .CommonLabels.${config.clusterLabel ?? 'cluster'} }}${brackets[0]}{{ .${plain} }}${brackets[1]}{{ end }}`;
  return define(name, title);
}

/** One of four texts, by a message's state and severity. */
export function byLevel(resolved: string, critical: string, warning: string, other: string): string {
  return (
    `{{ if eq .Status "resolved" }}${resolved}{{ else if eq .CommonLabels.severity "critical" }}${critical}` +
    `{{ else if eq .CommonLabels.severity "warning" }}${warning}{{ else }}${other}{{ end }}`
  );
}

/** The template of a message's text, with that of an alert's facts and that of its links. */
export function textTemplates(name: string, markup: Markup, config: RulesConfig): string {
  const { firing, resolved } = wordsOf(config);
  const lists =
    listOf('Firing', firing, name, markup, config) +
    `{{ if and .Alerts.Firing .Alerts.Resolved }}${markup.gap}{{ end }}` +
    listOf('Resolved', resolved, name, markup, config) +
    (markup.links === 'first' ? `{{ template "${name}.links" (index .Alerts 0) }}` : '');
  return (
    define(`${name}.alert`, alertText(markup, config)) +
    (markup.links === 'none' ? '' : define(`${name}.links`, linksText(linksOf(config), markup))) +
    define(name, lists)
  );
}

/** The heading of the alerts of one state, where a message has several: how many they are. */
export function headingOf(
  state: 'Firing' | 'Resolved',
  title: string,
  most: number,
  config: RulesConfig,
): string {
  const { colon, brackets, first } = wordsOf(config);
  const aside = `{{ if gt (len .Alerts.${state}) ${most} }}${brackets[0]}${first(most)}${brackets[1]}{{ end }}`;
  return `${title}${colon}{{ len .Alerts.${state} }}${aside}`;
}

function listOf(
  state: 'Firing' | 'Resolved',
  title: string,
  name: string,
  { bold, newline, gap, most, plain, links }: Markup,
  config: RulesConfig,
): string {
  const heading = bold(headingOf(state, title, most, config));
  const summary = bold(`{{ or .Annotations.summary .Labels.alertname${plain} }}`);
  const own = `{{ template "${name}.links" . }}`;
  const ownLinks = {
    each: own,
    several: `{{ if gt (len $.Alerts) 1 }}${own}{{ end }}`,
    single: `{{ if eq (len $.Alerts) 1 }}${own}{{ end }}`,
    first: '',
    none: '',
  }[links];
  return (
    `{{ if and .Alerts.${state} (gt (len .Alerts) 1) }}${heading}${gap}{{ end }}` +
    `{{ range $index, $alert := .Alerts.${state} }}{{ if lt $index ${most} }}` +
    `{{ if $index }}${gap}{{ end }}{{ if gt (len $.Alerts) 1 }}${summary}${newline}{{ end }}` +
    `{{ template "${name}.alert" . }}` +
    `${ownLinks}{{ end }}{{ end }}`
  );
}

function alertText({ plain, newline, fact }: Markup, config: RulesConfig): string {
  const { since, until } = timesOf(config);
  const lines = factsOf(config).map(
    ({ label, value }) => `{{ with ${value} }}${fact(label, `{{ .${plain} }}`)}${newline}{{ end }}`,
  );
  return (
    `${lines.join('')}${fact(since.label, `{{ ${since.value} }}`)}` +
    `{{ if eq .Status "resolved" }}${newline}${fact(until.label, `{{ ${until.value} }}`)}{{ end }}` +
    `{{ with .Annotations.description }}${newline}{{ .${plain} }}{{ end }}`
  );
}

function linksText(links: readonly Link[], { newline, between, link }: Markup): string {
  if (links.length === 0) return '';
  const pieces = links.map(
    ({ name, title, where }) =>
      `{{ if ${where} }}{{ if $any }}${between}{{ else }}${newline}{{ end }}{{ $any = true }}` +
      `${link(title, `{{ template "kube-events.link.${name}" . }}`)}{{ end }}`,
  );
  return `{{ $any := false }}${pieces.join('')}`;
}
