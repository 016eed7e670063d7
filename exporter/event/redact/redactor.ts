import type { CoreEvent } from '../wire.ts';
import { type OwnPattern, ownRule } from './own-patterns.ts';
import { pairRule } from './pairs.ts';
import type { Found, Rule } from './rule.ts';
import { tokenRule } from './tokens.ts';
import { urlRule } from './url-credentials.ts';

// What has a name before it comes first, for its value can hold more than the token in it.
const builtIn: readonly Rule[] = [pairRule, urlRule, tokenRule];

/** The names that the built-in patterns put in the place of secrets. */
export const builtInNames: readonly string[] = builtIn.flatMap(rule => rule.names);

export interface RedactorOptions {
  /** Patterns besides the built-in ones; they see a text before those do. */
  readonly patterns?: readonly OwnPattern[];
  /** Told of each match: a name of {@link builtInNames} or of an own pattern. */
  readonly found?: Found;
}

const eventFields = [
  'message',
  'reason',
  'action',
  'type',
  'reportingComponent',
  'reportingInstance',
] as const;
const objectFields = ['kind', 'name', 'fieldPath', 'uid'] as const;
const sourceFields = ['component', 'host'] as const;

/** Too short for a token and no pair: most kinds, reasons and types. */
const harmless = /^[^=:\s]{0,14}$/;

/**
 * Replaces secrets by `[redacted:<name>]` in all that is free text in an event. The same event gives the same result,
 * and redacting twice changes nothing more.
 *
 * Left alone are namespaces, the event's uid and its resourceVersion: routes, rights and the identity of an entry go by
 * them, and the API server accepts no free text there. Kind, reason and type become labels, and are redacted all the
 * same: the API server does not look into them, and a mark is a label value as good as any.
 */
export class Redactor {
  readonly #rules: readonly Rule[];
  readonly #found: Found;
  readonly #onlyBuiltIn: boolean;

  /** @throws RE2JSException where a pattern is no RE2 expression; the configuration's schema refuses those before */
  constructor(options: RedactorOptions = {}) {
    const own = (options.patterns ?? []).map(ownRule);
    this.#rules = [...own, ...builtIn];
    this.#onlyBuiltIn = own.length === 0;
    this.#found = options.found ?? (() => {});
  }

  /** The event without secrets: the same object where there are none, which is nearly always. */
  redact(event: CoreEvent): CoreEvent {
    const top = this.#fields(event, eventFields);
    const involvedObject = event.involvedObject && this.#fields(event.involvedObject, objectFields);
    const related = event.related && this.#fields(event.related, objectFields);
    const source = event.source && this.#fields(event.source, sourceFields);
    if (
      top === event &&
      involvedObject === event.involvedObject &&
      related === event.related &&
      source === event.source
    ) {
      return event;
    }
    return {
      ...top,
      ...(involvedObject && { involvedObject }),
      ...(related && { related }),
      ...(source && { source }),
    };
  }

  /** One text without secrets: the same text where there are none. */
  redactText(text: string): string {
    let redacted = text;
    for (const rule of this.#rules) {
      if (rule.mayMatch(redacted)) redacted = rule.redact(redacted, this.#found);
    }
    return redacted;
  }

  #fields<K extends string, T extends { [name in K]?: string | undefined }>(
    fields: T,
    names: readonly K[],
  ): T {
    let result = fields;
    for (const name of names) {
      const text = fields[name];
      // The API server sends strings; a fake one may not.
      if (typeof text !== 'string' || (this.#onlyBuiltIn && harmless.test(text))) continue;
      const redacted = this.redactText(text);
      if (redacted === text) continue;
      if (result === fields) result = { ...fields };
      result[name] = redacted as T[K];
    }
    return result;
  }
}
