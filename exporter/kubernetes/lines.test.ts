import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { oversizedLine, splitLines } from './lines.ts';

async function lines(chunks: Iterable<Uint8Array>, maxBytes = 1 << 20) {
  async function* source() {
    yield* chunks;
  }
  return Array.fromAsync(splitLines(source(), maxBytes));
}

/** Cuts bytes at the given places, wherever they fall. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
}

test('any split into chunks, inside a character too, gives the same events', async () => {
  const plain = { noNullPrototype: true };
  const object = fc.record(
    { message: fc.string({ unit: 'binary' }), reason: fc.string({ unit: 'grapheme' }) },
    plain,
  );
  const event = fc.record({ type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'), object }, plain);
  await fc.assert(
    fc.asyncProperty(fc.array(event), fc.array(fc.nat()), async (events, places) => {
      const bytes = Buffer.from(events.map(each => `${JSON.stringify(each)}\n`).join(''));
      const read = (await lines(cut(bytes, places))).map(line => JSON.parse(String(line)));
      assert.deepEqual(read, events);
    }),
    { numRuns: 500 },
  );
});

test('every byte in a chunk of its own', async () => {
  const bytes = Buffer.from('{"m":"größer → 🚀"}\n{"m":"日本"}\n');
  const single = Array.from(bytes, byte => Uint8Array.of(byte));
  assert.deepEqual(await lines(single), ['{"m":"größer → 🚀"}', '{"m":"日本"}']);
});

test('a frame that was cut off is no line', async () => {
  assert.deepEqual(await lines([Buffer.from('{"a":1}\n{"b":')]), ['{"a":1}']);
});

test('a line above the limit is passed over without being kept, and the next one is read', async () => {
  const long = Buffer.alloc(100, 0x78);
  const chunks = [long, long, Buffer.from('\nshort\n'), long, Buffer.from('\n')];
  assert.deepEqual(await lines(chunks, 150), [oversizedLine, 'short', 'x'.repeat(100)]);
});
