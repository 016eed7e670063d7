import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { CheckpointFile, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fail = (error: Error) => assert.fail(error);

test('a position comes back, beyond the integers that a number holds', () => {
  const position = { from: 9007199254740993n, at: 9007199254740995n };
  assert.deepEqual(parseCheckpoint(formatCheckpoint(position)), position);
});

test('the newest position is written, and no temporary file is left', () => {
  const path = join(folder, 'checkpoint.json');
  const file = new CheckpointFile(path, fail);
  assert.equal(file.load(), undefined);
  file.save({ from: 1n, at: 1n });
  file.save({ from: 2n, at: 3n });
  file.flush();
  assert.deepEqual(new CheckpointFile(path, fail).load(), { from: 2n, at: 3n });
  assert.deepEqual(readdirSync(folder), ['checkpoint.json']);
});

test('a file that is no checkpoint is refused, and left as it is', () => {
  const path = join(folder, 'checkpoint.json');
  for (const text of [
    '',
    '{}',
    '{"version":2,"sources":{}}',
    '{"version":1,"sources":{"core/v1/events":{"from":"x","at":"1"}}}',
  ]) {
    writeFileSync(path, text);
    assert.throws(() => new CheckpointFile(path, fail).load(), /no checkpoint of version 1; delete it/);
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('a write that fails is told, and tried again with the next', () => {
  const told: Error[] = [];
  const file = new CheckpointFile(join(folder, 'missing', 'checkpoint.json'), error => told.push(error));
  file.save({ from: 1n, at: 1n });
  file.flush();
  file.flush();
  assert.equal(told.length, 2);
});
