import { stringify } from 'yaml';
import type { RulesConfig } from '../config.ts';
import { expressionOf, type RenderedGroup, type RenderedRule } from '../render.ts';
import { annotationsOf } from './annotations.ts';
import { prometheusTemplates, type Target } from './target.ts';

/** Rule files of Loki's ruler. */
export const ruler: Target = {
  description: "Rule files of Loki's ruler: into the tenant's folder, or by lokitool rules load",
  files: (groups, config) => new Map([['kube-events.yaml', rulerFile(groups, config)]]),
};

/** The text of a rule file. Its fields: https://grafana.com/docs/loki/latest/alert/ */
export function rulerFile(groups: readonly RenderedGroup[], config: RulesConfig): string {
  return stringify({ groups: rulerGroups(groups, config) }, { lineWidth: 0 });
}

/** Rule groups as a ruler's file, and resources that become one, have them. */
export function rulerGroups(groups: readonly RenderedGroup[], config: RulesConfig) {
  return groups.map(({ name, interval, rules }) => ({
    name,
    interval,
    rules: rules.map(rule => rulerRule(rule, config)),
  }));
}

function rulerRule(rule: RenderedRule, config: RulesConfig) {
  return {
    alert: rule.name,
    expr: expressionOf(rule),
    for: rule.for,
    labels: { severity: rule.severity, ...config.labels },
    annotations: annotationsOf(rule, config, prometheusTemplates),
  };
}
