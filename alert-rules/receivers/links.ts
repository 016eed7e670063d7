import type { RulesConfig } from '../config.ts';
import { define, wordsOf } from './message.ts';

/** A link of a message. The template `kube-events.link.NAME` of an alert has it. */
export interface Link {
  readonly name: 'dashboard' | 'explore' | 'runbook';
  readonly title: string;
  /** What an alert with this link has: a pipeline. */
  readonly where: string;
}

/** The links of an alert: what can be made of a configuration. */
export function linksOf(config: RulesConfig): readonly Link[] {
  const { dashboard, explore, runbook } = wordsOf(config);
  const { grafana, runbooks } = config;
  return [
    ...(grafana === undefined
      ? []
      : [
          { name: 'dashboard', title: dashboard, where: '.Annotations.dashboard_url' } as const,
          { name: 'explore', title: explore, where: '.Annotations.logql' } as const,
        ]),
    ...(runbooks === undefined
      ? []
      : [{ name: 'runbook', title: runbook, where: '.Annotations.runbook_url' } as const]),
  ];
}

/**
 * `kube-events.link.NAME` of an alert for each of its links, and `kube-events.link` of a message for its title. A button has
 * to lead somewhere: what an alert lacks leads to where it would be.
 */
export function linkTemplates(config: RulesConfig): string {
  const { grafana = '', runbooks = '', datasource } = config;
  const [first] = linksOf(config);
  const templates = linksOf(config).map(({ name, where }) => {
    const url = name === 'explore' ? exploreUrl(grafana, datasource) : `{{ ${where} }}`;
    const otherwise = name === 'runbook' ? runbooks : grafana;
    return define(`kube-events.link.${name}`, `{{ if ${where} }}${url}{{ else }}${otherwise}{{ end }}`);
  });
  const title =
    first === undefined
      ? '{{ .ExternalURL }}'
      : `{{ with index .Alerts 0 }}{{ template "kube-events.link.${first.name}" . }}{{ end }}`;
  return templates.join('') + define('kube-events.link', title);
}

/** How long before an alert Explore begins, in nanoseconds: most rules look back as far. */
const lookBack = 3_600_000_000_000;

/**
 * Explore with the entries behind an alert. The query comes from the annotation `logql`: `%q` writes it as a string of JSON,
 * since the query itself has no control characters.
 */
function exploreUrl(grafana: string, datasource: string): string {
  const uid = format(JSON.stringify(datasource));
  const pane = (until: string) =>
    `{"kev":{"datasource":${uid},"queries":[{"refId":"A","datasource":{"type":"loki","uid":${uid}},` +
    `"expr":%q,"queryType":"range","editorMode":"code"}],"range":{"from":"%d","to":"${until}"}}}`;
  const base = `${format(grafana.replace(/\/+$/, ''))}/explore?schemaVersion=1&panes=%s`;
  const from = `(.StartsAt.Add -${lookBack}).UnixMilli`;
  const url = (until: string, more: string) =>
    // Grafana decodes a plus sign as a space, other readers of links don't.
    `{{ reReplaceAll "[+]" "%20" (printf ${quoted(base)} (urlquery (printf ${quoted(pane(until))} .Annotations.logql ${from}${more}))) }}`;
  return `{{ if eq .Status "resolved" }}${url('%d', ' .EndsAt.UnixMilli')}{{ else }}${url('now', '')}{{ end }}`;
}

/** A string of Go. */
function quoted(text: string): string {
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``;
}

/** A text inside of a format. */
function format(text: string): string {
  return text.replaceAll('%', '%%');
}
