/**
 * What messages of one kind say, in the components' own words: parts of texts, letter by letter, without quotes because
 * lines of JSON escape them. A message may say several; those of an earlier list count before those of a later one, and
 * in one list the one that stands first.
 */
export type Causes = readonly (readonly string[])[];

/** The cause of a message that says none of them. */
export const otherCause = 'Other';

/**
 * A stage that gives each entry the label `cause`. Each occurrence has one, and there are no more series than causes,
 * whatever the messages hold.
 */
export function causeStage(causes: Causes): string {
  const parsers = causes.map(
    (texts, index) => `| regexp \`(?P<cause${index + 1}>${texts.map(literally).join('|')})\``,
  );
  const found = causes.map((_, index) => `.cause${index + 1}`).join(' ');
  return `${parsers.join(' ')} | label_format cause=\`{{or ${found} "${otherCause}"}}\``;
}

/** RE2 for a text, letter by letter. */
function literally(text: string): string {
  return text.replaceAll(/[.+*?()[\]{}|^$\\]/g, '\\$&');
}

/** Every value that the label `cause` may have. */
export function valuesOf(causes: Causes): readonly string[] {
  return [...causes.flat(), otherCause];
}
