/** No query of ours is longer. */
const longest = 8 * 1024;

const string = String.raw`"(?:[^"\\\n]|\\.)*"|\`[^\`]*\``;
const matcher = String.raw`\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(${string})\s*`;
const selector = new RegExp(String.raw`^\s*\{(${matcher}(?:,${matcher})*)(?:,\s*)?\}`);
const strings = new RegExp(string, 'g');

/**
 * Whether a text is a log query that reads the streams of certain jobs alone. Who may send an alert may send any query
 * with it, and the answer is shown to others: so it has one selector, which names a job by `=`, and no other comes after.
 */
export function isOwnLogql(query: string, jobs: readonly string[]): boolean {
  if (query.length > longest) return false;
  const found = selector.exec(query);
  if (found === null) return false;
  const [whole, matchers = ''] = found;
  const rest = query.slice(whole.length).replace(strings, '""');
  // A comment could hide a quote; braces and brackets begin another selector and the range of a metric query.
  if (/[#{}[\]"`\\]/.test(rest.replaceAll('""', '')) || !/^\s*(?:$|[|!])/.test(rest)) return false;
  return Array.from(matchers.matchAll(new RegExp(matcher, 'g'))).some(([, name, operator, value = '']) => {
    return name === 'job' && operator === '=' && jobs.includes(unquoted(value));
  });
}

/** Escapes beyond JSON's make it another text, which is no job's name. */
function unquoted(value: string): string {
  if (value.startsWith('`')) return value.slice(1, -1);
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
}
