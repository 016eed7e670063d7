import { parseDuration } from '../../config/duration.ts';
import type { RuleConfig } from '../../config/filter-schema.ts';
import { countOf } from '../occurrences.ts';
import { lastOccurrence } from '../timestamp.ts';
import type { CoreEvent } from '../wire.ts';
import { parsePattern } from './pattern.ts';

/** What is read of an event for the conditions that are patterns. What it doesn't have is an empty text. */
const readers = {
  namespace: event => event.involvedObject?.namespace || event.metadata?.namespace,
  kind: event => event.involvedObject?.kind,
  name: event => event.involvedObject?.name,
  reason: event => event.reason,
  type: event => event.type,
  component: event => event.source?.component || event.reportingComponent,
  message: event => event.message,
} as const satisfies Partial<Record<keyof RuleConfig, (event: CoreEvent) => string | undefined>>;

/** The conditions that are patterns. */
export type TextCondition = keyof typeof readers;
export const textConditions = Object.keys(readers) as TextCondition[];

/** So much of a text is looked at: events may have messages of a megabyte, and matching takes time by the length. */
const maxTextLength = 1 << 16;

type Test = (event: CoreEvent, now: number) => boolean;

/** A rule, compiled: all its conditions, those first that cost least. */
export class Rule {
  readonly #tests: readonly Test[];

  /** @throws PatternError, which the schema rules out */
  constructor(config: RuleConfig) {
    const { clusterScoped, minCount = 1, maxCount = Number.POSITIVE_INFINITY, maxAge } = config;
    const tests: { cost: number; test: Test }[] = [];
    for (const condition of textConditions) {
      const patterns = config[condition];
      if (patterns !== undefined) tests.push(textTest(condition, patterns));
    }
    if (clusterScoped !== undefined) {
      tests.push({ cost: 0, test: event => clusterScoped === !event.involvedObject?.namespace });
    }
    if (minCount > 1 || config.maxCount !== undefined) {
      const test = (event: CoreEvent) => isBetween(minCount, countOf(event), maxCount);
      tests.push({ cost: 1, test });
    }
    if (maxAge !== undefined) {
      const maxAgeMs = (parseDuration(maxAge) ?? 0) * 1000;
      tests.push({ cost: 3, test: (event, now) => ageMs(event, now) <= maxAgeMs });
    }
    this.#tests = tests.sort((a, b) => a.cost - b.cost).map(({ test }) => test);
  }

  /** @param now milliseconds since 1970 */
  matches(event: CoreEvent, now: number): boolean {
    for (const test of this.#tests) if (!test(event, now)) return false;
    return true;
  }
}

function textTest(
  condition: TextCondition,
  patterns: string | readonly string[],
): { cost: number; test: Test } {
  const read: (event: CoreEvent) => string | undefined = readers[condition];
  const exact = new Set<string>();
  const expressions: ((text: string) => boolean)[] = [];
  for (const text of [patterns].flat()) {
    const pattern = parsePattern(text);
    if ('exact' in pattern) exact.add(pattern.exact);
    else expressions.push(pattern.matches);
  }
  if (expressions.length === 0) return { cost: 0, test: event => exact.has(read(event) ?? '') };
  return {
    cost: condition === 'message' ? 4 : 2,
    test: event => {
      const given: unknown = read(event);
      // What a hostile or broken server sends may be no text.
      const text = typeof given === 'string' ? given.slice(0, maxTextLength) : '';
      if (exact.has(text)) return true;
      for (const matches of expressions) if (matches(text)) return true;
      return false;
    },
  };
}

function isBetween(min: number, value: number, max: number): boolean {
  return min <= value && value <= max;
}

/** Milliseconds; 0 for an event without a time, whose entry gets the time at which it came. */
function ageMs(event: CoreEvent, now: number): number {
  const last = lastOccurrence(event);
  return last === undefined ? 0 : now - Number(last / 1_000_000n);
}
