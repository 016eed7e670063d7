import { type Found, mark, type Rule } from './rule.ts';

interface Token {
  readonly name: string;
  /** Matched with the case as written. */
  readonly pattern: string;
  /** What every match contains. */
  readonly hint: string;
}

/** Not inside a word, or after a newline or tab that is written as two characters. */
const start = '(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))';

/*
 * Secrets that can be told by their form alone, as their issuers document it. To run in linear time a pattern has no
 * repeat in a repeat, and nothing required stands behind an unbounded one, unless that one can only start at the
 * beginning of its run of characters: V8 backtracks, and a message can be 1.4 MB of near-matches.
 */
const tokens: readonly Token[] = [
  {
    // A block without its end is redacted to the end of the text: messages are cut at 1,024 bytes by many clients.
    name: 'private-key',
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\\s\\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)' +
      '|(?<![A-Za-z0-9+/=\\r\\n\\\\])[A-Za-z0-9+/=\\r\\n\\\\]+-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----',
    hint: 'PRIVATE KEY',
  },
  {
    // `{"` in base64url: a JWT, whole or cut, or another token made of JSON.
    name: 'jwt',
    pattern: 'eyJ[A-Za-z0-9_-]{15,}={0,2}(?:\\.[A-Za-z0-9_-]*){0,4}',
    hint: 'eyJ',
  },
  {
    // The secret key has no form of its own: it is known by its name (pairs.ts), or as what follows the id.
    name: 'aws-key',
    pattern:
      '(?:(?<![A-Z0-9])|(?<=\\\\[nrt]))(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])' +
      '(?:["\']?[\\s:,;|/]{1,3}["\']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?',
    hint: 'AKIA|ASIA|ABIA|ACCA',
  },
  {
    name: 'gcp-key',
    pattern: 'AIza[A-Za-z0-9_-]{35}|ya29\\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}',
    hint: 'AIza|ya29\\.|GOCSPX-',
  },
  {
    // Storage keys are 64 bytes in base64; client secrets have `Q~` behind a digit as their checksum mark.
    name: 'azure-key',
    pattern: `(?<![A-Za-z0-9+/=-])[A-Za-z0-9+/]{86}==(?!=)|[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}`,
    hint: '==|Q~',
  },
  {
    name: 'github-token',
    pattern: 'gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}',
    hint: 'gh[pousr]_|github_pat_',
  },
  {
    name: 'gitlab-token',
    pattern: 'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{16,}',
    hint: 'gl[a-z]{2,5}-',
  },
  {
    name: 'slack-token',
    pattern:
      'xox[abeoprs]-[A-Za-z0-9.-]{10,}|xapp-\\d-[A-Za-z0-9-]{10,}|hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9_/]{10,}',
    hint: 'xox[abeoprs]-|xapp-|hooks\\.slack',
  },
  {
    name: 'stripe-key',
    pattern: `${start}(?:[rsp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}`,
    hint: '[rsp]k_(?:live|test)_|whsec_',
  },
  {
    name: 'registry-token',
    pattern: 'npm_[A-Za-z0-9]{30,}|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}|pypi-AgE[A-Za-z0-9_-]{40,}',
    hint: 'npm_|dckr_|pypi-AgE',
  },
  {
    name: 'service-token',
    pattern:
      `hv[sbr]\\.[A-Za-z0-9_-]{20,}|do[oprt]_v1_[a-f0-9]{40,}|SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}` +
      `|gl(?:sa|c)_[A-Za-z0-9+/=_]{32,}|sha256~[A-Za-z0-9_-]{40,}|AGE-SECRET-KEY-1[0-9A-Z]{50,}` +
      `|${start}(?:hf_[A-Za-z0-9]{30,}|shp(?:at|ca|pa|ss)_[a-f0-9]{32}|sk-[A-Za-z0-9_-]{40,})`,
    hint: 'hv[sbr]\\.|do[oprt]_v1_|SG\\.|gl(?:sa|c)_|sha256~|AGE-SECRET|hf_|shp(?:at|ca|pa|ss)_|sk-[A-Za-z0-9_-]{40}',
  },
];

/** Tokens, keys and private key blocks, by their own form. */
export const tokenRule: Rule = {
  names: tokens.map(token => token.name),
  mayMatch: matcher(new RegExp(tokens.map(token => token.hint).join('|'))),
  redact(text, found) {
    let redacted = text;
    for (const token of compiled) {
      if (token.hint.test(redacted)) redacted = replaceAll(redacted, token, found);
    }
    return redacted;
  },
};

const compiled = tokens.map(({ name, pattern, hint }) => ({
  name,
  pattern: new RegExp(pattern, 'g'),
  hint: new RegExp(hint),
}));

function replaceAll(text: string, token: (typeof compiled)[number], found: Found): string {
  return text.replace(token.pattern, () => {
    found(token.name);
    return mark(token.name);
  });
}

function matcher(hint: RegExp): (text: string) => boolean {
  return text => hint.test(text);
}
