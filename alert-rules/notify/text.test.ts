import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, cutBytes, oneLine } from './text.ts';

test('a text is on one line, without marks that turn it round', () => {
  assert.equal(oneLine(' a\r\n\tb\u0000\u001b[31m c\u202ed\u2066 \ud800'), 'a b [31m c d �');
});

test('a text is cut between characters, by characters or by bytes', () => {
  assert.equal(cut('事件事件', 3), '事件…');
  assert.equal(cut('💥💥💥', 3), '💥💥💥');
  assert.equal(cut('💥💥💥💥', 3), '💥💥…');
  assert.equal(cutBytes('事件', 6), '事件');
  assert.equal(cutBytes('事件x', 6), '事…');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, bytes) => {
      const short = cutBytes(text, bytes);
      assert.ok(Buffer.byteLength(short) <= bytes);
      assert.ok(short.isWellFormed());
      assert.ok(text.startsWith(short.replace(/…$/, '')));
    }),
  );
});
