import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { fill, type Json, type TokenValues } from '../../dashboards/token.ts';
import { evaluate } from '../servers/jsonnet.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('jsonnet');
const library = fileURLToPath(new URL('../../jsonnet/fill.libsonnet', import.meta.url));

const names = [
  'text',
  'empty',
  'nothing',
  'number',
  'yes',
  'no',
  'list',
  'object',
  'rules.CrashLoop.threshold',
];
const textual = ['text', 'empty', 'number', 'rules.CrashLoop.threshold', 'nothing'];

/** Any text that jsonnet and JavaScript write alike in JSON: control characters have several ways. */
const plain = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is left out.
  .map(text => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|@\{/g, ''));
const token = fc
  .tuple(fc.constantFrom(...textual), fc.subarray(['json', 'url', 'more', 'braced', 'dashed']))
  .filter(([name, how]) => !(name === 'number' || name.startsWith('rules')) || how.length === 0)
  .map(([name, how]) => `@{${[name, ...how].join('|')}}`);
const text = fc.oneof(
  plain,
  fc.array(fc.oneof(plain, token), { maxLength: 4 }).map(parts => `.${parts.join('')}`),
  fc.constantFrom(...names).map(name => `@{${name}}`),
);
const { template } = fc.letrec<{ template: Json; object: Json }>(tie => ({
  object: fc
    .tuple(
      fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 4 }), tie('template'), {
        maxKeys: 4,
      }),
      fc.option(fc.subarray(names, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 }),
      fc.boolean(),
    )
    .map(([entries, condition, more]) => ({
      ...(condition !== undefined && { '@if': condition }),
      ...entries,
      ...(more && { '@entries': 'object' }),
    })) as fc.Arbitrary<Json>,
  template: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constantFrom(null, true, false, 0, 1.5, -3),
    fc.array(tie('template'), { maxLength: 4 }) as fc.Arbitrary<Json>,
    tie('object'),
  ) as fc.Arbitrary<Json>,
}));

const values = fc
  .record({
    text: plain.filter(text => text !== ''),
    number: fc.constantFrom(0, 3, 50, 1.5, 0.25),
  })
  .map(
    ({ text, number }): TokenValues => ({
      text,
      number,
      empty: '',
      nothing: null,
      yes: true,
      no: false,
      list: [text, 2],
      object: { extra: text, nested: { a: 1 } },
      rules: { CrashLoop: { threshold: number } },
    }),
  );

test('jsonnet and TypeScript fill any template alike', { skip }, async () => {
  const cases = fc.sample(fc.tuple(template, values), { numRuns: 1000, seed: 20 });
  const filled = (await evaluate(
    `local fill = import '${library}'; [fill(case[0], case[1]) for case in ${JSON.stringify(cases)}]`,
  )) as Json[];
  assert.equal(filled.length, cases.length);
  for (const [index, [made, given]] of cases.entries()) {
    assert.deepEqual(filled[index], fill(made, given), JSON.stringify([made, given]));
  }
  // Not a test of nothing: they are of every kind.
  const written = JSON.stringify(cases);
  for (const part of [
    '@if',
    '@entries',
    '|json',
    '|url',
    '|more',
    '|braced',
    '|dashed',
    '@{nothing}',
    '@{list}',
  ]) {
    assert.ok(written.includes(part), part);
  }
});

test('a token without a value is told by name', { skip }, async () => {
  await assert.rejects(evaluate(`(import '${library}')('@{job}', {})`), /nothing is given for the token job/);
  await assert.rejects(
    evaluate(`(import '${library}')('x @{tags}', { tags: [] })`),
    /tags is put into a text, and is neither text nor number/,
  );
});
