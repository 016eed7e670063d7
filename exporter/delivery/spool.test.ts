import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { checkpointOf, foldable, positionOf, source } from '../../test/fakes/checkpoints.ts';
import { LocalState, type LocalStateOptions } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';
import type { SpooledEntry } from './spool.ts';
import { StateError } from './state-error.ts';

let folder: string;
let state: LocalState;
let damaged: string[];
const all = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: 100_000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
  damaged = [];
  state = start();
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true });
});

function start(options?: LocalStateOptions): LocalState {
  return LocalState.open(folder, { committed() {}, damaged: movedTo => damaged.push(movedTo) }, options);
}

function reopen(options?: LocalStateOptions): void {
  state.close();
  state = start(options);
}

function entry(revision: number, size = 10): QueuedEntry {
  return {
    stream: `{job="kube-events", namespace="ns-${revision % 3}"}`,
    timestamp: BigInt(revision) * 1_000_000_000n,
    bytes: new Uint8Array(size).fill(revision),
    source,
    key: `uid-${revision % 5}`,
    revision: BigInt(revision),
    count: revision,
    position: at(revision),
    foldable,
  };
}

const entries = (from: number, to: number, size?: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(from + index, size));
const at = (revision: number) => ({ from: BigInt(revision), at: BigInt(revision) });
const revisions = (of: readonly QueuedEntry[]) => of.map(({ revision }) => Number(revision));

test('entries come back in order and whole, after a restart too, and their counts and position with them', () => {
  // A year beyond what 64 bits of nanoseconds hold.
  const late = { ...entry(3), timestamp: 253_402_300_799_000_000_000n };
  const before = { ...at(2), time: 1777629600000 };
  state.note(source, 'deleted-later', { revision: 1n, count: 1 });
  state.spool.append([entry(1), { ...entry(2), position: before }]);
  state.spool.append([{ ...late }]);
  reopen();
  const read = state.spool.peek(0, all).map(({ sequence, ...rest }) => {
    assert.equal(sequence, Number(rest.revision));
    return { ...rest, bytes: new Uint8Array(rest.bytes) };
  });
  assert.deepEqual(read, [entry(1), { ...entry(2), position: before }, late]);
  assert.equal(state.spool.length, 3);
  assert.deepEqual(positionOf(state.checkpoint()), at(3));
  assert.deepEqual([...state.counts(source).keys()].sort(), ['deleted-later', 'uid-1', 'uid-2', 'uid-3']);
});

test('a batch keeps its limits, and holds one entry at least', () => {
  state.spool.append(entries(1, 10, 100));
  const peek = (after: number, maxBytes: number, maxEntries: number) =>
    revisions(state.spool.peek(after, { maxBytes, maxEntries }));
  assert.deepEqual(peek(0, 300, 100), [1, 2, 3]);
  assert.deepEqual(peek(3, 399, 100), [4, 5, 6]);
  assert.deepEqual(peek(3, 1000, 2), [4, 5]);
  assert.deepEqual(peek(9, 1, 100), [10]);
  assert.deepEqual(peek(10, 1000, 100), []);
});

test('a sequence is never used again', () => {
  const added: QueuedEntry[] = entries(1, 3);
  state.spool.append(added);
  assert.deepEqual(
    added.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
  assert.equal(state.spool.remove(3), 3);
  assert.equal(state.spool.bytes, 0);
  reopen();
  const next = entry(4);
  state.spool.append([next]);
  assert.equal(next.sequence, 4);
});

test('the oldest are dropped, after those that are being pushed', () => {
  state.close();
  state = start({ maxSpoolBytes: 2000 });
  state.spool.append(entries(1, 10, 100));
  assert.equal(state.spool.full, true);
  const excess = state.spool.bytes - 2000;
  const before = state.spool.bytes;
  const dropped = state.spool.dropOldest(300, 2);
  assert.ok(before - state.spool.bytes >= excess + 300);
  assert.equal(state.spool.full, false);
  assert.deepEqual(revisions(state.spool.peek(0, all)), [1, 2, ...revisions(entries(3 + dropped, 10))]);
  assert.equal(state.spool.dropOldest(1, 10), 0);
});

test('what a checkpoint says is settled goes, up to the first that is newer', () => {
  state.spool.append(entries(1, 5));
  assert.equal(state.spool.discard(source, 3n), 3);
  assert.deepEqual(revisions(state.spool.peek(0, all)), [4, 5]);
  assert.deepEqual(state.spool.peek(0, all).at(-1)?.position, at(5));
  // After a restore from a backup revisions start lower: those behind a newer one stay.
  state.spool.append(entries(2, 3));
  assert.equal(state.spool.discard(source, 4n), 1);
  assert.deepEqual(revisions(state.spool.peek(0, all)), [5, 2, 3]);
  assert.equal(state.spool.discard(source, 10n), 3);
  assert.equal(state.spool.length, 0);
});

test('a new time and new bytes replace the old ones while an entry waits', () => {
  state.spool.append(entries(1, 3));
  const before = state.spool.bytes;
  state.spool.replace([
    { sequence: 2, timestamp: 5n, bytes: new Uint8Array(30).fill(9) },
    { sequence: 77, timestamp: 5n, bytes: new Uint8Array(30) },
  ]);
  reopen();
  const [first, second] = state.spool.peek(0, all);
  assert.equal(first?.timestamp, 1_000_000_000n);
  assert.equal(second?.timestamp, 5n);
  assert.deepEqual([...(second?.bytes ?? [])], Array(30).fill(9));
  // 20 bytes more, and a time of one digit in place of ten.
  assert.equal(state.spool.bytes, before + 20 - 9);
  state.spool.remove(3);
  assert.equal(state.spool.bytes, 0);
});

test('a full disk is told as such, keeps nothing of the batch, and passes with room', () => {
  reopen({ maxFileBytes: 1 << 20 });
  state.note(source, 'noted', { revision: 1n, count: 1 });
  let last = 0;
  const fill = () => {
    for (;;) {
      state.spool.append(entries(last + 1, last + 50, 1000));
      last += 50;
    }
  };
  assert.throws(fill, (error: unknown) => error instanceof StateError && error.class === 'full');
  assert.ok(last > 0);
  const check = () => {
    assert.equal(state.spool.length, last);
    assert.deepEqual(revisions(state.spool.peek(0, all)), revisions(entries(1, last)));
    assert.deepEqual(positionOf(state.checkpoint()), at(last));
    assert.equal(state.counts(source).get('uid-0')?.revision, BigInt(last));
  };
  check();
  reopen({ maxFileBytes: 1 << 20 });
  check();
  assert.equal(state.spool.remove(200), 200);
  state.spool.append(entries(last + 1, last + 50, 1000));
  assert.equal(state.spool.length, last + 50 - 200);
});

test('a batch that fails midway leaves nothing, its new streams neither', () => {
  state.spool.append([entry(1)]);
  const broken = { ...entry(3), position: { ...at(3), time: Number.NaN } };
  assert.throws(() => state.spool.append([entry(2), broken]), RangeError);
  assert.equal(state.spool.length, 1);
  assert.deepEqual(positionOf(state.checkpoint()), at(1));
  const again = entry(2);
  state.spool.append([again]);
  assert.equal(again.sequence, 2);
  reopen();
  assert.deepEqual(
    state.spool.peek(0, all).map(({ stream }) => stream),
    [entry(1).stream, entry(2).stream],
  );
});

test('streams are forgotten with the last entry, and known again when they come again', () => {
  const streams = () => {
    state.close();
    const database = new DatabaseSync(join(folder, 'state.db'));
    const rows = database.prepare('SELECT labels FROM streams ORDER BY id').all();
    database.close();
    state = start();
    return rows.map(({ labels }) => labels);
  };
  state.spool.append([entry(1), entry(2), entry(4)]);
  assert.deepEqual(streams(), [entry(1).stream, entry(2).stream]);
  state.spool.append([entry(5)]);
  state.spool.remove(4);
  state.spool.append([entry(8)]);
  assert.deepEqual(
    state.spool.peek(0, all).map(({ stream }) => stream),
    [entry(8).stream],
  );
  assert.deepEqual(streams(), [entry(8).stream]);
});

test('the file shrinks again after the entries are gone', () => {
  for (let batch = 0; batch < 20; batch += 1)
    state.spool.append(entries(batch * 500 + 1, batch * 500 + 500, 1000));
  reopen();
  const path = join(folder, 'state.db');
  const large = statSync(path).size;
  state.spool.remove(10_000);
  for (let revision = 0; revision < 20; revision += 1) state.commit(checkpointOf(at(10_000 + revision)));
  reopen();
  assert.ok(large > 10_000_000, `${large}`);
  // What is less than 1024 free pages of 4 KiB stays.
  assert.ok(statSync(path).size < 5 << 20, `${statSync(path).size}`);
  assert.ok(readdirSync(folder).every(name => name.startsWith('state.db')));
});

test('a spool that breaks while it is in use is moved aside, and the next start is empty', () => {
  state.spool.append(entries(1, 2000, 1000));
  state.close();
  const path = join(folder, 'state.db');
  const file = openSync(path, 'r+');
  const size = statSync(path).size;
  writeSync(file, Buffer.alloc(size / 2, 0x5a), 0, size / 2, size / 4);
  closeSync(file);
  state = start();
  assert.equal(state.spool.length, 2000);
  assert.throws(
    () => state.spool.peek(0, all),
    (error: unknown) => error instanceof StateError && error.class === 'damaged',
  );
  assert.equal(damaged.length, 1);
  state = start();
  assert.equal(state.spool.length, 0);
  assert.equal(state.checkpoint(), undefined);
  const read: SpooledEntry[] = state.spool.peek(0, all);
  assert.deepEqual(read, []);
});
