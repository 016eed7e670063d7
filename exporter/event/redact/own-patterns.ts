import { RE2JS } from 're2js';
import { type Found, mark, type Rule } from './rule.ts';

/** A pattern from the configuration, in RE2 syntax: everything it matches is replaced. */
export interface OwnPattern {
  readonly name: string;
  readonly regex: string;
}

/** @throws RE2JSException where the expression is none */
export function ownRule({ name, regex }: OwnPattern): Rule {
  const expression = RE2JS.compile(regex);
  return {
    names: [name],
    mayMatch: () => true,
    redact(text, found) {
      if (!expression.test(text)) return text;
      // An expression as wide as \w+ must not eat the marks.
      return text
        .split(/(\[redacted:[a-z0-9-]{1,40}\])/)
        .map((part, index) => (index % 2 === 1 ? part : replaceMatches(part, expression, name, found)))
        .join('');
    },
  };
}

function replaceMatches(text: string, expression: RE2JS, name: string, found: Found): string {
  const matcher = expression.matcher(text);
  let result = '';
  let copied = 0;
  while (matcher.find()) {
    // An anchor or an optional part can match nothing at all.
    if (matcher.end() === matcher.start()) continue;
    found(name);
    result += text.slice(copied, matcher.start()) + mark(name);
    copied = matcher.end();
  }
  return result + text.slice(copied);
}
