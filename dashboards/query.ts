import type { Field, Profile } from './profile.ts';

/** Fields that the dashboards' variables select by, in the order of the variables. */
export const selectable = [
  'cluster',
  'namespace',
  'kind',
  'reason',
  'type',
] as const satisfies readonly Field[];

/** Narrows a query down: a field's whole value as RE2, in place of what its variable says. */
export type Where = Readonly<Partial<Record<Field, string>>>;

/** Which time a value is of. */
export interface Time {
  /** How long it is; without it a step of a graph, or all the time of an instant query. */
  readonly range?: string;
  /** How long before, as in `1d`. */
  readonly offset?: string;
}

export interface QueryOptions {
  readonly job: string;
  /** The label that names the cluster. */
  readonly clusterLabel: string;
  /** What stands behind the matcher of the job in every selector: further matchers, with a comma before them. */
  readonly selector: string;
}

/** LogQL for one profile. Everything counts occurrences, never lines, where the profile has them. */
export class Queries {
  readonly profile: Profile;
  readonly #options: QueryOptions;

  constructor(profile: Profile, options: QueryOptions) {
    this.profile = profile;
    this.#options = options;
  }

  /** The value of the label `job`. */
  get job(): string {
    return this.#options.job;
  }

  /** What every selector begins with. */
  get source(): string {
    return `job="${this.#options.job}"${this.#options.selector}`;
  }

  /** Whether this data has a field at all. */
  has(field: Field): boolean {
    return this.profile.labels.includes(field) || this.profile.others.includes(field);
  }

  /** The name of a field's label, or of what the parser makes of it. */
  nameOf(field: Field): string {
    return field === 'cluster' ? this.#options.clusterLabel : field;
  }

  /**
   * The streams that some of the variables select, without a pipeline: for the values of the next variable.
   * @param chosen the variables that come before
   */
  streams(chosen: readonly Field[] = []): string {
    const matchers = chosen
      .filter(field => this.profile.labels.includes(field))
      .map(field => `${this.nameOf(field)}=~"$${field}"`);
    return `{${[this.source, ...matchers].join(', ')}}`;
  }

  /** The entries that the variables select, narrowed down. */
  entries(where: Where = {}): string {
    const matchers = [this.source];
    const filters: string[] = [];
    for (const field of new Set<Field>([...selectable, ...(Object.keys(where) as Field[])])) {
      if (!this.has(field)) continue;
      const value = where[field] ?? `$${field}`;
      if (this.profile.labels.includes(field)) matchers.push(`${this.nameOf(field)}=~"${value}"`);
      // What selects everything costs nothing when it isn't there.
      else filters.push(`| ${this.nameOf(field)}=~\`${value}\``);
    }
    if (this.has('workload') && where.workload === undefined) filters.push('| workload=~`(?i).*$workload.*`');
    const stages = [`{${matchers.join(', ')}}`, '|~ `(?i)$search`', this.profile.parser, ...filters];
    return stages.filter(stage => stage !== '').join(' ');
  }

  /**
   * How often events occurred: over each step of a graph, or over the whole time of an instant query.
   * @param by fields whose values are few: each value is a series, and Loki answers no more than 500
   */
  occurrences(by: readonly Field[], where: Where = {}, time: Time = {}): string {
    return this.counted(
      this.entries(where),
      by.map(name => this.nameOf(name)),
      time,
    );
  }

  /**
   * How often the entries of a pipeline of one's own occurred.
   * @param by labels, those that the pipeline makes among them, under the same limit
   */
  counted(entries: string, by: readonly string[], { range = '$__auto', offset }: Time = {}): string {
    const pipeline = this.profile.hasOccurrences ? `${entries} | unwrap occurrences` : entries;
    const aggregation = this.profile.hasOccurrences ? 'sum_over_time' : 'count_over_time';
    // Where there is an offset Grafana's parser of LogQL wants it before the pipeline; Loki takes both.
    const counted =
      offset === undefined
        ? `${aggregation}(${pipeline} [${range}])`
        : `${aggregation}(${pipeline.replace(selector, found => `${found} [${range}] offset ${offset}`)})`;
    return `sum${by.length > 0 ? ` by (${by.join(', ')})` : ''} (${counted})`;
  }
}

/** The selector that a query begins with; there may be tokens in it. */
const selector = /^\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|@\{[^}]*\}|[^}"`])*\}/;
