import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkpointOf, foldable, positionOf, source } from '../../test/fakes/checkpoints.ts';
import type { LiveEvent } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
import { LocalState } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';

/*
 * One history: every revision is an event's next occurrence, a deletion (each seventh) or a bookmark (each eleventh).
 * What should be on disk at a position follows from the position alone.
 */
const events = 40;
const all = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: 1_000_000 };
const uidOf = (revision: number) => `uid-${revision % events}`;
const isDeletion = (revision: number) => revision % 7 === 0;
const isBookmark = (revision: number) => !isDeletion(revision) && revision % 11 === 0;
const isEntry = (revision: number) => !isDeletion(revision) && !isBookmark(revision);
const at = (revision: number): Position => ({ from: BigInt(revision), at: BigInt(revision) });

function entryOf(revision: number): QueuedEntry {
  return {
    stream: `{job="kube-events", namespace="ns-${revision % 17}"}`,
    timestamp: BigInt(revision) * 1_000_000n,
    bytes: Buffer.from(`line ${revision} `.repeat(50)),
    source,
    key: uidOf(revision),
    revision: BigInt(revision),
    count: revision,
    position: at(revision),
    foldable,
  };
}

function countsAt(position: number): Map<string, LiveEvent> {
  const counts = new Map<string, LiveEvent>();
  for (let revision = 1; revision <= position; revision += 1) {
    if (isDeletion(revision)) counts.delete(uidOf(revision));
    if (isEntry(revision)) counts.set(uidOf(revision), { revision: BigInt(revision), count: revision });
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const open = (folder: string) =>
  LocalState.open(folder, { committed() {}, damaged: (_, reason) => assert.fail(reason) });

/** Goes on with the history until it is killed, and says what is done once it is. */
function goOn(folder: string): void {
  const state = open(folder);
  let revision = Number(positionOf(state.checkpoint())?.at ?? 0n);
  const say = (what: string, value: bigint | number) => writeSync(1, `${what} ${value}\n`);
  const append = (batch: QueuedEntry[]) => {
    state.spool.append(batch);
    const last = batch.at(-1);
    if (last) say('spooled', last.revision);
  };
  for (;;) {
    const end = revision + Math.ceil(Math.random() * 200);
    let batch: QueuedEntry[] = [];
    while (revision < end) {
      revision += 1;
      if (isEntry(revision)) {
        batch.push(entryOf(revision));
        continue;
      }
      // A count that is gone belongs to the position after the entries before it, not to theirs.
      append(batch);
      batch = [];
      if (isDeletion(revision)) state.forget(source, uidOf(revision));
      if (state.spool.length > 0) continue;
      state.commit(checkpointOf(at(revision)));
      say('moved', revision);
    }
    append(batch);
    const oldest = state.spool.peek(0, { maxBytes: 1 << 20, maxEntries: Math.ceil(Math.random() * 400) });
    const last = oldest.at(-1);
    if (!last) continue;
    state.spool.remove(last.sequence);
    say('removed', last.revision);
  }
}

/** Kills a process that goes on with the history after so many milliseconds of work; returns what it last said. */
async function killed(folder: string, afterMs: number): Promise<{ position: number; removed: number }> {
  const child = spawn(process.execPath, [import.meta.filename], {
    env: { ...process.env, [variable]: folder, NODE_TEST_CONTEXT: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let said = '';
  const began = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    began.resolve();
  });
  await Promise.race([began.promise, closed]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  assert.equal(signal, 'SIGKILL');
  const last = (pattern: RegExp) =>
    Math.max(0, ...said.matchAll(pattern).map(([, number]) => Number(number)));
  return { position: last(/(?:spooled|moved) (\d+)\n/g), removed: last(/removed (\d+)\n/g) };
}

const variable = 'LOCAL_STATE_CRASH_FOLDER';
const crashFolder = process.env[variable];

if (crashFolder) {
  goOn(crashFolder);
} else {
  test('a process that is killed at any moment leaves position, counts and spool in agreement', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-state-crash-'));
    let before = 0;
    try {
      for (let round = 0; round < 12; round += 1) {
        const said = await killed(folder, Math.random() * 150);
        const state = open(folder);
        const position = Number(positionOf(state.checkpoint())?.at);
        // Nothing that was committed is gone.
        assert.ok(position >= said.position, `${position} after ${said.position}`);
        assert.ok(position > before);
        before = position;
        assert.deepEqual(state.counts(source), countsAt(position));

        const entries = state.spool.peek(0, all);
        assert.equal(entries.length, state.spool.length);
        const first = Number(entries[0]?.revision ?? position + 1);
        assert.ok(first > said.removed, `${first} after ${said.removed}`);
        const expected = [];
        for (let revision = first; revision <= position; revision += 1) {
          if (isEntry(revision)) expected.push(revision);
        }
        assert.deepEqual(
          entries.map(({ revision }) => Number(revision)),
          expected,
        );
        for (const entry of entries) {
          const whole = entryOf(Number(entry.revision));
          assert.deepEqual(Buffer.from(entry.bytes), whole.bytes);
          assert.equal(entry.stream, whole.stream);
        }
        const last = entries.at(-1);
        if (last) assert.deepEqual(last.position, at(position));
        state.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
