import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeEntry } from '../loki/encode.ts';
import { JsonLines } from './json-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'json-lines-'));
after(() => rmSync(folder, { recursive: true }));

const entry = encodeEntry({
  labels: { job: 'kube-events', reason: 'Back"Off' },
  timestamp: 1_750_000_000_123_456_789n,
  line: 'Pod/web: said "hi"\nand more',
  metadata: { name: 'web', count: '3' },
});

test('a file gets one line of JSON for each entry, at its end', async () => {
  const path = join(folder, 'events.ndjson');
  const sink = JsonLines.file(path);
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
  const sink = JsonLines.file(join(folder, 'missing', 'events.ndjson'));
  const result = await sink.push(sink.encode([entry]));
  assert.equal(result.kind, 'retry');
  assert.match(result.kind === 'retry' ? result.message : '', /can't be written: ENOENT/);
});
