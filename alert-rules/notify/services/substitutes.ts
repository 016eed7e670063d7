/** What makes formats, links, mentions and tags, and what looks like it and stands for itself alone. */
const substitutes: Readonly<Record<string, string>> = {
  '[': '［',
  ']': '］',
  '<': '＜',
  '>': '＞',
  '*': '＊',
  '`': 'ˋ',
  '\\': '＼',
};

/**
 * A text for a markdown that documents no escape: what would mean something is written in characters of another width.
 * Without brackets no text can hide where a link leads, and a bare address shows it. At the beginning also headings and
 * lists are left without meaning, and anywhere what would look as if everybody were mentioned.
 */
export function substituted(text: string): string {
  return text
    .replace(/[[\]<>*`\\]/g, character => substitutes[character] ?? character)
    .replace(/&(?=#|\w+;)/g, '＆')
    .replace(/@(?=all\b|所有人|\d{6})/gi, '＠')
    .replace(/^#/, '＃')
    .replace(/^(?=(?:[-+]|\d+\.)\s)/, '· ');
}
