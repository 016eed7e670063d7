import type { Language } from '../rule.ts';
import type { LogEntry } from './entry.ts';
import { type Words, words } from './language.ts';
import { type GrafanaPlace, type LinkName, linksOf } from './links.ts';
import type { Alert, Payload } from './payload.ts';
import { cut, oneLine } from './text.ts';
import type { TimeFormat } from './time.ts';

/** A fact about an alert, with its name in the language of the message. */
export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** An alert as a message shows it. All texts are plain, and on one line. */
export interface ShownAlert {
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  readonly description: string;
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly entry: Readonly<Record<Exclude<keyof LogEntry, 'time'> | 'time', string>> | null;
  /** What tells it from the others of the message: what they have in common is left out. */
  readonly facts: readonly Fact[];
  /** The newest event's message; empty where Loki has not been asked, or has none. */
  readonly message: string;
  readonly links: readonly { readonly name: LinkName; readonly text: string; readonly url: string }[];
}

/** What is told of a group of alerts; templates see it as it is. */
export interface Message {
  readonly title: string;
  readonly status: 'firing' | 'resolved';
  /** The worst of those that fire; of all, where none does. */
  readonly severity: string;
  readonly receiver: string;
  readonly firing: number;
  readonly resolved: number;
  readonly common: readonly Fact[];
  readonly alerts: readonly ShownAlert[];
  /** Alerts of the group that are not among `alerts`. */
  readonly more: number;
}

/** How messages of a receiver are written. */
export interface Style {
  readonly language: Language;
  readonly times: TimeFormat;
  readonly grafana: GrafanaPlace | undefined;
  readonly clusterLabel: string;
}

/** An alert with the newest entry behind it, where that is known. */
export interface KnownAlert {
  readonly alert: Alert;
  readonly entry: LogEntry | undefined;
}

/** In characters. */
const longestValue = 200;
const longestText = 500;
/** Of an alert; who has more labels has them in Alertmanager. */
const mostFacts = 20;

const severityOrder = ['critical', 'warning', 'info'];

/** Labels that are no fact about what happened. */
const technical = /^(?:alertname|severity|grafana_folder|__.*__)$/;

/**
 * @param known what is left of the payload's alerts, those first that are shown
 * @param most how many alerts are shown; the others are counted
 * @param now milliseconds since 1970
 */
export function messageOf(
  payload: Payload,
  known: readonly KnownAlert[],
  { most, style, now }: { readonly most: number; readonly style: Style; readonly now: number },
): Message {
  const vocabulary = words[style.language];
  const firing = known.filter(({ alert }) => alert.status === 'firing');
  const status = firing.length > 0 ? 'firing' : 'resolved';
  const counted = firing.length > 0 ? firing : known;
  const severity = worst(counted.map(({ alert }) => alert.labels['severity'] ?? ''));
  const shown = known.slice(0, most);
  const facts = shown.map(one => factsOf(one, style, vocabulary));
  // Of those that are not shown only labels are known.
  const all = [
    ...facts,
    ...known.slice(most).map(({ alert }) => factsOf({ alert, entry: undefined }, style, vocabulary)),
  ];
  const common =
    known.length === 1 ? [] : (all[0] ?? []).filter(fact => all.every(others => has(others, fact)));
  return {
    title: titleOf(known, severity, payload.truncatedAlerts, vocabulary),
    status,
    severity,
    receiver: payload.receiver,
    firing: firing.length,
    resolved: known.length - firing.length,
    common,
    alerts: shown.map((one, index) => ({
      ...shownAlert(one, style, now, vocabulary),
      facts: (facts[index] ?? []).filter(fact => !has(common, fact)),
    })),
    more: known.length - shown.length + payload.truncatedAlerts,
  };
}

/** Those that fire first, and of those the worst. */
export function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  const rank = ({ status, labels }: Alert) =>
    (status === 'firing' ? 0 : 10) + rankOf(labels['severity'] ?? '');
  return alerts.toSorted((one, other) => rank(one) - rank(other));
}

function rankOf(severity: string): number {
  const index = severityOrder.indexOf(severity);
  return index === -1 ? severityOrder.length : index;
}

function worst(severities: readonly string[]): string {
  return severities.toSorted((one, other) => rankOf(one) - rankOf(other))[0] ?? '';
}

function titleOf(
  known: readonly KnownAlert[],
  severity: string,
  truncated: number,
  vocabulary: Words,
): string {
  const firing = known.filter(({ alert }) => alert.status === 'firing').length;
  const resolved = known.length - firing;
  const level = firing > 0 ? (vocabulary.severities[severity] ?? value(severity)) : vocabulary.resolved;
  const mark = level === '' ? '' : level + vocabulary.colon;
  const [first] = known;
  if (known.length === 1 && truncated === 0 && first !== undefined) return mark + summaryOf(first.alert);
  const names = new Set(known.map(({ alert }) => alert.labels['alertname'] ?? ''));
  const name = names.size === 1 ? value([...names].join('')) : '';
  const count =
    firing > 0 && resolved > 0
      ? vocabulary.mixed(firing, resolved)
      : vocabulary.alerts(known.length + truncated);
  return `${mark}${name === '' ? '' : name + vocabulary.comma}${count}`;
}

function summaryOf({ labels, annotations }: Alert): string {
  return value(annotations['summary'] || labels['alertname'] || '-');
}

function shownAlert(
  { alert, entry }: KnownAlert,
  { times, grafana }: Style,
  now: number,
  vocabulary: Words,
): Omit<ShownAlert, 'facts'> {
  const { status, labels, annotations, startsAt } = alert;
  return {
    status,
    name: value(labels['alertname'] ?? ''),
    severity: value(labels['severity'] ?? ''),
    summary: summaryOf(alert),
    description: cut(oneLine(annotations['description'] ?? ''), longestText),
    startsAt: times.write(Date.parse(startsAt)),
    labels: plain(labels),
    annotations: plain(annotations),
    entry:
      entry === undefined
        ? null
        : ({ ...plain(texts(entry)), time: times.write(entry.time) } as ShownAlert['entry']),
    message: cut(oneLine(entry?.message ?? ''), longestText),
    links: Array.from(linksOf(alert, entry, grafana, now), ([name, url]) => ({
      name,
      text: vocabulary.links[name],
      url,
    })),
  };
}

/** What the entry says, where the labels don't; then when and how often; then the labels that a team has added. */
function factsOf(
  { alert, entry }: KnownAlert,
  { clusterLabel, times }: Style,
  { facts }: Words,
): readonly Fact[] {
  const { labels, startsAt } = alert;
  const named = new Set([clusterLabel, 'namespace', 'kind', 'name', 'workload', 'node', 'reason', 'count']);
  const of = (name: string) =>
    (name === 'cluster' ? labels[clusterLabel] : labels[name]) || textOf(entry, name);
  const made = [
    ...(['cluster', 'namespace', 'kind', 'name', 'workload', 'node', 'reason'] as const).map(
      name => [name, of(name)] as const,
    ),
    ['time', times.write(entry?.time ?? Date.parse(startsAt))] as const,
    ['count', textOf(entry, 'count')] as const,
    ...Object.entries(labels)
      .filter(([name]) => !named.has(name) && !technical.test(name))
      .slice(0, mostFacts),
  ];
  return made
    .map(([name, text]) => ({ name, label: facts[name] ?? value(name), value: value(text) }))
    .filter(fact => fact.value !== '' && !(fact.name === 'workload' && fact.value === of('name')));
}

function textOf(entry: LogEntry | undefined, name: string): string {
  const text = entry?.[name as keyof LogEntry];
  return typeof text === 'string' ? text : '';
}

function texts({ time: _, ...rest }: LogEntry): Readonly<Record<string, string>> {
  return rest;
}

function has(facts: readonly Fact[], { name, value: wanted }: Fact): boolean {
  return facts.some(fact => fact.name === name && fact.value === wanted);
}

function plain(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, text]) => [name, cut(oneLine(text), longestText)]),
  );
}

function value(text: string): string {
  return cut(oneLine(text), longestValue);
}
