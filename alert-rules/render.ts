import { type Field, profiles } from '../dashboards/profile.ts';
import { Ask } from './ask.ts';
import { ruleGroups } from './catalogue.ts';
import type { RulesConfig } from './config.ts';
import type { AlertRule, Severity, Text } from './rule.ts';

/** A rule with its settings put in, for targets to write in their own way. */
export interface RenderedRule {
  readonly rule: AlertRule;
  readonly name: string;
  readonly severity: Severity;
  readonly for: string;
  /** LogQL of the value; it fires at `threshold` and above. */
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
  return ruleGroups.flatMap(group => {
    const rendered = group.rules.flatMap(rule => {
      const set = settingsOf(config, rule);
      if (!set.enabled) return [];
      return [{ interval: set.interval ?? group.interval, rule: renderRule(rule, set, ask, config) }];
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

/** LogQL for the data that a configuration names. */
export function askOf({ profile, job, clusterLabel, selector }: RulesConfig): Ask {
  const data = profiles[profile];
  return new Ask({ profile: data, job: job ?? data.job, clusterLabel, selector });
}

/** The comparison that fires, for rulers that have no threshold of their own. */
export function expressionOf({ query, threshold }: RenderedRule): string {
  return `(${query}) >= ${threshold}`;
}

type RuleSettings = RulesConfig['rules'][string] & { readonly interval?: string };

function settingsOf(config: RulesConfig, rule: AlertRule): RuleSettings {
  const set = config.rules[rule.name];
  if (set === undefined) throw new RangeError(`${rule.name} is not in the configuration`);
  return set as RuleSettings;
}

function renderRule(rule: AlertRule, set: RuleSettings, ask: Ask, config: RulesConfig): RenderedRule {
  const values = Object.fromEntries(
    Object.keys(rule.settings).map(name => [name, String(set[name as keyof RuleSettings])]),
  );
  const fields = (['cluster', ...rule.by] as readonly Field[]).filter(field => ask.has(field));
  const by = rule.about === 'path' ? [...rule.by] : fields.map(field => ask.nameOf(field));
  const { threshold, ...named } = { threshold: '1', ...values };
  return {
    rule,
    name: rule.name,
    severity: set.severity,
    for: set.for,
    threshold: Number(threshold),
    by,
    query: queryOf(rule, ask, by, values),
    summary: filled(rule.summary, config, named),
    description: filled(rule.description, config, named),
    ...(rule.about === 'events' && {
      entries: ask.entriesOf(
        rule.selection,
        new Map(fields.map(field => [field, `{"${ask.nameOf(field)}"}`])),
      ),
    }),
  };
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
