import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLogfmt } from '../../test/integration/line-format-reader.ts';
import { withEventTime, withFieldsInLine } from './line.ts';
import { type Metadata, structuredMetadata } from './schema.ts';

const names = Object.keys(structuredMetadata).filter(name => name !== 'detected_level');
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  // UTF-16 code units at random, lone surrogates among them.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map(units => String.fromCharCode(...units)),
  fc.string({
    unit: fc.constantFrom('"', '\\', '=', ' ', '\n', 'u', '0', '{', '}', 'a', '\u001b'),
    maxLength: 20,
  }),
  fc.constantFrom('__proto__', 'constructor', 'true', 'null', '0', '00', '12', '007', '1e9', '9'.repeat(16)),
);

const time = '1969-12-31T23:59:59.999999999Z';

test('whatever the values, the fields of a line are what went into it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...names)), fc.infiniteStream(value), (present, values) => {
      const next = () => values.next().value ?? '';
      const metadata: Metadata = Object.fromEntries(present.map(name => [name, next()]));
      const labels = { job: 'kube-events', kind: next(), reason: next(), type: 'Normal' };
      const entry = { labels, timestamp: 0n, line: next(), metadata };
      const { job: _, ...shown } = labels;
      const expected = Object.fromEntries([
        ...Object.entries({ ...shown, ...metadata })
          .filter(([, text]) => text !== '' && text !== '__other__')
          .map(([name, text]) => [name, text.toWellFormed()]),
        ['msg', entry.line.toWellFormed()],
      ]);
      const logfmt = withFieldsInLine(entry, 'logfmt').line;
      assert.deepEqual(readLogfmt(logfmt), expected);
      const json = withFieldsInLine(entry, 'json').line;
      assert.deepEqual(readJson(json), expected);
      const moved = { event_time: time, ...expected };
      assert.deepEqual(readLogfmt(withEventTime(logfmt, time)), moved);
      assert.deepEqual(readJson(withEventTime(json, time)), moved);
    }),
    { numRuns: 2000 },
  );
});

function readJson(line: string): Record<string, string> {
  const fields = JSON.parse(line) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, String(field)]));
}
