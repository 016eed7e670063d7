import { type Found, isMarked, mark, type Rule } from './rule.ts';
import { isFlagProse, isPlaceholder, isProse, looksRandom } from './value.ts';

/*
 * Secrets that are told by the name before them. A key is matched by its end only, so that `DB_PASSWORD` and
 * `spring.datasource.password` are found by `password`, and `passwordFile`, `secretName` and `tokenTTL` are not.
 */
const passwords = 'pass(?:word|wd|phrase|code)|(?<![a-z])pass|pwd';
const keys =
  '(?:api|access|account|secret|private|signing|encryption|master|auth|license)[_.-]?key' +
  '|(?:access|refresh|id|auth|session|api|bearer|identity|registration|security)[_-]?token|client[_-]?secret';
/** Words that a sentence can hold before a colon too; the kubelet's `secret key: NAME` names no secret. */
const words = '(?:api|access|account) key|secret|token|credentials?|cookie';
const headers = 'authorization|auth';
/** Signed URLs (Azure, AWS, Google): known by the query parameter. */
const signatures = '(?<![a-z])sig|signature';

const separator = '\\s{0,4}(?:=>|:=|[=:])\\s{0,4}';
const pair = new RegExp(
  `(?:(?:${passwords}|${keys})|(?<word>${words})|(?<header>${headers})|(?<signature>${signatures}))` +
    `(?<quote>\\\\{0,3}["'])?(?<separator>${separator})`,
  'gi',
);
const flag = new RegExp(`(?<![\\w-])--?[\\w-]{0,40}?(?:${passwords}|${keys}|${words})[ \\t]{1,4}`, 'gi');
const bearer = /\b(?:bearer|basic)\s{1,4}/gi;

/** A shorter expression than those above, true wherever one of them matches. */
const hint = new RegExp(
  `(?:pass[a-z]{0,6}|pwd|key|secret|token|credentials?|cookie|auth[a-z]{0,13}|sig(?:nature)?)[\\\\"']{0,4}\\s{0,4}[=:]` +
    `|(?<![\\w-])--?[\\w-]{0,40}?(?:pass[a-z]{0,6}|pwd|key|secret|token|credentials?|cookie)[ \\t]` +
    '|\\b(?:bearer|basic)\\s',
  'i',
);

/** `password=…`, `"token": "…"`, `--api-key …`, `Authorization: Bearer …`. */
export const pairRule: Rule = {
  names: ['password', 'secret', 'authorization', 'signature'],
  mayMatch: text => hint.test(text),
  redact(text, found) {
    const pairs = replaceValues(text, pair, judgePair, found);
    const flags = replaceValues(pairs, flag, judgeFlag, found);
    return replaceValues(flags, bearer, judgeBearer, found);
  },
};

interface Value {
  readonly text: string;
  /** Where it starts and ends, without its quotes. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/**
 * The name to put in a value's place; undefined where it is no secret.
 * @param after what follows the match: the value, and what stands behind it
 */
type Judge = (match: RegExpExecArray, value: Value, after: string) => string | undefined;

/** Enough of a value to judge it. */
const judgedLength = 128;

/**
 * Each character is part of one match and one replaced value at most, and what is looked at in vain is bounded, so the
 * time is linear.
 */
function replaceValues(text: string, finder: RegExp, judge: Judge, found: Found): string {
  let result = '';
  let copied = 0;
  finder.lastIndex = 0;
  for (let match = finder.exec(text); match; match = finder.exec(text)) {
    const start = finder.lastIndex;
    const after = text.slice(start, start + judgedLength);
    const glimpse = valueAt(after, 0);
    if (!glimpse || isMarked(glimpse.text)) continue;
    const name = judge(match, glimpse, after);
    const value = name === undefined ? undefined : valueAt(text, start);
    if (name === undefined || !value) continue;
    found(name);
    result += text.slice(copied, value.start) + mark(name);
    copied = value.end;
    finder.lastIndex = value.end;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function judgePair(match: RegExpExecArray, value: Value, after: string): string | undefined {
  const { word, header, signature, quote, separator: between = '' } = match.groups ?? {};
  if (isPlaceholder(value.text) || value.text.startsWith('//')) return undefined;
  // `PASSWORD= USER=bob`: an empty value.
  if (!value.quoted && /\s$/.test(between) && /^[\w.-]{1,64}=(?!=)/.test(value.text)) return undefined;
  const assigned = between.includes('=');
  if (signature) return assigned && value.text.length >= 16 ? 'signature' : undefined;
  if (header) return isHeaderSecret(value, quote !== undefined) ? 'authorization' : undefined;
  const name = nameFor(match[0]);
  // The working directory of a shell.
  if (/^pwd/i.test(match[0]) && value.text.startsWith('/')) return undefined;
  if (assigned || (quote !== undefined && value.quoted)) return name;
  // `volume "db-password" : not found`, which looks like JSON as far as the colon.
  if (quote !== undefined) return /^\d+$/.test(value.text) || looksRandom(value.text) ? name : undefined;
  if (word) return looksRandom(value.text) ? name : undefined;
  return value.quoted || !isProse(value.text, after.slice(value.end)) ? name : undefined;
}

function nameFor(key: string): string {
  return /pass|pwd/i.test(key) ? 'password' : 'secret';
}

/** The base64 of a name and a password, as docker's config has it, or a token. */
function isHeaderSecret(value: Value, json: boolean): boolean {
  return looksRandom(value.text) || (json && value.quoted && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(value.text));
}

function judgeFlag(match: RegExpExecArray, value: Value): string | undefined {
  if (isPlaceholder(value.text) || (!value.quoted && isFlagProse(value.text))) return undefined;
  return nameFor(match[0]);
}

/** `Bearer token` and `Bearer realm="…"` are sentences. */
function judgeBearer(match: RegExpExecArray, value: Value): string | undefined {
  const afterHeader = /authorization["'\\]{0,4}\s{0,4}[:=][\s"'\\[]{0,6}$/i;
  const before = match.input.slice(Math.max(0, match.index - 40), match.index);
  if (afterHeader.test(before)) return 'authorization';
  const plain = /^[A-Za-z-]{1,23}(?:=.{0,128}|[.,:;!])?$/.test(value.text);
  return value.text.length < 6 || plain || value.text.includes('://') ? undefined : 'authorization';
}

/*
 * Sticky expressions for what starts at one place. Nothing is required behind their repeats: they never give back what
 * they took, and a value that is cut is taken to the end.
 */
const doubleQuoted = /[^"\\]*(?:\\[\s\S][^"\\]*)*/y;
const singleQuoted = /[^'\\]*(?:\\[\s\S][^'\\]*)*/y;
/** JSON in JSON: a lone backslash and a quote end it, more backslashes are part of it. */
const escapedQuoted = /(?:[^"'\\]|\\{2,}["']?|\\(?!["'\\]))*/y;
/** A comma is part of a password unless a space, an end or the next key follows. */
const bare = /(?:[^\s"'`,;&\\]|\\(?!["'])|[,;&](?![,;&)\]}]{0,8}(?:\s|$|["'\\]|[\w.-]{1,40}["']?[=:])))*/y;

function valueAt(text: string, at: number): Value | undefined {
  let start = at;
  // A list of one, as Go prints HTTP headers.
  if (text[start] === '[' && !isMarked(text, start)) start += 1;
  const escaped = /\\+["']/y;
  escaped.lastIndex = start;
  const opening = escaped.exec(text)?.[0];
  const first = text[start];
  if (opening) return taken(text, escapedQuoted, start + opening.length, true);
  if (first === '"') return taken(text, doubleQuoted, start + 1, true);
  if (first === "'") return taken(text, singleQuoted, start + 1, true);
  return taken(text, bare, start, false);
}

function taken(text: string, expression: RegExp, start: number, quoted: boolean): Value | undefined {
  expression.lastIndex = start;
  const value = expression.exec(text)?.[0] ?? '';
  const kept = quoted ? value : withoutClosers(value);
  return kept === '' ? undefined : { text: kept, start, end: start + kept.length, quoted };
}

const pairsOfBrackets: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** `(password=x)`: a bracket at the end that none in the value opens. Eight at most, each costs a look at the value. */
function withoutClosers(value: string): string {
  let end = value.length;
  const least = Math.max(0, end - 8);
  while (end > least) {
    const opener = pairsOfBrackets[value[end - 1] ?? ''];
    if (opener === undefined || value.includes(opener)) break;
    end -= 1;
  }
  return value.slice(0, end);
}
