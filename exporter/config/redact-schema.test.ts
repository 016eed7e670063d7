import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactSchema } from './redact-schema.ts';

test('redaction is on unless it is turned off', () => {
  assert.deepEqual(redactSchema.parse(undefined), { enabled: true, patterns: [] });
  assert.equal(redactSchema.parse({ enabled: false }).enabled, false);
});

test('what is no pattern is refused where it stands', () => {
  const faults = (patterns: unknown) =>
    redactSchema
      .safeParse({ patterns })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  assert.equal(faults([{ name: 'customer', regex: 'cust-\\d+' }]), undefined);
  assert.match(
    faults([{ name: 'a', regex: '(' }])?.[0] ?? '',
    /^patterns\.0\.regex: not a regular expression in RE2 syntax: .*missing closing \)/,
  );
  assert.match(faults([{ name: 'a', regex: '(?=b)' }])?.[0] ?? '', /RE2 syntax: .*\(\?=/);
  assert.match(faults([{ name: 'a', regex: 'b*' }])?.[0] ?? '', /matches the empty text/);
  assert.match(faults([{ name: 'A b', regex: 'b' }])?.[0] ?? '', /^patterns\.0\.name: expected lower-case/);
  assert.match(
    faults([{ name: 'jwt', regex: 'b' }])?.[0] ?? '',
    /built-in pattern; take another than password,/,
  );
  assert.deepEqual(
    faults([
      { name: 'a', regex: 'b' },
      { name: 'a', regex: 'c' },
    ]),
    ['patterns.1.name: a is the name of a pattern above; give each its own'],
  );
});
