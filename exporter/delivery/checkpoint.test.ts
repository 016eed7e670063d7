import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { checkpointOf } from '../../test/fakes/checkpoints.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fail = (error: Error) => assert.fail(error);

test('a position comes back, beyond the integers that a number holds', async () => {
  const position = { from: 9007199254740993n, at: 9007199254740995n };
  assert.deepEqual(parseCheckpoint(formatCheckpoint(checkpointOf(position))), checkpointOf(position));
  const witness = { namespace: 'shop', name: 'web.1', uid: 'uid-1', revision: 9007199254740994n };
  const whole = { ...position, time: Date.parse('2026-05-01T10:00:00.123Z'), witness };
  assert.deepEqual(parseCheckpoint(formatCheckpoint(checkpointOf(whole))), checkpointOf(whole));
});

test('the newest position is written, and no temporary file is left', async () => {
  const path = join(folder, 'checkpoint.json');
  const file = new CheckpointFile(path, fail);
  assert.equal(await file.load(), undefined);
  file.save(() => checkpointOf({ from: 1n, at: 1n }));
  file.save(() => checkpointOf({ from: 2n, at: 3n }));
  await file.flush();
  assert.deepEqual(await new CheckpointFile(path, fail).load(), checkpointOf({ from: 2n, at: 3n }));
  assert.deepEqual(readdirSync(folder), ['checkpoint.json']);
});

test('a file that is no checkpoint is refused, and left as it is', async () => {
  const path = join(folder, 'checkpoint.json');
  for (const text of [
    '',
    '{}',
    '{"version":2,"sources":{}}',
    '{"version":1,"sources":{"core/v1/events":{"from":"x","at":"1"}}}',
  ]) {
    writeFileSync(path, text);
    await assert.rejects(
      () => new CheckpointFile(path, fail).load(),
      /no checkpoint of version 1; delete it/,
    );
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('a write that fails is told, and tried again with the next', async () => {
  const told: Error[] = [];
  const file = new CheckpointFile(join(folder, 'missing', 'checkpoint.json'), error => told.push(error));
  file.save(() => checkpointOf({ from: 1n, at: 1n }));
  await file.flush();
  await file.flush();
  assert.equal(told.length, 2);
});
