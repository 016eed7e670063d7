import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkpointOf, foldable, positionOf, source } from '../../test/fakes/checkpoints.ts';
import type { LiveEvent } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
import { LocalState } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';

/** What the local state should hold, as plainly as it can be said. */
interface Model {
  revision: number;
  sequence: number;
  position: Position | undefined;
  counts: Map<string, LiveEvent>;
  noted: Map<string, LiveEvent | undefined>;
  spool: (QueuedEntry & { sequence: number })[];
}

interface Real {
  readonly folder: string;
  state: LocalState;
}

const all = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: 100_000 };
const at = (revision: number): Position => ({ from: BigInt(revision), at: BigInt(revision) });
const open = (folder: string) =>
  LocalState.open(folder, { committed() {}, damaged: (_, reason) => assert.fail(reason) });

function command(text: string, run: (model: Model, real: Real) => void): fc.Command<Model, Real> {
  return {
    check: () => true,
    run(model, real) {
      run(model, real);
      compare(model, real.state);
    },
    toString: () => text,
  };
}

function compare(model: Model, state: LocalState): void {
  assert.deepEqual(positionOf(state.checkpoint()), model.position);
  assert.deepEqual(state.counts(source), new Map([...model.counts].sort(([a], [b]) => (a < b ? -1 : 1))));
  assert.deepEqual(plain(state.spool.peek(0, all)), plain(model.spool));
  assert.equal(state.spool.length, model.spool.length);
}

const plain = (entries: readonly QueuedEntry[]) =>
  entries.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] }));

function commit(model: Model, position: Position): void {
  for (const [uid, count] of model.noted) {
    if (count) model.counts.set(uid, count);
    else model.counts.delete(uid);
  }
  model.noted.clear();
  model.position = position;
}

const uid = fc.integer({ min: 0, max: 5 }).map(number => `uid-${number}`);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const newEntry = fc.record({
  key: uid,
  stream: fc.constantFrom('{a="1"}', '{a="2"}', '{a="3"}'),
  timestamp: fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }),
  bytes: fc.uint8Array({ maxLength: 40 }),
});

const commands = [
  fc.array(newEntry, { maxLength: 8 }).map(drawn =>
    command(`append ${drawn.length}`, (model, { state }) => {
      const entries = drawn.map(entry => {
        model.revision += 1;
        const { revision } = model;
        const position = at(revision);
        return { ...entry, source, revision: BigInt(revision), count: revision, position, foldable };
      });
      state.spool.append(entries.map(entry => ({ ...entry })));
      const last = entries.at(-1);
      if (!last) return;
      commit(model, last.position);
      for (const entry of entries) {
        model.counts.set(entry.key, { revision: entry.revision, count: entry.count });
        model.sequence += 1;
        model.spool.push({ ...entry, sequence: model.sequence });
      }
    }),
  ),
  uid.map(name =>
    command(`note ${name}`, (model, { state }) => {
      model.revision += 1;
      const count = { revision: BigInt(model.revision), count: 2 };
      state.note(source, name, count);
      model.noted.set(name, count);
    }),
  ),
  uid.map(name =>
    command(`forget ${name}`, (model, { state }) => {
      state.forget(source, name);
      model.noted.set(name, undefined);
    }),
  ),
  fc.array(uid).map(live =>
    command(`retain ${live}`, (model, { state }) => {
      state.retain(source, live);
      for (const name of [...model.counts.keys(), ...model.noted.keys()]) {
        if (!live.includes(name)) model.noted.set(name, undefined);
      }
    }),
  ),
  fc.constant(
    command('commit', (model, { state }) => {
      model.revision += 1;
      const position = at(model.revision);
      state.commit(checkpointOf(position));
      commit(model, position);
    }),
  ),
  share.map(part =>
    command(`remove ${part}`, (model, { state }) => {
      const through = Math.floor(part * model.sequence);
      const kept = model.spool.filter(({ sequence }) => sequence > through);
      assert.equal(state.spool.remove(through), model.spool.length - kept.length);
      model.spool = kept;
    }),
  ),
  fc.tuple(share, fc.nat(600)).map(([part, bytes]) =>
    command(`drop ${bytes} after ${part}`, (model, { state }) => {
      const after = Math.floor(part * model.sequence);
      const before = state.spool.bytes;
      const rest = model.spool.filter(({ sequence }) => sequence > after);
      const dropped = state.spool.dropOldest(bytes, after);
      assert.ok(dropped === rest.length || before - state.spool.bytes >= bytes);
      const gone = new Set(rest.slice(0, dropped));
      model.spool = model.spool.filter(entry => !gone.has(entry));
    }),
  ),
  share.map(part =>
    command(`discard ${part}`, (model, { state }) => {
      const from = BigInt(Math.floor(part * model.revision));
      const kept = model.spool.filter(({ revision }) => revision > from);
      assert.equal(state.spool.discard(source, from), model.spool.length - kept.length);
      model.spool = kept;
    }),
  ),
  fc.tuple(share, newEntry).map(([part, { timestamp, bytes }]) =>
    command(`replace ${part}`, (model, { state }) => {
      const sequence = Math.floor(part * model.sequence);
      state.spool.replace([{ sequence, timestamp, bytes }]);
      model.spool = model.spool.map(entry =>
        entry.sequence === sequence ? { ...entry, timestamp, bytes } : entry,
      );
    }),
  ),
  fc.constant(
    command('reopen', (model, real) => {
      const { bytes } = real.state.spool;
      real.state.close();
      real.state = open(real.folder);
      assert.equal(real.state.spool.bytes, bytes);
      model.noted.clear();
    }),
  ),
];

test('the file holds what a plain model holds, whatever is done to it, and across restarts', () => {
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60 }), drawn => {
      const folder = mkdtempSync(join(tmpdir(), 'local-state-'));
      const real = { folder, state: open(folder) };
      try {
        fc.modelRun(
          () => ({
            model: {
              revision: 0,
              sequence: 0,
              position: undefined,
              counts: new Map(),
              noted: new Map(),
              spool: [],
            },
            real,
          }),
          drawn,
        );
        real.state.spool.remove(Number.MAX_SAFE_INTEGER);
        assert.equal(real.state.spool.bytes, 0);
      } finally {
        real.state.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 100 },
  );
});
