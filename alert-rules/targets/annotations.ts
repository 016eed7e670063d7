import { dashboardUid } from '../../dashboards/uids.ts';
import type { RulesConfig } from '../config.ts';
import type { RenderedRule } from '../render.ts';
import { entriesTemplate, type TemplateSyntax, templated } from './target.ts';

/**
 * The annotations of a rule: what people read, where they read on, and `logql`, the newest entries behind an alert, for what
 * puts an object's name on a message.
 */
export function annotationsOf(
  rule: RenderedRule,
  config: RulesConfig,
  syntax: TemplateSyntax,
): Readonly<Record<string, string>> {
  const logql = entriesTemplate(rule, syntax);
  const dashboard = dashboardUrl(rule, config, syntax);
  return {
    summary: templated(rule.summary, rule, syntax),
    description: templated(rule.description, rule, syntax),
    ...(config.runbooks !== undefined && {
      runbook_url: `${config.runbooks.replace(/\/+$/, '')}/${rule.name}.md`,
    }),
    ...(dashboard !== undefined && { dashboard_url: dashboard }),
    ...(logql !== undefined && { logql }),
  };
}

/** The dashboard of a rule's panel, with its variables as the alert's labels are; its data source is the one that it begins with. */
function dashboardUrl(
  { rule, by }: RenderedRule,
  { grafana, uidPrefix, clusterLabel = 'cluster' }: RulesConfig,
  syntax: TemplateSyntax,
): string | undefined {
  if (grafana === undefined || rule.panel === undefined) return undefined;
  const url = `${grafana.replace(/\/+$/, '')}/d/${dashboardUid(rule.panel.dashboard, uidPrefix)}`;
  // Its variables are none of the alert's labels.
  if (rule.about === 'exporter') return url;
  const variables = by.map(
    name => `var-${name === clusterLabel ? 'cluster' : name}=${syntax.linkedLabel(name)}`,
  );
  return [url, variables.join('&')].filter(part => part !== '').join('?');
}
