import type { Field } from '../dashboards/profile.ts';
import type { DashboardName } from '../dashboards/uids.ts';
import type { Ask, Selection } from './ask.ts';
import type { AskMetrics } from './exporter-rules/ask.ts';

/** How much an alert matters, and the value of its label `severity`; routes are by it. */
export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** Languages of what people read in an alert. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/**
 * A text in every language. `{namespace}` stands for a label of the alert and `{value}` for its value; each target writes
 * them in its own way. `{window}` and the like stand for settings, and `{for}` for how long the condition has to hold.
 */
export type Text = Readonly<Record<Language, string>>;

/** A number or a duration (`15m`) of a rule that a team may want otherwise. */
export interface Setting {
  readonly default: number | string;
  /** What it is, and why it has this default. */
  readonly description: string;
}

export type Settings = Readonly<Record<string, Setting>>;

/** What settings have been set to, as they are written in a query. */
export type Values<S extends Settings = Settings> = Readonly<Record<keyof S, string>>;

/** What to do about an alert, for its page in the docs. */
export interface Runbook {
  /** What has happened, and what it does to whom. Markdown, as all of it. */
  readonly meaning: string;
  /** What to look at first, with the command; `NAMESPACE` and the like are to be filled in. */
  readonly checks: readonly [string, string, string];
  /** The likely ones, the most likely first. */
  readonly causes: readonly string[];
  /** Why it may fire, or stay silent, where one would not expect it. */
  readonly notes?: readonly string[];
}

/** A panel that shows what a rule is about. */
export interface PanelReference {
  readonly dashboard: DashboardName;
  readonly title: string;
}

/** What every rule says of itself. */
export interface RuleText<S extends Settings> {
  readonly name: string;
  readonly severity: Severity;
  /** How long the condition has to hold; most windows are long enough to need none. */
  readonly for: string;
  readonly settings: S;
  readonly summary: Text;
  readonly description: Text;
  readonly runbook: Runbook;
  readonly panel?: PanelReference;
}

/** A rule about events. */
export interface EventRule<S extends Settings = Settings> extends RuleText<S> {
  readonly about: 'events';
  /** The fields that tell its alerts apart, besides the cluster; each value is an alert of its own. */
  readonly by: readonly Field[];
  /** The events that it is about. */
  readonly selection: Selection;
  /**
   * LogQL of the value that fires at `threshold` and above; without it the occurrences in `window`.
   * @param by names of labels, the cluster's among them
   */
  readonly query?: (ask: Ask, by: readonly string[], values: Values<S>) => string;
}

/** A rule about the way that events take, or about nothing: it has no events to show. */
export interface PathRule<S extends Settings = Settings> extends RuleText<S> {
  readonly about: 'path';
  readonly by: readonly Field[];
  /** What it rests on, where not everybody has it. */
  readonly needs?: 'heartbeat';
  readonly query: (ask: Ask, by: readonly string[], values: Values<S>) => string;
}

/** A rule about the exporter's own metrics, for Prometheus. */
export interface ExporterRule<S extends Settings = Settings> extends RuleText<S> {
  readonly about: 'exporter';
  /** The labels that tell its alerts apart; `cluster` stands for the label that names the cluster. */
  readonly by: readonly string[];
  /** PromQL of the value that fires at `threshold` and above, at 1 where there is no such setting. */
  readonly query: (ask: AskMetrics, by: readonly string[], values: Values<S>) => string;
}

/** A rule of the catalogue. */
export type AlertRule = EventRule | PathRule;
export type Rule = AlertRule | ExporterRule;

/** A rule whose query knows its settings by name. */
export function eventRule<const S extends Settings>(rule: Omit<EventRule<S>, 'about'>): AlertRule {
  return { about: 'events', ...rule } as unknown as EventRule;
}

/** {@link eventRule} */
export function pathRule<const S extends Settings>(rule: Omit<PathRule<S>, 'about'>): AlertRule {
  return { about: 'path', ...rule } as unknown as PathRule;
}

/** {@link eventRule} */
export function exporterRule<const S extends Settings>(rule: Omit<ExporterRule<S>, 'about'>): ExporterRule {
  return { about: 'exporter', ...rule } as unknown as ExporterRule;
}

/** Settings of a rule that counts occurrences. */
export function counting(
  threshold: number,
  window: string,
  why: { readonly threshold: string; readonly window: string },
) {
  return {
    threshold: {
      default: threshold,
      description: `Occurrences in \`window\` from which it fires. ${why.threshold}`,
    },
    window: { default: window, description: `How far back it counts. ${why.window}` },
  } as const;
}

/** Rules that are evaluated together, at one interval. */
export interface RuleGroup<R extends Rule = AlertRule> {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly R[];
}
