import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from './explain.ts';

function run(reason: string | undefined): { exitCode: number; text: string } {
  let text = '';
  const exitCode = explain(reason, {
    write(part) {
      text += part;
    },
  });
  return { exitCode, text };
}

test('a known reason is explained', () => {
  const { exitCode, text } = run('backoff');
  assert.equal(exitCode, 0);
  assert.match(text, /^BackOff\n {2}Meaning: /);
});

test('a reason that is not known fails, with what it may have meant', () => {
  const { exitCode, text } = run('BackOfff');
  assert.equal(exitCode, 1);
  assert.match(text, /Did you mean BackOff\?|Did you mean BackOff,/);
});

test('without a reason all are listed', () => {
  const { exitCode, text } = run(undefined);
  assert.equal(exitCode, 0);
  assert.match(text, /^kubelet\n {2}Created /);
});
