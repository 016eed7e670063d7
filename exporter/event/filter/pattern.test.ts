import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { PatternError, parsePattern } from './pattern.ts';

function matches(pattern: string, text: string): boolean {
  const parsed = parsePattern(pattern);
  return 'exact' in parsed ? parsed.exact === text : parsed.matches(text);
}

test('a pattern has to match the whole text', () => {
  const cases: [pattern: string, text: string, expected: boolean][] = [
    ['Pod', 'Pod', true],
    ['Pod', 'Pods', false],
    ['Pod', 'pod', false],
    ['a.c', 'abc', false],
    ['web-*', 'web-1', true],
    ['web-*', 'web-', true],
    ['web-*', 'my-web-1', false],
    ['*-web', 'my-web', true],
    ['*-web', 'my-web-1', false],
    ['*failed*', 'it failed\ntwice', true],
    ['*failed*', 'it fails', false],
    ['web-?', 'web-1', true],
    ['web-?', 'web-12', false],
    ['web-?', 'web-😀', true],
    ['a*b*c', 'a\nb.c', true],
    ['a*b*c', 'acb', false],
    ['*', '', true],
    ['?*', '', false],
    ['a+(b)*', 'a+(b)c', true],
    ['/Back-?Off/', 'BackOff', true],
    ['/BackOff/', 'BackOffs', false],
    ['/a|ab/', 'ab', true],
    ['/a|b/', 'ab', false],
    ['/a$/', 'a\n', false],
    ['/.*x.*/', 'a\nx\nb', true],
    ['/(?i)backoff/', 'BackOff', true],
    ['/backoff/', 'BackOff', false],
    ['/\\/var/', '/var', true],
    ['/a/b/', 'a/b', true],
    ['//', '', true],
    ['//', 'a', false],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(matches(pattern, text), expected, `${pattern} ${JSON.stringify(text)}`);
});

test('what is no pattern is refused with the reason', () => {
  const cases: [pattern: string, message: RegExp][] = [
    ['', /^empty; \/\/ is the pattern/],
    ['\ud83d', /surrogate/],
    ['/', /doesn't end with \/;/],
    ['/var/lib/x1', /doesn't end with \/; for the text itself write/],
    ['/failed/i', /flags go inside, as in \/\(\?i\)text\//],
    ['/(/', /missing closing \): `\(`$/],
    ['/a**/', /invalid nested repetition operator: `\*\*`$/],
    ['/(?=a)b/', /invalid or unsupported Perl syntax: `\(\?=` \(RE2 has no lookahead/],
    ['/(?!a)b/', /`\(\?!` \(RE2 has no lookahead/],
    ['/(?<=a)b/', /RE2 has no lookahead and no lookbehind/],
    ['/(?<!a)b/', /RE2 has no lookahead and no lookbehind/],
    ['/(a)\\1/', /invalid escape sequence: `\\1` \(RE2 has no backreferences\)$/],
    ['/(?<n>a)\\k<n>/', /RE2 has no backreferences/],
    ['/(?>a)/', /RE2 has no atomic groups/],
    ['/a*+/', /RE2 has no atomic groups and no possessive/],
    ['/a{1001}/', /invalid repeat count: `\{1001\}`$/],
    ['/a{900}b{900}c{900}/', /too large: \d+ steps, where 1000 is the limit/],
    [`/${'('.repeat(20_000)}${')'.repeat(20_000)}/`, /nests too deeply/],
  ];
  for (const [pattern, message] of cases) {
    assert.throws(
      () => parsePattern(pattern),
      error => error instanceof PatternError && message.test(error.message),
      pattern.slice(0, 40),
    );
  }
});

/** By code points, as RE2's dot; exponential, so for short texts. */
function globMatches([head, ...glob]: string[], text: string[]): boolean {
  if (head === undefined) return text.length === 0;
  if (head === '*')
    return globMatches(glob, text) || (text.length > 0 && globMatches(['*', ...glob], text.slice(1)));
  return text.length > 0 && (head === '?' || head === text[0]) && globMatches(glob, text.slice(1));
}

test('a glob matches as the definition says', () => {
  const letter = fc.constantFrom('a', 'b', '.', '\n', '\\', '+', '😀', '\0', 'é');
  const glob = fc
    .array(fc.oneof(letter, fc.constantFrom('*', '?')), { minLength: 1, maxLength: 8 })
    .filter(parts => parts.includes('*') || parts.includes('?'));
  const text = fc.array(letter, { maxLength: 8 });
  // Texts that match come of the glob itself, or nearly none would.
  const made = fc.tuple(
    glob,
    fc.array(text, { minLength: 8, maxLength: 8 }),
    fc.array(letter, { minLength: 8, maxLength: 8 }),
  );
  let matched = 0;
  fc.assert(
    fc.property(fc.oneof(made, fc.tuple(glob, text)), ([parts, given, single]) => {
      const filled = single
        ? parts.flatMap((part, i) =>
            part === '*' ? (given[i] ?? []) : part === '?' ? (single[i] ?? '') : part,
          )
        : (given as string[]);
      const points = [...filled.flat().join('')].slice(0, 24);
      const expected = globMatches(parts, points);
      if (expected) matched += 1;
      assert.equal(matches(parts.join(''), points.join('')), expected);
    }),
    { numRuns: 3000 },
  );
  assert.ok(matched > 500, `${matched} matched`);
});

test('a regular expression matches as RE2 does between ^(?s: and )$', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\n', '^', '$', '\\b', '(?i)B', '😀');
  const expression = fc.letrec<{ expression: string }>(tie => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a}|${b}`),
      fc
        .tuple(tie('expression'), fc.constantFrom('*', '+', '?', '{2}', '*?'))
        .map(([a, operator]) => `(?:${a})${operator}`),
    ),
  })).expression;
  const text = fc
    .array(fc.constantFrom('a', 'b', 'B', '\n', '😀'), { maxLength: 6 })
    .map(parts => parts.join(''));
  let matched = 0;
  fc.assert(
    fc.property(expression, text, (source, given) => {
      const expected = RE2JS.compile(`^(?s:${source})$`).matcher(given).find();
      if (expected) matched += 1;
      assert.equal(matches(`/${source}/`, given), expected);
    }),
    { numRuns: 3000 },
  );
  assert.ok(matched > 200, `${matched} matched`);
});

test('expressions that a backtracking engine never ends on come to an end', () => {
  const text = 'a'.repeat(1 << 16);
  for (const pattern of [
    '/(a+)+b/',
    '/(a|a)*b/',
    '/(.*)(.*)(.*)(.*)(.*)(.*)x/',
    '*a*a*a*a*a*a?b',
    '/(a?){50}a{50}b/',
  ])
    assert.equal(matches(pattern, text), false, pattern);
});
