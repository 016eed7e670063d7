import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteBuffer, readAtMost } from './bytes.ts';

async function* pieces(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('pieces of any size make one text, also where a character is cut', () => {
  const bytes = new ByteBuffer();
  for (const byte of Buffer.from('größer 🚀')) bytes.append(Uint8Array.of(byte));
  assert.equal(bytes.length, 13);
  assert.equal(String(bytes), 'größer 🚀');
  bytes.clear();
  bytes.append(Buffer.from('x'));
  assert.equal(String(bytes), 'x');
});

test('a body within the limit is read whole', async () => {
  assert.deepEqual(await readAtMost(pieces('ab', 'cd'), 4), { text: 'abcd', complete: true });
  assert.deepEqual(await readAtMost(pieces(), 4), { text: '', complete: true });
});

test('a longer body is read no further', async () => {
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked += 1;
      yield Buffer.from('abc');
    }
  }
  assert.deepEqual(await readAtMost(endless(), 4), { text: 'abca', complete: false });
  assert.equal(asked, 2);
});
