import type { FilterConfig } from '../../config/filter-schema.ts';
import type { CoreEvent } from '../wire.ts';
import { Rule } from './rule.ts';

/** Which events are wanted: those that match a rule of `include`, or any where it has none, and none of `exclude`. */
export class Filter {
  readonly #include: readonly Rule[];
  readonly #exclude: readonly Rule[];

  /** @throws PatternError, which the schema rules out */
  constructor({ include, exclude }: FilterConfig) {
    this.#include = include.map(rule => new Rule(rule));
    this.#exclude = exclude.map(rule => new Rule(rule));
  }

  /** @param now milliseconds since 1970, for rules about an event's age */
  matches(event: CoreEvent, now: number): boolean {
    for (const rule of this.#exclude) if (rule.matches(event, now)) return false;
    for (const rule of this.#include) if (rule.matches(event, now)) return true;
    return this.#include.length === 0;
  }
}
