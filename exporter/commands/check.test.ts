import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../config/load.ts';
import { type CheckOptions, check } from './check.ts';

function run(options: CheckOptions, flags: Record<string, string> = { '--loki-url': 'http://a' }) {
  let text = '';
  const exitCode = check(undefined, flags, options, {
    write(part) {
      text += part;
    },
  });
  return { exitCode, text };
}

test("the budget of one cluster fits under Loki's own limit", () => {
  const { exitCode, text } = run({});
  assert.equal(exitCode, 0);
  assert.equal(
    text,
    'configuration: sound\ncardinality budget: 4,000 streams × 1 clusters = 4,000, under a limit of 5,000: fits\n',
  );
});

test('budgets that are too large together fail, and what to set is said', () => {
  const { exitCode, text } = run({ clusters: '3' });
  assert.equal(exitCode, 1);
  assert.match(text, /= 12,000, under a limit of 5,000: exceeds\n {2}Up to 12,000 active streams .* Set /);
  assert.equal(run({ clusters: '3', streamLimit: '0' }).exitCode, 0);
  assert.match(run({ streamLimit: '4500' }).text, /: tight\n/);
});

test('a configuration with faults has them told, and options that are no numbers are refused', () => {
  assert.throws(() => run({}, {}), ConfigError);
  for (const options of [{ clusters: '0' }, { clusters: 'x' }, { streamLimit: '-1' }]) {
    const { exitCode, text } = run(options);
    assert.equal(exitCode, 2);
    assert.match(text, /--clusters takes a number from 1/);
  }
});
