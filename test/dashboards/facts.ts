import type { Field, ProfileName } from '../../dashboards/profile.ts';
import type { Choices } from './grafana.ts';
import { type Revision, timeOf } from './seed.ts';

/** What a revision comes to under a profile, told from the seed alone. */
export interface Fact {
  readonly minutesAgo: number;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly message: string;
  /** What it adds to a sum: occurrences where the shipper tells them, else one, as each line. */
  readonly weight: number;
}

/** The facts of a seed, as a profile's shipper tells them. */
export function factsOf(revisions: readonly Revision[], profile: ProfileName): Fact[] {
  const isOurs = profile === 'default' || profile === 'logfmt' || profile === 'json';
  return revisions.map(({ minutesAgo, cluster = '', event, folds, workload, node, occurrences }) => {
    const { kind = '', name = '', namespace = '' } = event.involvedObject ?? {};
    const { type = '', reason = '' } = event;
    const common = { minutesAgo, message: event.message ?? '' };
    if (!isOurs) {
      const fields = { namespace, kind, name, reason, type, ...(profile !== 'alloy' && { cluster }) };
      return { ...common, fields, weight: 1 };
    }
    const fields = {
      cluster,
      namespace: event.metadata?.namespace ?? '',
      kind,
      reason,
      type: type === 'Normal' || type === 'Warning' ? type : '__other__',
      ...Object.fromEntries(folds.map(label => [label, '__other__'])),
      name,
      workload,
      node: kind === 'Node' ? name : node,
    };
    return { ...common, fields, weight: occurrences };
  });
}

/** Values by series; the key is what its labels hold. */
export type Rows = ReadonlyMap<string, number>;

export interface Summed {
  readonly by?: readonly Field[];
  /** Which of them count, besides those that the variables select. */
  readonly where?: (fact: Fact) => boolean;
  /** How many minutes earlier than the time of the dashboard. */
  readonly earlier?: number;
}

/** Facts of a dashboard's time that its variables select. */
export interface Asked {
  readonly facts: readonly Fact[];
  /** Milliseconds since 1970. */
  readonly end: number;
  readonly minutes: number;
  readonly choices: Choices;
}

/** How much the facts of a time come to, by fields. */
export function sum(asked: Asked, summed: Summed): Rows {
  const rows = new Map<string, number>();
  for (const { key, fact } of rowsOf(asked, summed)) rows.set(key, (rows.get(key) ?? 0) + fact.weight);
  return rows;
}

/** When the facts of a time were last seen, in milliseconds since 1970, by fields. */
export function lastSeen(asked: Asked, summed: Summed): Rows {
  const rows = new Map<string, number>();
  for (const { key, fact } of rowsOf(asked, summed)) {
    rows.set(key, Math.max(rows.get(key) ?? 0, timeOf(asked.end, fact.minutesAgo)));
  }
  return rows;
}

function* rowsOf({ facts, minutes, choices }: Asked, { by = [], where = () => true, earlier = 0 }: Summed) {
  for (const fact of facts) {
    // Half a minute after the full one, so none lies on the border.
    const isIn = fact.minutesAgo > earlier && fact.minutesAgo <= minutes + earlier;
    if (isIn && isSelected(fact, choices) && where(fact)) yield { key: keyOf(fact.fields, by), fact };
  }
}

/** The key of a series: what its labels hold, absent ones as nothing. */
export function keyOf(labels: Readonly<Record<string, string | undefined>>, by: readonly string[]): string {
  return by.map(name => labels[name] ?? '').join(' | ');
}

function isSelected({ fields, message }: Fact, choices: Choices): boolean {
  return Object.entries(choices).every(([name, choice]) => {
    if (choice === '$__all' || choice === '') return true;
    const text = (value: string) =>
      [choice].flat().some(part => value.toLowerCase().includes(part.toLowerCase()));
    if (name === 'search') return text(message);
    // Data without a field is not selected by it.
    const value = fields[name as Field];
    if (name === 'workload') return value === undefined || text(value);
    return value === undefined || [choice].flat().includes(value);
  });
}

/** One value divided by another, where both are there. */
export function ratio(above: Rows, below: Rows): Rows {
  const [a, b] = [above.get(''), below.get('')];
  return a === undefined || b === undefined ? new Map() : new Map([['', a / b]]);
}
