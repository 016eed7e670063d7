import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeEntry } from '../loki/encode.ts';
import { LineSink } from './line-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'line-sink-'));
after(() => rmSync(folder, { recursive: true }));

const entry = encodeEntry({
  labels: { job: 'kube-events', reason: 'Back"Off' },
  timestamp: 1_750_000_000_123_456_789n,
  line: 'Pod/web: said "hi"\nand more',
  metadata: { name: 'web', count: '3' },
});

test('a file gets one line of JSON for each entry, at its end', async () => {
  const path = join(folder, 'events.ndjson');
  const sink = LineSink.file(path);
  assert.deepEqual(await sink.probe(), { kind: 'accepted' });
  await sink.push(sink.encode([entry]));
  await sink.push(sink.encode([entry, entry]));
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    time: '2025-06-15T15:06:40.123456789Z',
    job: 'kube-events',
    reason: 'Back"Off',
    name: 'web',
    count: '3',
    line: 'Pod/web: said "hi"\nand more',
  });
});

test('a file that can not be written is tried again', async () => {
  const sink = LineSink.file(join(folder, 'missing', 'events.ndjson'));
  const result = await sink.push(sink.encode([entry]));
  assert.equal(result.kind, 'retry');
  assert.match(result.kind === 'retry' ? result.message : '', /can't be written: ENOENT/);
});

test('a dry run shows each entry as one line, and what would move a terminal as text', async () => {
  const hostile = encodeEntry({
    labels: { job: 'kube-events' },
    timestamp: 0n,
    line: 'Pod/web: \u001b[31mred\u009b\n"x"',
    metadata: { name: 'a b' },
  });
  const shown = Buffer.from(LineSink.dryRun('team').encode([hostile, entry])).toString();
  assert.deepEqual(shown.split('\n'), [
    'team 1970-01-01T00:00:00.000000000Z {job="kube-events"} Pod/web: \\u001b[31mred\\u009b\\n\\"x\\" name="a b"',
    'team 2025-06-15T15:06:40.123456789Z {job="kube-events", reason="Back\\"Off"} Pod/web: said \\"hi\\"\\nand more name="web" count="3"',
    '',
  ]);
});
