import type { StatementSync } from 'node:sqlite';
import type { Position } from '../kubernetes/position.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { Spool } from './spool.ts';
import { StateDatabase, type StateObserver } from './state-database.ts';

/** An event's count, and the revision it was read at. */
export interface EventCount {
  readonly revision: bigint;
  readonly count: number;
}

export interface LocalStateOptions {
  /** The spool is full at this many bytes of entries. */
  readonly maxSpoolBytes?: number;
  /** The file's own bound; beyond it a write fails as on a full disk. */
  readonly maxFileBytes?: number;
}

/** Two hours at 50 events/s, of 1 kB each with what is kept beside them, need a third of it. */
const defaultSpoolBytes = 1 << 30;
/** Room for the counts of some two million live events. */
const countsBytes = 256 << 20;

/**
 * What one process keeps on its own disk: the position, every live event's count exactly as of that position, and
 * the spool. All of it changes in transactions, so a crash finds the three in agreement.
 *
 * Everything is synchronous, for a few milliseconds a batch, and after `close` throws.
 */
export class LocalState {
  readonly spool: Spool;
  readonly #database: StateDatabase;
  /** What the next commit writes; undefined for an event to be forgotten. */
  readonly #noted = new Map<string, EventCount | undefined>();
  readonly #selectPosition: StatementSync;
  readonly #updatePosition: StatementSync;
  readonly #selectCounts: StatementSync;
  readonly #selectUids: StatementSync;
  readonly #upsertCount: StatementSync;
  readonly #deleteCount: StatementSync;

  private constructor(database: StateDatabase, maxSpoolBytes: number) {
    this.#database = database;
    this.#selectPosition = database.prepare('SELECT position FROM state');
    this.#updatePosition = database.prepare('UPDATE state SET position = ?');
    this.#selectCounts = database.prepare('SELECT uid, revision, count FROM counts');
    this.#selectUids = database.prepare('SELECT uid FROM counts');
    this.#upsertCount = database.prepare(
      `INSERT INTO counts VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision, count = excluded.count`,
    );
    this.#deleteCount = database.prepare('DELETE FROM counts WHERE uid = ?');
    this.spool = new Spool(database, this, maxSpoolBytes);
  }

  /**
   * Opens the state in a folder, both made where they are missing. A file that is broken is moved aside, which the
   * observer is told, and the state starts empty.
   *
   * Its file grows to `maxFileBytes` at most, by default one and a half of `maxSpoolBytes` (1 GiB) and 256 MiB for
   * the counts; its write-ahead log takes up to 16 MiB more.
   * @throws StateError `in_use` by another process, `newer` than this program, `unusable` or `full`
   */
  static open(folder: string, observer: StateObserver, options: LocalStateOptions = {}): LocalState {
    const { maxSpoolBytes = defaultSpoolBytes } = options;
    const { maxFileBytes = maxSpoolBytes * 1.5 + countsBytes } = options;
    const database = StateDatabase.open(folder, maxFileBytes, observer, hasReadablePosition);
    return new LocalState(database, maxSpoolBytes);
  }

  /** The position as of the last commit: all before it is settled, or in the spool. Undefined for an empty state. */
  position(): Position | undefined {
    const text = this.#database.read(() => this.#selectPosition.get()?.['position']);
    return typeof text === 'string' ? parseCheckpoint(text) : undefined;
  }

  /** The committed count of every event that was live at the position, by uid. */
  counts(): Map<string, EventCount> {
    return this.#database.read(() => {
      const counts = new Map<string, EventCount>();
      for (const { uid, revision, count } of this.#selectCounts.iterate()) {
        counts.set(String(uid), { revision: revision as bigint, count: Number(count) });
      }
      return counts;
    });
  }

  /** Remembers an event's count. It must be the count as of the position that is committed next. */
  note(uid: string, count: EventCount): void {
    this.#noted.set(uid, count);
  }

  /** Remembers that an event is gone. */
  forget(uid: string): void {
    this.#noted.set(uid, undefined);
  }

  /** Remembers that no other events than these are live: what a full list says. */
  retain(uids: Iterable<string>): void {
    const live = new Set(uids);
    const known = this.#database.read(() => this.#selectUids.all());
    for (const uid of [...known.map(row => String(row['uid'])), ...this.#noted.keys()]) {
      if (!live.has(uid)) this.#noted.set(uid, undefined);
    }
  }

  /**
   * Writes the position, and all that was remembered, in one transaction.
   * @param position all before it is settled, and the spool is empty: its last entry's position is later
   * @param more further counts as of the position, and what else belongs into the transaction
   * @throws StateError; nothing is written then, and what was remembered is kept for the next commit
   */
  commit(
    position: Position,
    more: { counts?: ReadonlyMap<string, EventCount>; write?: () => void } = {},
  ): void {
    this.#database.transaction(() => {
      for (const [uid, count] of this.#noted) this.#put(uid, count);
      for (const [uid, count] of more.counts ?? []) this.#put(uid, count);
      more.write?.();
      this.#updatePosition.run(formatCheckpoint(position));
    });
    this.#noted.clear();
  }

  /** Closes the file and lets go of its lock. What was remembered and not committed is forgotten. */
  close(): void {
    this.#database.close();
  }

  #put(uid: string, count: EventCount | undefined): void {
    if (count) this.#upsertCount.run(uid, count.revision, count.count);
    else this.#deleteCount.run(uid);
  }
}

function hasReadablePosition(database: StateDatabase): boolean {
  const state = database.prepare('SELECT position FROM state').get();
  if (!state) return false;
  const { position } = state;
  return position === null || (typeof position === 'string' && parseCheckpoint(position) !== undefined);
}
