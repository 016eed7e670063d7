import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pino } from 'pino';
import { foldable } from '../../test/fakes/checkpoints.ts';
import { budgetFactory } from '../budgets.ts';
import { configSchema } from '../config/schema.ts';
import { LiveEvents } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { Ledger } from './ledger.ts';
import { LocalState } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';

const all = 'core/v1/events';
const [pay, shop] = [`${all}/pay`, `${all}/shop`];

let folder: string;
let states: LocalState[];
/** What the budgets say in the log. */
let told: Record<string, unknown>[];
/** The newest checkpoint that was to be shared. */
let read: (() => Checkpoint) | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  states = [];
  told = [];
  read = undefined;
});
afterEach(() => {
  for (const state of states) state.close();
  rmSync(folder, { recursive: true });
});

const store: CheckpointStore = {
  load: async () => undefined,
  save(newest) {
    read = newest;
  },
  flush: async () => {},
};

function openState(): LocalState {
  const observer = { committed() {}, damaged: () => assert.fail('damaged') };
  const state = LocalState.open(folder, observer);
  states.push(state);
  return state;
}

/** Every label has one value; the next one folds. */
const config = configSchema.parse({
  loki: { url: 'http://loki:3100' },
  cardinality: { namespaces: 1 },
});
const log = pino({ base: null }, { write: (line: string) => told.push(JSON.parse(line)) });

function create(state?: LocalState): Ledger {
  return new Ledger({ store, state, createBudget: budgetFactory(config, log) });
}

/** The state of a budget that has seen a namespace first. */
function foldsOf(namespace: string): unknown {
  const budget = budgetFactory(config, log)(undefined, 'settled');
  budget.fold({ ...foldable, namespace });
  return budget.state();
}

/** Which of two namespaces has the one value that there is room for. */
function ownerOf(budget: { fold(entry: typeof foldable): readonly string[] }): string | undefined {
  return ['local', 'shared'].find(namespace => budget.fold({ ...foldable, namespace }).length === 0);
}

const at = (revision: number): Position => ({ from: BigInt(revision), at: BigInt(revision) });

function entry(source: string, revision: number): QueuedEntry {
  return {
    stream: '{job="kube-events"}',
    timestamp: 0n,
    bytes: new Uint8Array(10),
    source,
    key: `uid-${revision}`,
    revision: BigInt(revision),
    count: 1,
    position: at(revision),
    foldable,
  };
}

function checkpoint(places: Readonly<Record<string, number>>, folds?: unknown): Checkpoint {
  const positions = new Map(Object.entries(places).map(([source, revision]) => [source, at(revision)]));
  return { positions, ...(folds !== undefined && { folds }) };
}

function placesOf({ positions }: Checkpoint): Record<string, number> {
  return Object.fromEntries(Array.from(positions, ([source, { from }]) => [source, Number(from)]));
}

function startsOf(ledger: Ledger, given: Checkpoint | undefined, sources: readonly string[]) {
  const { starts } = ledger.start(given, sources);
  return Object.fromEntries(Array.from(starts, ([source, { position }]) => [source, Number(position.from)]));
}

describe('where a source begins', () => {
  test('without any account nowhere', () => {
    assert.deepEqual(startsOf(create(), undefined, [pay]), {});
  });

  test('by the checkpoint alone, and by the local state alone', () => {
    assert.deepEqual(startsOf(create(), checkpoint({ [pay]: 5 }), [pay, shop]), { [pay]: 5 });
    const state = openState();
    state.commit(checkpoint({ [pay]: 5, [shop]: 7 }));
    assert.deepEqual(startsOf(create(state), undefined, [pay, shop]), { [pay]: 5, [shop]: 7 });
  });

  test('at the later of the two accounts, each source for itself', () => {
    const state = openState();
    state.commit(checkpoint({ [pay]: 5, [shop]: 7 }));
    const starts = startsOf(create(state), checkpoint({ [pay]: 6, [shop]: 6 }), [pay, shop]);
    assert.deepEqual(starts, { [pay]: 6, [shop]: 7 });
  });

  test('what is known of its events goes with the local position, and with its own name', () => {
    const state = openState();
    for (const source of [pay, shop, all]) state.note(source, 'uid', { revision: 5n, count: 3 });
    state.commit(checkpoint({ [pay]: 5, [shop]: 5, [all]: 5 }));
    const known = (given: Checkpoint | undefined, sources: readonly string[]) => {
      const { starts } = create(state).start(given, sources);
      return sources.map(source => starts.get(source)?.known?.size);
    };
    assert.deepEqual(known(undefined, [pay, shop]), [1, 1]);
    assert.deepEqual(known(checkpoint({ [pay]: 6, [shop]: 4 }), [pay, shop]), [undefined, 1]);
    assert.deepEqual(known(undefined, [`${all}/other`]), [undefined]);
    // All have been read since the namespaces were, so what was known of those is old.
    state.commit(checkpoint({ [all]: 9 }));
    assert.deepEqual(known(undefined, [pay]), [undefined]);
  });
});

describe('what the spool is left with', () => {
  function spooled(): LocalState {
    const state = openState();
    state.spool.append([entry(pay, 5), entry(shop, 6), entry(pay, 7), entry(shop, 8)]);
    return state;
  }
  const left = (state: LocalState) => {
    const entries = state.spool.peek(0, { maxBytes: 1 << 20, maxEntries: 100 });
    return entries.map(({ revision }) => Number(revision));
  };

  test('what the checkpoint has not, of each source', () => {
    const state = spooled();
    create(state).start(checkpoint({ [pay]: 5, [shop]: 3 }), [pay, shop]);
    assert.deepEqual(left(state), [6, 7, 8]);
  });

  test('nothing of a source that another replica has delivered further', () => {
    const state = spooled();
    create(state).start(checkpoint({ [pay]: 9, [shop]: 3 }), [pay, shop]);
    assert.deepEqual(left(state), [6, 8]);
  });

  test('also where that replica reads it as a part of all', () => {
    const state = spooled();
    create(state).start(checkpoint({ [all]: 9 }), [all]);
    assert.deepEqual(left(state), []);
  });

  test('and as long as another source is held back, the checkpoint is where it is settled', async () => {
    const state = spooled();
    const ledger = create(state);
    ledger.start(checkpoint({ [pay]: 4, [shop]: 3 }), [pay, shop]);
    state.spool.removeRange(0, 1);
    ledger.advanced(new Map([[pay, at(5)]]), [entry(pay, 5)]);
    await ledger.flush();
    assert.deepEqual(read && placesOf(read()), { [pay]: 5, [shop]: 3 });
    state.spool.remove(3);
    ledger.advanced(new Map([[shop, at(6)]]), [entry(shop, 6)]);
    ledger.advanced(new Map([[pay, at(7)]]), [entry(pay, 7)]);
    await ledger.flush();
    assert.deepEqual(read && placesOf(read()), { [pay]: 7, [shop]: 6 });
  });

  test('when it is empty, sources without an entry in it are where the local state has them', async () => {
    const state = spooled();
    const quiet = `${all}/quiet`;
    state.commit(checkpoint({ [quiet]: 9 }));
    const ledger = create(state);
    ledger.start(checkpoint({ [pay]: 4, [shop]: 3, [quiet]: 2 }), [pay, shop, quiet]);
    ledger.advanced(new Map([[pay, at(5)]]), [entry(pay, 5)]);
    await ledger.flush();
    assert.deepEqual(read && placesOf(read()), { [pay]: 5, [shop]: 3, [quiet]: 2 });
    state.spool.remove(4);
    ledger.advanced(
      new Map([
        [pay, at(7)],
        [shop, at(8)],
      ]),
      [entry(pay, 7), entry(shop, 8)],
    );
    await ledger.flush();
    const expected = { [pay]: 7, [shop]: 8, [quiet]: 9 };
    assert.deepEqual(read && placesOf(read()), expected);
    const local = state.checkpoint();
    assert.deepEqual(local && placesOf(local), expected);
  });
});

describe('what the budget goes on with', () => {
  test('the folds of the only account that there is', () => {
    const given = checkpoint({ [pay]: 5 }, foldsOf('shared'));
    assert.equal(ownerOf(create().start(given, [pay]).budget), 'shared');
    const state = openState();
    state.commit(checkpoint({ [pay]: 5 }, foldsOf('local')));
    assert.equal(ownerOf(create(state).start(undefined, [pay]).budget), 'local');
  });

  for (const [name, local, shared, owner] of [
    ['the local one is never behind', { [pay]: 5 }, { [pay]: 5 }, 'local'],
    ['the local one is ahead', { [pay]: 6 }, { [pay]: 5 }, 'local'],
    ['another replica has gone on', { [pay]: 5 }, { [pay]: 6 }, 'shared'],
    [
      'another replica has gone on with some of it',
      { [pay]: 5, [shop]: 7 },
      { [pay]: 6, [shop]: 7 },
      'shared',
    ],
    ['one source is known here alone', { [pay]: 5, [shop]: 7 }, { [pay]: 6 }, 'shared'],
    ['another replica has gone on with all', { [pay]: 5 }, { [all]: 6 }, 'shared'],
  ] as const) {
    test(`the folds of the account that is further: ${name}`, () => {
      const state = openState();
      state.commit(checkpoint(local, foldsOf('local')));
      const { budget } = create(state).start(checkpoint(shared, foldsOf('shared')), [pay, shop]);
      assert.equal(ownerOf(budget), owner);
    });
  }

  test('what is shared goes on with the folds of what is settled', async () => {
    const state = openState();
    state.commit(checkpoint({ [pay]: 6 }, foldsOf('local')));
    const ledger = create(state);
    // The local account was written, the shared one not yet, when the process ended.
    ledger.start(checkpoint({ [pay]: 5 }, foldsOf('shared')), [pay]);
    ledger.advanced(new Map([[pay, at(7)]]), []);
    await ledger.flush();
    const budget = budgetFactory(config, log)(read?.().folds, 'live');
    assert.equal(ownerOf(budget), 'local');
  });

  test('folds that can not be read are told once, and the budget starts empty', () => {
    const given = checkpoint({ [pay]: 5 }, { version: 99 });
    const { budget, starts } = create().start(given, [pay]);
    assert.deepEqual(budget.active, { streams: 0, namespace: 0, kind: 0, reason: 0 });
    assert.equal(starts.get(pay)?.position.from, 5n);
    assert.deepEqual(
      told.map(({ msg }) => msg),
      ['the cardinality budget starts empty'],
    );
  });
});

describe('what a crash finds', () => {
  test('that a list of one source has begun while another has entries on disk', async () => {
    const state = openState();
    const ledger = create(state);
    ledger.start(undefined, [pay, shop]);
    state.spool.append([entry(pay, 5)]);
    ledger.advanced(new Map([[shop, { from: 0n, at: 8n }]]), []);
    await ledger.flush();
    const local = state.checkpoint();
    assert.deepEqual(local && placesOf(local), { [pay]: 5, [shop]: 0 });
    assert.equal(state.spool.length, 1);
    // What came since is further on.
    ledger.advanced(new Map([[shop, at(8)]]), []);
    state.spool.append([entry(shop, 9)]);
    await ledger.flush();
    const later = state.checkpoint();
    assert.deepEqual(later && placesOf(later), { [pay]: 5, [shop]: 9 });
  });

  test('the counts of what a first list does not ship', async () => {
    const state = openState();
    const ledger = create(state);
    ledger.start(undefined, [pay]);
    const live = new LiveEvents();
    const event = (uid: string) => ({ metadata: { uid, name: uid, namespace: 'pay' }, count: 3 });
    live.set(event('shipped-before'), 4n);
    live.set(event('to-be-shipped'), 6n);
    ledger.listed(pay, live, 5n, false);
    ledger.advanced(new Map([[pay, { from: 5n, at: 6n }]]), []);
    await ledger.flush();
    assert.deepEqual([...state.counts(pay)], [['shipped-before', { revision: 4n, count: 3 }]]);
  });
});
