import { type Json, onlyWith, token } from '../dashboards/token.ts';
import { type RulesConfig, rulesConfigSchema } from './config.ts';
import { renderRecording } from './recording.ts';
import { type RenderedGroup, renderExporterRules, renderRules } from './render.ts';
import type { Language, Rule } from './rule.ts';
import { rulerGroups } from './targets/ruler.ts';

/*
 * Rules as templates with named tokens, for the jsonnet mixin. They come out of the same rendering as every other form, of a
 * configuration whose values are tokens; where the rendering needs a number or a name, it gets one that nothing else has,
 * and that becomes a token afterwards.
 */

const clusterLabel = 'token_cluster_label';
const selector = '@@selector';
/** And those after it: one for each rule. */
const firstThreshold = 987_650_001;

/** Rule groups of every form that the mixin has; each rule is there only where it is enabled. */
export interface RuleTemplates {
  readonly lokiAlerts: Json;
  readonly lokiRules: Json;
  readonly prometheusAlerts: Json;
}

/** @param language of summaries and descriptions */
export function ruleTemplates(language: Language): RuleTemplates {
  const thresholds = new Map<number, string>();
  const config = tokenConfig(language, thresholds);
  const tokens = (groups: unknown, selected: string) =>
    JSON.parse(withTokens(JSON.stringify({ groups }), selected, thresholds)) as Json;
  return {
    lokiAlerts: tokens(conditional(renderRules(config), config, 'rules'), 'selector'),
    lokiRules: tokens([renderRecording(config)], 'selector'),
    prometheusAlerts: tokens(
      conditional(renderExporterRules(config), config, 'exporterRules'),
      'exporterSelector',
    ),
  };
}

/** What a template's tokens stand for in a configuration; what isn't given is null. */
export function ruleValues(config: RulesConfig) {
  const { job = 'kube-events', clusterLabel = 'cluster', grafana = null, runbooks = null } = config;
  return { ...config, job, clusterLabel, grafana, runbooks };
}

function tokenConfig(language: Language, thresholds: Map<number, string>): RulesConfig {
  const defaults = rulesConfigSchema.parse({ heartbeat: true, language });
  return {
    ...defaults,
    job: token('job'),
    clusterLabel,
    selector,
    exporterSelector: selector,
    grafana: token('grafana'),
    runbooks: token('runbooks'),
    uidPrefix: token('uidPrefix'),
    labels: { '@entries': 'labels' },
    rules: tokensOf('rules', defaults.rules, thresholds),
    exporterRules: tokensOf('exporterRules', defaults.exporterRules, thresholds),
    recording: tokensIn('recording', defaults.recording),
  };
}

/** Settings of rules as tokens, all rules enabled. */
function tokensOf<S extends object>(
  section: string,
  rules: Readonly<Record<string, S>>,
  thresholds: Map<number, string>,
): Record<string, S> {
  const all = Object.entries(rules).map(([name, settings]) => {
    const path = `${section}.${name}`;
    const tokens: Record<string, unknown> = { ...tokensIn(path, settings), enabled: true };
    if ('threshold' in tokens) {
      const threshold = firstThreshold + thresholds.size;
      thresholds.set(threshold, token(`${path}.threshold`));
      tokens['threshold'] = threshold;
    }
    return [name, tokens as S] as const;
  });
  return Object.fromEntries(all);
}

function tokensIn<S extends object>(path: string, settings: S): S {
  return Object.fromEntries(Object.keys(settings).map(name => [name, token(`${path}.${name}`)])) as S;
}

/** Rule groups as rulers have them, with the conditions under which each rule is there. */
function conditional(groups: readonly RenderedGroup[], config: RulesConfig, section: string) {
  return rulerGroups(groups, config).map((group, index) => ({
    ...group,
    rules: group.rules.map((rule, at) => {
      const needs = needsOf(groups[index]?.rules[at]?.rule);
      return onlyWith([`${section}.${rule.alert}.enabled`, ...needs], rule);
    }),
  }));
}

function needsOf(rule: Rule | undefined): readonly string[] {
  return rule !== undefined && 'needs' in rule && rule.needs !== undefined ? [rule.needs] : [];
}

function withTokens(json: string, selected: string, thresholds: ReadonlyMap<number, string>): string {
  const named = json
    .replaceAll(clusterLabel, token('clusterLabel'))
    .replaceAll(`, ${selector}`, token(selected, 'more'))
    .replaceAll(`{${selector}}`, token(selected, 'braced'));
  return Array.from(thresholds).reduce(
    (text, [threshold, name]) => text.replaceAll(String(threshold), name),
    named,
  );
}
