import { RE2JS } from 're2js';

/** What a pattern is: one value, which can be looked up, or an expression, which has to be tried. */
export type Pattern = { readonly exact: string } | { readonly matches: (text: string) => boolean };

/** A pattern that is none; its message says what is wrong and what to write instead. */
export class PatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatternError';
  }
}

/**
 * Matching takes time by the text's length times this, at worst: `.*a.{980}c.*` on 64 Ki characters was measured at
 * 1.7 seconds, and what people write at a few milliseconds.
 */
const maxProgramSize = 1000;

/**
 * Reads a pattern: `/…/` is a regular expression, what holds `*` or `?` is a glob, everything else is a value.
 * Both kinds of expression have to match the whole text, and match in time linear in it.
 * @throws PatternError
 */
export function parsePattern(text: string): Pattern {
  if (text === '') throw new PatternError('empty; // is the pattern for no value at all');
  if (!text.isWellFormed()) throw new PatternError('holds one half of a surrogate pair, which no event can');
  if (text.startsWith('/')) return { matches: compile(bodyOf(text)) };
  return /[*?]/.test(text) ? { matches: compileGlob(text) } : { exact: text };
}

function bodyOf(text: string): string {
  if (text.length > 1 && text.endsWith('/')) return text.slice(1, -1);
  const advice = /\/[a-z]+$/.test(text) ? '; flags go inside, as in /(?i)text/' : '';
  throw new PatternError(
    `begins with / as a regular expression does, and doesn't end with /${advice}; for the text itself write /\\/…/`,
  );
}

/** LogQL's `=~` is anchored, and its dot matches a newline (`^(?s:…)$` in Prometheus' model/labels/regexp.go). */
function compile(expression: string): (text: string) => boolean {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(expression, RE2JS.DOTALL);
  } catch (error) {
    // It is the library's way to say DOTALL, and nothing that the user wrote.
    const message = (error as Error).message.replace('`(?s)', '`');
    throw new PatternError(message + missingFeature(message));
  }
  const size = compiled.programSize();
  if (size > maxProgramSize) {
    throw new PatternError(
      `the regular expression is too large: ${size} steps, where ${maxProgramSize} is the limit; lower its repeat counts, or write a list of patterns`,
    );
  }
  return text => compiled.testExact(text);
}

/** RE2 tells lookaround and backreferences as bad syntax; people who know them from elsewhere need the reason. */
function missingFeature(message: string): string {
  if (/\(\?<?[=!]/.test(message)) return ' (RE2 has no lookahead and no lookbehind)';
  if (/escape sequence: `\\[1-9k]/.test(message)) return ' (RE2 has no backreferences)';
  if (/\(\?>|[*+?}]\+`/.test(message)) return ' (RE2 has no atomic groups and no possessive quantifiers)';
  return '';
}

const wildcard = /[*?]/;

function compileGlob(glob: string): (text: string) => boolean {
  // These three are nearly all that people write, and need no engine.
  const middle = glob.replace(/^\*+/, '').replace(/\*+$/, '');
  if (!wildcard.test(middle)) {
    const [open, close] = [glob.startsWith('*'), glob.endsWith('*')];
    if (open && close) return text => text.includes(middle);
    if (open) return text => text.endsWith(middle);
    if (close) return text => text.startsWith(middle);
  }
  return compile(
    glob.replace(/\*+|\?|[^*?]+/g, part => {
      if (part === '?') return '.';
      return part.startsWith('*') ? '.*' : RE2JS.quote(part);
    }),
  );
}
