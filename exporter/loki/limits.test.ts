import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitLabel, fitLine, fitMetadata } from './limits.ts';

test('what is short enough stays as it is', () => {
  for (const text of ['', 'short', 'ü'.repeat(1024), 'x'.repeat(2048)]) {
    assert.equal(fitLine(text), text);
    assert.equal(fitLabel(text), text);
    assert.equal(fitMetadata(text), text);
  }
});

test('a line is cut between two characters, and says how much is missing', () => {
  const line = fitLine('€'.repeat(100_000));
  const [, kept = '', missing] = /^(€+)… \[(\d+) bytes cut\]$/.exec(line) ?? [];
  assert.ok(Buffer.byteLength(line) <= 256 * 1024, `${Buffer.byteLength(line)}`);
  assert.equal(Buffer.byteLength(kept) + Number(missing), 300_000);
});

test('whatever the characters, a value fits and is the beginning of what it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 600, maxLength: 3000 }), text => {
      const value = fitLabel(text);
      assert.ok(Buffer.byteLength(value) <= 2048);
      assert.ok(value === text || text.startsWith(value.slice(0, -1)));
    }),
  );
});
