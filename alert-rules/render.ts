import { type Field, type Profile, profiles, withClusterLabel } from '../dashboards/profile.ts';
import { Ask } from './ask.ts';
import { ruleGroups } from './catalogue.ts';
import type { RulesConfig } from './config.ts';
import { AskMetrics } from './exporter-rules/ask.ts';
import { exporterRuleGroups } from './exporter-rules/catalogue.ts';
import type { AlertRule, ExporterRule, Rule, RuleGroup, Severity, Text } from './rule.ts';

/** A rule with its settings put in, for targets to write in their own way. */
export interface RenderedRule {
  readonly rule: Rule;
  readonly name: string;
  readonly severity: Severity;
  readonly for: string;
  /** LogQL of the value, PromQL for what is about the exporter; it fires at `threshold` and above. */
  readonly query: string;
  readonly threshold: number;
  /** Names of the labels that its alerts have from the query. */
  readonly by: readonly string[];
  /** Texts with `{label}` and `{value}` in them. */
  readonly summary: string;
  readonly description: string;
  /** LogQL of the newest entries behind an alert, with `{"label"}` for a label's value as a string; none without events. */
  readonly entries?: string;
}

/** Rules that are evaluated together. */
export interface RenderedGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly RenderedRule[];
}

/** The enabled rules by group, as a configuration wants them; those of a group that are evaluated apart are one of their own. */
export function renderRules(config: RulesConfig): readonly RenderedGroup[] {
  const ask = askOf(config);
  return renderGroups(ruleGroups, config.rules, (rule, set) =>
    isGiven(rule, config) ? renderRule(rule, set, ask, config) : undefined,
  );
}

/** The enabled rules about the exporter's own metrics, for Prometheus. */
export function renderExporterRules(config: RulesConfig): readonly RenderedGroup[] {
  const ask = new AskMetrics(config.exporterSelector);
  return renderGroups(exporterRuleGroups, config.exporterRules, (rule, set) =>
    renderExporterRule(rule, set, ask, config),
  );
}

function renderGroups<R extends Rule>(
  groups: readonly RuleGroup<R>[],
  settings: Readonly<Record<string, RuleSettings>>,
  render: (rule: R, set: RuleSettings) => RenderedRule | undefined,
): readonly RenderedGroup[] {
  return groups.flatMap(group => {
    const rendered = group.rules.flatMap(rule => {
      const set = settingsOf(settings, rule);
      const made = set.enabled ? render(rule, set) : undefined;
      return made === undefined ? [] : [{ interval: set.interval ?? group.interval, rule: made }];
    });
    return Array.from(
      Map.groupBy(rendered, ({ interval }) => interval),
      ([interval, members]) => ({
        name: interval === group.interval ? group.name : `${group.name}-${interval}`,
        interval,
        rules: members.map(({ rule }) => rule),
      }),
    );
  });
}

/** Whether there is what it rests on. */
function isGiven(rule: AlertRule, { heartbeat }: RulesConfig): boolean {
  return rule.about === 'events' || rule.needs !== 'heartbeat' || heartbeat;
}

/** LogQL for the data that a configuration names. */
export function askOf({ profile, job, clusterLabel, selector }: RulesConfig): Ask {
  const data: Profile = profiles[profile];
  return new Ask({
    profile: clusterLabel === undefined ? data : withClusterLabel(data),
    job: job ?? data.job,
    clusterLabel: clusterLabel ?? 'cluster',
    selector,
  });
}

/** The comparison that fires, for rulers that have no threshold of their own. */
export function expressionOf({ query, threshold }: RenderedRule): string {
  return `(${query}) >= ${threshold}`;
}

type RuleSettings = RulesConfig['rules'][string];

function settingsOf(settings: Readonly<Record<string, RuleSettings>>, rule: Rule): RuleSettings {
  const set = settings[rule.name];
  if (set === undefined) throw new RangeError(`${rule.name} is not in the configuration`);
  return set;
}

/** What the settings of a rule have been set to. */
function valuesOf(rule: Rule, set: RuleSettings): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(rule.settings).map(name => [name, String(set[name as keyof RuleSettings])]),
  );
}

/** What a rule says, whatever its query is. */
function saidOf(
  rule: Rule,
  set: RuleSettings,
  config: RulesConfig,
): Pick<RenderedRule, 'rule' | 'name' | 'severity' | 'for' | 'threshold' | 'summary' | 'description'> {
  const { threshold, ...values } = { threshold: '1', ...valuesOf(rule, set) };
  const named = { cluster: `{${config.clusterLabel ?? 'cluster'}}`, for: set.for, ...values };
  return {
    rule,
    name: rule.name,
    severity: set.severity,
    for: set.for,
    threshold: Number(threshold),
    summary: filled(rule.summary, config, named),
    description: filled(rule.description, config, named),
  };
}

function renderRule(rule: AlertRule, set: RuleSettings, ask: Ask, config: RulesConfig): RenderedRule {
  const asked: readonly Field[] = rule.about === 'path' ? rule.by : ['cluster', ...rule.by];
  const fields = asked.filter(field => ask.has(field));
  const by = fields.map(field => ask.nameOf(field));
  const said = saidOf(rule, set, config);
  const lacking = asked.filter(field => !ask.has(field));
  return {
    ...said,
    summary: withoutFields(said.summary, lacking),
    description: withoutFields(said.description, lacking),
    by,
    query: queryOf(rule, ask, by, valuesOf(rule, set)),
    ...(rule.about === 'events' && {
      entries: ask.entriesOf(
        rule.selection,
        new Map(fields.map(field => [field, `{"${ask.nameOf(field)}"}`])),
      ),
    }),
  };
}

function renderExporterRule(
  rule: ExporterRule,
  set: RuleSettings,
  ask: AskMetrics,
  config: RulesConfig,
): RenderedRule {
  const by = rule.by.map(name => (name === 'cluster' ? (config.clusterLabel ?? name) : name));
  return { ...saidOf(rule, set, config), by, query: rule.query(ask, by, valuesOf(rule, set)) };
}

function queryOf(
  rule: AlertRule,
  ask: Ask,
  by: readonly string[],
  values: Readonly<Record<string, string>>,
): string {
  if (rule.about === 'path') return rule.query(ask, by, values);
  if (rule.query !== undefined) return rule.query(ask, by, values);
  const { window } = values;
  if (window === undefined) throw new RangeError(`${rule.name} has neither a query nor a window`);
  return ask.occurrences(rule.selection, by, window);
}

/** Puts settings into a text; labels and the value are the target's to put in. */
function filled(text: Text, { language }: RulesConfig, values: Readonly<Record<string, string>>): string {
  return text[language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A text without the fields that the data doesn't have: `{namespace}` of `{namespace}/{workload}`. */
function withoutFields(text: string, fields: readonly Field[]): string {
  return fields.reduce((kept, field) => kept.replaceAll(`/{${field}}`, ''), text);
}
