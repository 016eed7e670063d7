import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventSchemas, normalise } from '../../exporter/event/normalise.ts';
import { countOf } from '../../exporter/event/occurrences.ts';
import { LiveEvents } from '../../exporter/kubernetes/live-events.ts';
import { encodeEntry, restamp } from '../../exporter/loki/encode.ts';
import { toEntry } from '../../exporter/loki/entry.ts';
import { structuredMetadata } from '../../exporter/loki/schema.ts';
import { toEventsApi } from './conversion.ts';
import { type ReadEntry, readEntry } from './push-reader.ts';
import { RandomEvents } from './random-events.ts';

/** Set it to repeat a run that failed. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const total = 100_000;
const options = { job: 'kube-events', cluster: 'prod' };
const arrival = 1_777_629_999_000_000_000n;

const names = new Set(Object.keys(structuredMetadata));
const usualTypes = ['Normal', 'Warning', '__other__'];

test(`${total} random events become entries that Loki takes (FUZZ_SEED=${seed})`, () => {
  const random = new RandomEvents(seed);
  const live = new LiveEvents();
  const seen = { restamped: 0, cut: 0, wrong: 0, zero: 0 };
  for (let index = 0; index < total; index += 1) {
    // Through JSON, as it comes from the server.
    const text = JSON.stringify(random.event());
    const raw = JSON.parse(text);
    const schema = eventSchemas[index % eventSchemas.length] ?? 'core/v1';
    try {
      const event = normalise(schema === 'core/v1' ? raw : toEventsApi(raw), schema);
      const before = random.unlikely(0.05) ? 'unknown' : (live.get(event)?.count ?? 0);
      live.set(event, BigInt(index));
      const entry = encodeEntry(toEntry(event, before, options, arrival));
      const read = readEntry(entry);
      check(read);
      assert.equal(read.metadata.get('count'), String(countOf(event)));
      if (index % 10 === 0) {
        const moved = { ...entry };
        restamp(moved, arrival);
        const again = readEntry(moved);
        assert.equal(again.timestamp, arrival);
        assert.equal(again.metadata.get('event_time'), read.metadata.get('event_time') ?? read.time);
        check(again);
      }
      if (read.metadata.has('event_time')) seen.restamped += 1;
      if (read.line.endsWith('bytes cut]')) seen.cut += 1;
      if (read.labels.get('type') === '__other__') seen.wrong += 1;
      if (read.metadata.get('occurrences') === '0') seen.zero += 1;
    } catch (error) {
      throw new Error(`event ${index}: ${text.slice(0, 2000)}`, { cause: error });
    }
  }
  // The generator reaches what it is there for.
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, what);
});

/** Loki's own limits (limits_config), and the schema. */
function check({ labels, metadata, line, timestamp }: ReadEntry): void {
  assert.ok(labels.size >= 3 && labels.size <= 15);
  for (const [name, value] of labels) {
    assert.ok(value !== '' && Buffer.byteLength(value) <= 2048 && value.isWellFormed(), name);
  }
  assert.ok(labels.has('namespace') && usualTypes.includes(labels.get('type') ?? ''));
  assert.ok(Buffer.byteLength(line) <= 256 * 1024);
  let bytes = 0;
  for (const [name, value] of metadata) {
    assert.ok(names.has(name) && value !== '', name);
    assert.ok(Buffer.byteLength(value) <= 2048, name);
    bytes += name.length + Buffer.byteLength(value);
  }
  assert.ok(bytes <= 64 * 1024);
  assert.match(metadata.get('occurrences') ?? '', /^\d+$/);
  assert.ok(timestamp >= -(2n ** 63n) && timestamp < 2n ** 63n);
}
