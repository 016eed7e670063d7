import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type EventSchema, eventSchemas, normalise } from '../../exporter/event/normalise.ts';
import type { PreviousCount } from '../../exporter/event/occurrences.ts';
import { parseTimestamp } from '../../exporter/event/timestamp.ts';
import { LiveEvents } from '../../exporter/kubernetes/live-events.ts';
import { type EncodedEntry, encodeEntry } from '../../exporter/loki/encode.ts';
import { toEntry } from '../../exporter/loki/entry.ts';
import { arrival, type Case } from './case.ts';
import { cases } from './cases.ts';
import { type RawEvent, toEventsApi } from './conversion.ts';
import { readEntry } from './push-reader.ts';

const options = { job: 'kube-events', cluster: 'prod' };
const arrived = parseTimestamp(arrival) ?? 0n;
const all = Object.values(cases).flat();

for (const schema of eventSchemas) {
  suite(`an event of ${schema}`, () => {
    for (const each of all) {
      test(each.name, () => {
        const read = readEntry(encode(each, schema));
        const { labels = {}, metadata = {}, line, time } = each.entry;
        for (const [name, value] of Object.entries(labels))
          assert.equal(read.labels.get(name) ?? '', value, name);
        for (const [name, value] of Object.entries(metadata))
          assert.equal(read.metadata.get(name) ?? '', value, name);
        if (line !== undefined) assert.equal(read.line, line);
        if (time !== undefined) assert.equal(read.time, time);
      });
    }
  });
}

test('both APIs make the same entries, to the byte', () => {
  for (const each of all) {
    const [one, other] = eventSchemas.map(schema => encode(each, schema));
    assert.deepEqual(one, other, each.name);
  }
});

test('there are cases enough, and no two of a name', () => {
  assert.ok(all.length >= 80, `${all.length}`);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
});

function encode({ event, before = [], previous }: Case, schema: EventSchema): EncodedEntry {
  const read = (raw: RawEvent) => normalise(schema === 'core/v1' ? raw : toEventsApi(raw), schema);
  const live = new LiveEvents();
  for (const [index, earlier] of before.entries()) live.set(read(earlier), BigInt(index));
  const normal = read(event);
  const count: PreviousCount = previous ?? live.get(normal)?.count ?? 0;
  return encodeEntry(toEntry(normal, count, options, arrived));
}
