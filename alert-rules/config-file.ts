import type { CombinationFault } from '../exporter/config/combinations.ts';
import { type ConfigForm, type FlagValues, loadForm } from '../exporter/config/form.ts';
import { ruleGroups } from './catalogue.ts';
import { type RulesConfig, rulesConfigSchema } from './config.ts';
import { rulesConfigFlags } from './config-flags.ts';
import { secondsOf } from './duration.ts';
import { renderRules } from './render.ts';
import type { AlertRule, RuleGroup } from './rule.ts';

/** Seconds that an entry can arrive after its time: what waits for a quiet recorder or for Loki, and the way. */
const lateSeconds = 360;

const form: ConfigForm<typeof rulesConfigSchema> = {
  schema: rulesConfigSchema,
  flags: rulesConfigFlags,
  example: 'language: zh',
  combinationFaults: input => [
    ...ruleGroups.flatMap(group => group.rules.flatMap(rule => windowFaults(group, rule, input))),
    ...labelFaults(input),
  ],
};

/**
 * Reads what rules are rendered for: the file, if any, with the flags on top.
 * @throws ConfigError naming file, line and column, or the flag, of every fault
 */
export function loadRulesConfig(file: string | undefined, given: FlagValues = {}): RulesConfig {
  return loadForm(form, file, given);
}

/** An entry has to be in the window still when it has arrived, for as long as `for` is, and be seen there once. */
function windowFaults(group: RuleGroup, rule: AlertRule, input: unknown): CombinationFault[] {
  if (rule.about !== 'events' || typeof rule.settings['window']?.default !== 'string') return [];
  const section = objectAt(objectAt(input, 'rules'), rule.name);
  const times = {
    window: rule.settings['window'].default,
    for: rule.for,
    interval: group.interval,
    ...section,
  };
  const [window, held, interval] = [times.window, times.for, times.interval].map(time =>
    typeof time === 'string' ? secondsOf(time) : undefined,
  );
  // What is no duration is refused as such.
  if (window === undefined || held === undefined || interval === undefined) return [];
  if (section['enabled'] === false || window >= held + lateSeconds + interval) return [];
  const key = (['window', 'for', 'interval'] as const).find(name => name in section) ?? 'window';
  return [
    {
      path: ['rules', rule.name, key],
      message:
        `window ${times.window} is shorter than for ${times.for}, the interval ${times.interval} and 6m together: ` +
        `entries arrive up to 6m late, and one would be out of the window before it fires; give a longer window`,
    },
  ];
}

/** Labels that alerts have of their own, which one for all alerts would hide. */
function labelFaults(input: unknown): CombinationFault[] {
  const given = Object.keys(objectAt(input, 'labels'));
  if (given.length === 0) return [];
  // Only these say which; whatever else is wrong is told besides.
  const { profile, clusterLabel } = input as Readonly<Record<string, unknown>>;
  const { data } = rulesConfigSchema.safeParse({ profile, clusterLabel });
  const groups = data ? renderRules(data) : [];
  const names = groups.flatMap(group => group.rules.flatMap(rule => rule.by));
  const own = new Set(['alertname', 'severity', ...names]);
  return given
    .filter(name => own.has(name) || name.startsWith('__'))
    .map(name => ({
      path: ['labels', name],
      message: 'alerts have this label already; give another name',
    }));
}

function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}
