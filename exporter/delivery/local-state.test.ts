import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { checkpointOf, positionOf, source } from '../../test/fakes/checkpoints.ts';
import { LocalState } from './local-state.ts';
import { StateError, type StateErrorClass } from './state-error.ts';

let folder: string;
let path: string;
let told: string[];
let commits: number;
let open: LocalState[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-state-'));
  path = join(folder, 'state.db');
  told = [];
  commits = 0;
  open = [];
});
afterEach(() => {
  for (const state of open) state.close();
  rmSync(folder, { recursive: true });
});

function start(at = folder): LocalState {
  const state = LocalState.open(at, {
    committed: seconds => {
      assert.ok(seconds > 0);
      commits += 1;
    },
    damaged: (movedTo, reason) => {
      assert.ok(existsSync(movedTo));
      told.push(reason);
    },
  });
  open.push(state);
  return state;
}

const at = (revision: bigint) => checkpointOf({ from: revision, at: revision });

function failsAs(errorClass: StateErrorClass, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StateError);
    assert.equal(error.class, errorClass);
    assert.match(error.message, message);
    return true;
  };
}

test('counts and position come back as they were committed, beyond the integers that a number holds', () => {
  const state = start(join(folder, 'new', 'folder'));
  assert.equal(state.checkpoint(), undefined);
  state.note(source, 'a', { revision: 9007199254740993n, count: 3 });
  state.note(source, 'b', { revision: 4n, count: 1 });
  const witness = { namespace: 'shop', name: 'web.1', uid: 'a', revision: 9007199254740993n };
  const large = 9007199254740995n;
  const position = { from: large, at: large, time: 1777629600123, witness };
  state.commit(checkpointOf(position));
  state.note(source, 'c', { revision: 9n, count: 1 });
  assert.equal(commits, 1);
  state.close();

  const again = start(join(folder, 'new', 'folder'));
  assert.deepEqual(positionOf(again.checkpoint()), position);
  assert.deepEqual(
    again.counts(source),
    new Map([
      ['a', { revision: 9007199254740993n, count: 3 }],
      ['b', { revision: 4n, count: 1 }],
    ]),
  );
});

test('events that are forgotten, or that a list does not have, are gone with the next commit', () => {
  const state = start();
  for (const uid of ['a', 'b', 'c', 'd']) state.note(source, uid, { revision: 1n, count: 1 });
  state.commit(at(1n));
  state.forget(source, 'a');
  state.note(source, 'e', { revision: 2n, count: 1 });
  state.note(source, 'f', { revision: 2n, count: 1 });
  state.retain(source, ['b', 'c', 'e']);
  assert.deepEqual([...state.counts(source).keys()], ['a', 'b', 'c', 'd']);
  state.commit(at(2n));
  assert.deepEqual([...state.counts(source).keys()], ['b', 'c', 'e']);
});

test('a second process is refused, and may come once the first is gone', () => {
  const state = start();
  assert.throws(() => start(), failsAs('in_use', /another process uses .*state\.db; stop it/));
  state.close();
  start().commit(at(1n));
});

test('a folder that cannot be used is a clear error', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => start(file), failsAs('unusable', /state folder .*file can't be written to: EEXIST/));
  assert.throws(() => start(join(file, 'below')), failsAs('unusable', /ENOTDIR/));
  mkdirSync(path);
  assert.throws(() => start(), failsAs('unusable', /state\.db can't be used/));
});

test('a folder without the right to write is a clear error', () => {
  chmodSync(folder, 0o500);
  // Nothing is refused to root, so it is somebody else for a moment.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    assert.throws(() => start(), failsAs('unusable', /EACCES|this user may write to/));
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
});

test('a file of a later version is refused, and left as it is', () => {
  start().close();
  edit('PRAGMA user_version = 3');
  const before = readFileSync(path);
  assert.throws(() => start(), failsAs('newer', /its schema is 3, this one knows 2/));
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(told, []);
});

for (const [what, damage, reason] of [
  ['no database', () => writeFileSync(path, 'not a database at all'.repeat(400)), /not a database/],
  ['cut short', () => writeFileSync(path, readFileSync(path).subarray(0, 8192)), /damaged/],
  ["another program's", () => edit('PRAGMA application_id = 1'), /unknown schema/],
  ['an unknown version', () => edit('PRAGMA user_version = 0'), /unknown schema/],
  [
    'a checkpoint that is none',
    () => edit("UPDATE state SET checkpoint = '{}'"),
    /no checkpoint that can be read/,
  ],
  ['a missing row', () => edit('DELETE FROM state'), /no checkpoint that can be read/],
] as const) {
  test(`a damaged file (${what}) is moved aside, and the state starts empty`, () => {
    const state = start();
    state.note(source, 'a', { revision: 1n, count: 1 });
    state.commit(at(1n));
    state.close();
    damage();
    const broken = readFileSync(path);

    const again = start();
    assert.equal(again.checkpoint(), undefined);
    assert.equal(again.counts(source).size, 0);
    again.commit(at(2n));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', reason);
    const aside = readdirSync(folder).filter(name => name.startsWith('state.db.damaged-'));
    assert.equal(aside.length, 1);
    assert.deepEqual(readFileSync(join(folder, aside[0] ?? '')), broken);
    again.close();
    assert.deepEqual(start().checkpoint(), at(2n));
  });
}

function edit(sql: string): void {
  const database = new DatabaseSync(path);
  // The log has to be in the file before it is compared.
  database.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE);`);
  database.close();
}
