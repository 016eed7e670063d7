import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { parseConfig } from '../config/load.ts';
import { checkStorage } from './storage.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function find(keys: object, onLease = false) {
  const config = parseConfig('c.yaml', JSON.stringify({ loki: { url: 'http://a' }, ...keys }), {});
  return checkStorage(config, onLease);
}

/** The one finding. */
async function findOne(keys: object) {
  const [finding, ...rest] = await find(keys);
  assert.ok(finding);
  assert.deepEqual(rest, []);
  return finding;
}

test('folders that can be written to are left as they were', async () => {
  const [checkpoint, state] = await find({
    checkpoint: { file: join(folder, 'checkpoint.json') },
    state: { dir: join(folder, 'a', 'b') },
  });
  assert.deepEqual([checkpoint?.status, state?.status], ['ok', 'ok'], JSON.stringify([checkpoint, state]));
  assert.deepEqual(readdirSync(folder), []);
});

test('a missing folder, and a file in the place of one, are faults of the checkpoint and of the state', async () => {
  writeFileSync(join(folder, 'file'), '');
  for (const parent of ['missing', 'file']) {
    const finding = await findOne({ checkpoint: { file: join(folder, parent, 'checkpoint.json') } });
    assert.deepEqual([finding.check, finding.status], ['checkpoint', 'fault']);
    assert.match(finding.found, /can't be written to: /);
    assert.match(finding.advice ?? '', /checkpoint\.file/);
  }
  const state = await findOne({ state: { dir: join(folder, 'file') } });
  assert.deepEqual([state.check, state.status], ['state', 'fault']);
});

test('a folder of another user is a fault', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  chmodSync(folder, 0o755);
  const finding = await asNobody(() => findOne({ checkpoint: { file: join(closed, 'checkpoint.json') } }));
  assert.deepEqual([finding.check, finding.status], ['checkpoint', 'fault']);
  assert.match(finding.found, /EACCES/);
  const state = await asNobody(() => findOne({ state: { dir: join(closed, 'a', 'b') } }));
  assert.deepEqual([state.check, state.status], ['state', 'fault']);
});

/** Root may write everywhere; any other user is as good as nobody. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a file that is no checkpoint is a fault: the exporter would not start', async () => {
  const file = join(folder, 'checkpoint.json');
  writeFileSync(file, '{}');
  const finding = await findOne({ checkpoint: { file } });
  assert.equal(finding.status, 'fault');
  assert.match(finding.found, /no checkpoint of version 1/);
});

test('a disk that is smaller than the spool is a warning', async () => {
  const finding = await findOne({ state: { dir: folder, spool: { maxBytes: 2 ** 52 } } });
  assert.deepEqual([finding.check, finding.status], ['state', 'warning']);
});

test('without anything that keeps the position there is a warning, but on a Lease and in a dry run', async () => {
  assert.deepEqual(
    (await find({})).map(({ check, status }) => [check, status]),
    [['checkpoint', 'warning']],
  );
  assert.deepEqual(await find({}, true), []);
  assert.deepEqual(await find({ output: 'dry-run' }), []);
});

test('an output file is not made', async () => {
  const output = join(folder, 'events.ndjson');
  const [, finding] = await find({ output });
  assert.deepEqual([finding?.check, finding?.status, existsSync(output)], ['output', 'ok', false]);
  const [, missing] = await find({ output: join(folder, 'missing', 'events.ndjson') });
  assert.deepEqual([missing?.check, missing?.status], ['output', 'fault']);
});
