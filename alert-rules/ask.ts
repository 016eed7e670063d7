import type { Field, Profile } from '../dashboards/profile.ts';
import { anyOf } from '../dashboards/reasons.ts';
import { heartbeatJob, otherValue } from '../exporter/loki/schema.ts';

/** Which events a rule is about. What isn't given doesn't narrow it down. */
export interface Selection {
  readonly reasons?: readonly string[];
  readonly kinds?: readonly string[];
  /** Only where every event that it is about has this type in all versions of Kubernetes. */
  readonly type?: 'Warning';
  /** Texts of which a line has one. */
  readonly texts?: readonly string[];
  /** A text that their lines don't have. */
  readonly without?: string;
}

export interface AskOptions {
  readonly profile: Profile;
  readonly job: string;
  readonly clusterLabel: string;
  /** Further matchers of every selector, as in `environment="prod"`. */
  readonly selector?: string;
}

/** LogQL of the rules. Everything counts occurrences, never lines, where the data has them. */
export class Ask {
  readonly #options: AskOptions;

  constructor(options: AskOptions) {
    this.#options = options;
  }

  has(field: Field): boolean {
    const { labels, others } = this.#options.profile;
    return labels.includes(field) || others.includes(field);
  }

  nameOf(field: Field): string {
    return field === 'cluster' ? this.#options.clusterLabel : field;
  }

  /** The entries of a selection, without those whose occurrences are not known to be new. */
  entries(selection: Selection): string {
    return this.#pipeline(selection, [], true);
  }

  /**
   * The entries of a selection that belong to one alert.
   * @param pinned LogQL of the string that each label has, by field
   */
  entriesOf(selection: Selection, pinned: ReadonlyMap<Field, string>): string {
    return this.#pipeline(selection, [...pinned], false);
  }

  /** How often a selection occurred in a time, as in `15m`, that ended `offset` ago. */
  occurrences(selection: Selection, by: readonly string[], range: string, offset?: string): string {
    return this.#over('sum_over_time', 'count_over_time', selection, by, range, offset);
  }

  /** How often a selection occurred per second of a time. */
  rate(selection: Selection, by: readonly string[], range: string, offset?: string): string {
    return this.#over('rate', 'rate', selection, by, range, offset);
  }

  /** Any entry at all of a selection in a time. */
  lines(selection: Selection, by: readonly string[], range: string, offset?: string): string {
    return sum(by, `count_over_time(${ranged(this.entries(selection), range, offset)})`);
  }

  /** When a selection last occurred, in seconds since 1970. */
  last(selection: Selection, by: readonly string[], range: string): string {
    return this.#time('max_over_time', selection, by, range);
  }

  /** When a selection first occurred in a time, in seconds since 1970. */
  first(selection: Selection, by: readonly string[], range: string): string {
    return this.#time('min_over_time', selection, by, range);
  }

  /**
   * The heartbeats of the exporters.
   * @param filters label filters on their fields
   */
  heartbeats(...filters: readonly string[]): string {
    const { profile, job } = this.#options;
    const selector = `{${[`job="${heartbeatJob(job)}"`, ...this.#extra].join(', ')}}`;
    if (filters.length === 0) return selector;
    return [selector, profile.heartbeat ?? '', ...filters].filter(stage => stage !== '').join(' ');
  }

  get #extra(): readonly string[] {
    const { selector = '' } = this.#options;
    return selector === '' ? [] : [selector];
  }

  #time(operation: string, selection: Selection, by: readonly string[], range: string): string {
    const time = '| label_format seen=`{{ __timestamp__ | unixEpoch }}` | unwrap seen';
    return `${operation}(${this.#pipeline(selection, [], false)} ${time} [${range}]) by (${by.join(', ')})`;
  }

  #over(
    unwrapped: string,
    counted: string,
    selection: Selection,
    by: readonly string[],
    range: string,
    offset: string | undefined,
  ): string {
    const entries = this.entries(selection);
    const { hasOccurrences } = this.#options.profile;
    const pipeline = hasOccurrences ? `${entries} | unwrap occurrences` : entries;
    return sum(by, `${hasOccurrences ? unwrapped : counted}(${ranged(pipeline, range, offset)})`);
  }

  #pipeline(selection: Selection, pinned: readonly (readonly [Field, string])[], counts: boolean): string {
    const { profile, job } = this.#options;
    const matchers = [`job="${job}"`, ...this.#extra];
    const filters: string[] = [];
    const asked = [
      ['reason', selection.reasons],
      ['kind', selection.kinds],
      ['type', selection.type && [selection.type]],
    ] as const;
    for (const [field, values] of asked) {
      if (values === undefined || !this.has(field)) continue;
      const wanted = anyOf(values);
      if (!profile.labels.includes(field)) filters.push(`| ${field}=~"${wanted}"`);
      else if (!profile.hasOccurrences || field === 'type') matchers.push(matcher(field, values));
      else {
        // Where the cardinality budget is used up, the value stands in metadata that other entries don't have.
        matchers.push(`${field}=~"${wanted}|${otherValue}"`);
        filters.push(`| event_${field}=~"(?:${wanted})?"`);
      }
    }
    for (const [field, value] of pinned) {
      if (profile.labels.includes(field)) matchers.push(`${this.nameOf(field)}=${value}`);
      else filters.push(`| ${this.nameOf(field)}=${value}`);
    }
    // What a first start finds may have occurred long before: nobody knows how often since.
    if (counts && profile.hasOccurrences) filters.push('| baseline!="unknown"');
    const { texts = [], without } = selection;
    const stages = [
      `{${matchers.join(', ')}}`,
      texts.length === 0 ? '' : `|~ \`${texts.map(escaped).join('|')}\``,
      without === undefined ? '' : `!= \`${without}\``,
      profile.parser,
      ...filters,
    ];
    return stages.filter(stage => stage !== '').join(' ');
  }
}

function matcher(field: Field, values: readonly string[]): string {
  return values.length === 1 ? `${field}="${values.join()}"` : `${field}=~"${anyOf(values)}"`;
}

function sum(by: readonly string[], value: string): string {
  return by.length === 0 ? `sum(${value})` : `sum by (${by.join(', ')}) (${value})`;
}

/** Where there is an offset Grafana's parser of LogQL wants it before the pipeline; Loki takes both. */
function ranged(pipeline: string, range: string, offset: string | undefined): string {
  if (offset === undefined) return `${pipeline} [${range}]`;
  return pipeline.replace(
    /^\{(?:"(?:[^"\\]|\\.)*"|[^}"])*\}/,
    found => `${found} [${range}] offset ${offset}`,
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
