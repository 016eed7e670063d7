import type { StatementSync } from 'node:sqlite';
import type { LiveEvent } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
import { type Checkpoint, formatCheckpoint, type Positions, parseCheckpoint } from './checkpoint.ts';
import { Spool } from './spool.ts';
import { StateDatabase, type StateObserver } from './state-database.ts';

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

/** The counts of events, by source and key; undefined for an event that is gone. */
type Counts = Map<string, Map<string, LiveEvent | undefined>>;

/**
 * What one process keeps on its own disk: the checkpoint, every live event's count exactly as of its positions, and
 * the spool. All of it changes in transactions, so a crash finds the three in agreement.
 *
 * Everything is synchronous, for a few milliseconds a batch, and after `close` throws.
 */
export class LocalState {
  readonly spool: Spool;
  readonly #database: StateDatabase;
  /** As of the last commit. */
  #positions: Positions;
  #folds: () => unknown = () => undefined;
  /** What the next commit writes. */
  readonly #noted: Counts = new Map();
  readonly #selectCheckpoint: StatementSync;
  readonly #updateCheckpoint: StatementSync;
  readonly #selectCounts: StatementSync;
  readonly #selectKeys: StatementSync;
  readonly #upsertCount: StatementSync;
  readonly #deleteCount: StatementSync;

  private constructor(database: StateDatabase, maxSpoolBytes: number) {
    this.#database = database;
    this.#selectCheckpoint = database.prepare('SELECT checkpoint FROM state');
    this.#updateCheckpoint = database.prepare('UPDATE state SET checkpoint = ?');
    this.#selectCounts = database.prepare('SELECT key, revision, count FROM counts WHERE source = ?');
    this.#selectKeys = database.prepare('SELECT key FROM counts WHERE source = ?');
    this.#upsertCount = database.prepare(
      `INSERT INTO counts VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision, count = excluded.count`,
    );
    this.#deleteCount = database.prepare('DELETE FROM counts WHERE source = ? AND key = ?');
    this.spool = new Spool(database, this, maxSpoolBytes);
    this.#positions = this.checkpoint()?.positions ?? new Map();
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
    const database = StateDatabase.open(folder, maxFileBytes, observer, hasReadableCheckpoint);
    return new LocalState(database, maxSpoolBytes);
  }

  /** As of the last commit: all before it is settled, or in the spool. Undefined for an empty state. */
  checkpoint(): Checkpoint | undefined {
    const text = this.#database.read(() => this.#selectCheckpoint.get()?.['checkpoint']);
    return typeof text === 'string' ? parseCheckpoint(text) : undefined;
  }

  /** The committed count of every event of a source that was live at its position, by key. */
  counts(source: string): Map<string, LiveEvent> {
    return this.#database.read(() => {
      const counts = new Map<string, LiveEvent>();
      for (const { key, revision, count } of this.#selectCounts.iterate(source)) {
        counts.set(String(key), { revision: revision as bigint, count: Number(count) });
      }
      return counts;
    });
  }

  /** Whence the state of the cardinality budget is read that belongs to what is newest in the spool. */
  foldsFrom(read: () => unknown): void {
    this.#folds = read;
  }

  /** Remembers an event's count. It must be the count as of the position that is committed next. */
  note(source: string, key: string, count: LiveEvent): void {
    this.#notedOf(source).set(key, count);
  }

  /** Remembers that an event is gone. */
  forget(source: string, key: string): void {
    this.#notedOf(source).set(key, undefined);
  }

  /** Remembers that no other events than these are live: what a full list says. */
  retain(source: string, keys: Iterable<string>): void {
    const live = new Set(keys);
    const known = this.#database.read(() => this.#selectKeys.all(source));
    const noted = this.#notedOf(source);
    for (const key of [...known.map(row => String(row['key'])), ...noted.keys()]) {
      if (!live.has(key)) noted.set(key, undefined);
    }
  }

  /**
   * Writes the checkpoint, and all that was remembered, in one transaction.
   * @param checkpoint all before it is settled, and the spool is empty. Sources that it doesn't name stay where they
   * are.
   * @throws StateError; nothing is written then, and what was remembered is kept for the next commit
   */
  commit({ positions, folds }: Checkpoint): void {
    this.#commit(positions, folds, () => {});
  }

  /**
   * Writes entries to the spool as `write` does it, the counts of their events, the last entry's position of each
   * source, and all that was remembered, in one transaction.
   * @throws StateError; nothing is written then
   */
  commitSpooled(entries: readonly SpooledCount[], write: () => void): void {
    const positions = new Map<string, Position>();
    for (const { source, position } of entries) positions.set(source, position);
    this.#commit(positions, this.#folds(), () => {
      for (const { source, key, revision, count } of entries) this.#put(source, key, { revision, count });
      write();
    });
  }

  /** Closes the file and lets go of its lock. What was remembered and not committed is forgotten. */
  close(): void {
    this.#database.close();
  }

  #commit(moved: Positions, folds: unknown, write: () => void): void {
    const positions = new Map([...this.#positions, ...moved]);
    this.#database.transaction(() => {
      for (const [source, counts] of this.#noted) {
        for (const [key, count] of counts) this.#put(source, key, count);
      }
      write();
      this.#updateCheckpoint.run(formatCheckpoint({ positions, folds }));
    });
    this.#positions = positions;
    this.#noted.clear();
  }

  #notedOf(source: string): Map<string, LiveEvent | undefined> {
    const noted = this.#noted.get(source) ?? new Map();
    this.#noted.set(source, noted);
    return noted;
  }

  #put(source: string, key: string, count: LiveEvent | undefined): void {
    if (count) this.#upsertCount.run(source, key, count.revision, count.count);
    else this.#deleteCount.run(source, key);
  }
}

/** What is remembered of an entry that goes to the spool. */
interface SpooledCount extends LiveEvent {
  readonly source: string;
  readonly key: string;
  readonly position: Position;
}

function hasReadableCheckpoint(database: StateDatabase): boolean {
  const state = database.prepare('SELECT checkpoint FROM state').get();
  if (!state) return false;
  const { checkpoint } = state;
  return checkpoint === null || (typeof checkpoint === 'string' && parseCheckpoint(checkpoint) !== undefined);
}
