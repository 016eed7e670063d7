const pair = /([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|$)\s*/y;
const escapes = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([abfnrtv\\"]))/g;
const characters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Parses the labels of a pushed stream, `{name="value", …}` with Go's quoting. Labels with an empty value vanish,
 * as in Loki.
 *
 * @throws SyntaxError with the text that Loki answers a malformed label set with.
 */
export function parseLabels(selector: string): Record<string, string> {
  const fault = (why: string) => new SyntaxError(`error parsing labels '${selector}' with error: ${why}`);
  const inner = /^\s*\{(.*)\}\s*$/s.exec(selector)?.[1]?.trim();
  if (inner === undefined) throw fault('not a label set in braces');
  const labels: Record<string, string> = {};
  pair.lastIndex = 0;
  while (pair.lastIndex < inner.length) {
    const at = pair.lastIndex;
    const match = pair.exec(inner);
    if (match === null) throw fault(`unexpected "${inner.slice(at, at + 20)}"`);
    const [, name = '', quoted = ''] = match;
    if (Object.hasOwn(labels, name)) throw fault(`duplicate label ${name}`);
    const value = unquote(quoted);
    if (value !== '') labels[name] = value;
  }
  if (Object.keys(labels).length === 0) throw fault('error at least one label pair is required per stream');
  return labels;
}

function unquote(quoted: string): string {
  return quoted.replace(escapes, (_, short, long, byte, single) => {
    const hex: string | undefined = short ?? long ?? byte;
    return hex === undefined
      ? (characters[single] ?? single)
      : String.fromCodePoint(Number.parseInt(hex, 16));
  });
}
