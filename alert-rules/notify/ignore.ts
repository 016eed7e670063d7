import { type Pattern, parsePattern } from '../../exporter/event/filter/pattern.ts';
import type { IgnoreConfig } from './config.ts';
import type { LogEntry } from './entry.ts';
import type { Alert } from './payload.ts';

/** What is looked at of a message: matching takes time by its length. */
const maxCharacters = 65_536;

interface Rule {
  readonly labels: readonly (readonly [name: string, matches: (value: string) => boolean])[];
  readonly message: ((value: string) => boolean) | undefined;
}

/** Alerts that a team doesn't want to be told of. */
export class IgnoreList {
  readonly #rules: readonly Rule[];

  constructor(configs: readonly IgnoreConfig[]) {
    this.#rules = configs.map(({ labels = {}, message }) => ({
      labels: Object.entries(labels).map(([name, pattern]) => [name, matcher(pattern)] as const),
      message: message === undefined ? undefined : matcher(message),
    }));
  }

  /** Whether an alert is ignored whatever its newest entry says. */
  hasLabels(alert: Alert): boolean {
    return this.#rules.some(rule => rule.message === undefined && labelsMatch(rule, alert));
  }

  /** Whether an alert is ignored for what its newest entry says. */
  hasEntry(alert: Alert, entry: LogEntry | undefined): boolean {
    if (entry === undefined) return false;
    const text = entry.message.slice(0, maxCharacters);
    return this.#rules.some(rule => rule.message?.(text) === true && labelsMatch(rule, alert));
  }
}

function labelsMatch({ labels }: Rule, alert: Alert): boolean {
  return labels.every(([name, matches]) =>
    matches(Object.hasOwn(alert.labels, name) ? (alert.labels[name] ?? '') : ''),
  );
}

function matcher(text: string): (value: string) => boolean {
  const pattern: Pattern = parsePattern(text);
  return 'exact' in pattern ? value => value === pattern.exact : pattern.matches;
}
