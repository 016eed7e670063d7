/** Told of each match, with the name that stands in its place. */
export type Found = (name: string) => void;

/** One way to find secrets in a text. A rule is a pure function, takes time linear in the text and never throws. */
export interface Rule {
  /** The names it puts in place of secrets. */
  readonly names: readonly string[];
  /** A cheap test that is true wherever the rule might find something. */
  mayMatch(text: string): boolean;
  /** The text with each secret replaced by its mark; the same text where there is none. */
  redact(text: string, found: Found): string;
}

const opening = '[redacted:';

/** What stands in a secret's place. */
export function mark(name: string): string {
  return `${opening}${name}]`;
}

/** Whether a mark begins at this place: what is redacted stays as it is. */
export function isMarked(text: string, at = 0): boolean {
  return text.startsWith(opening, at);
}
