import { accessSync, constants, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StateError, toStateError } from './state-error.ts';

/** What the local state tells of itself, to metrics and the log. */
export interface StateObserver {
  /** One transaction, committed, in seconds. */
  committed(seconds: number): void;
  /** The file was broken and is now at `movedTo`. */
  damaged(movedTo: string, reason: string): void;
}

/** Marks the file as ours (`file state.db` shows it), and its layout. */
const applicationId = 0x6b65766c;
const schemaVersion = 2;

/** The last column of `spool` is the largest: SQLite reads a row's front without the pages that its end fills. */
const schema = `
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    checkpoint TEXT,
    spool_bytes INTEGER NOT NULL,
    spool_length INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, NULL, 0, 0, 1);
  CREATE TABLE counts (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (source, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE spool (
    sequence INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    count INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    timestamp TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    position TEXT NOT NULL,
    foldable TEXT NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** How long opening waits for another process to end. It blocks the event loop. */
const busyTimeoutMs = 1000;
const pageBytes = 4096;
const walBytesLimit = 16 << 20;
/** Pages that one transaction gives back to the disk at most, so that it stays short. */
const shrinkPages = 1024;

/**
 * The local state's file, `state.db` in a folder of its own, open in this process alone. The write-ahead log is
 * copied into the file every 4 MiB and cut back to 16 MiB if one transaction made it larger; the file itself never
 * grows over the bound it is opened with, and shrinks again once seven eighths of it are free.
 *
 * A killed process loses nothing that was committed. A power failure can lose the newest commits, never an older
 * one than that, nor half of one (WAL with synchronous=NORMAL).
 */
export class StateDatabase {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #observer: StateObserver;
  readonly #freePages: StatementSync;
  readonly #allPages: StatementSync;

  private constructor(path: string, database: DatabaseSync, observer: StateObserver) {
    this.path = path;
    this.#database = database;
    this.#observer = observer;
    this.#freePages = database.prepare('PRAGMA freelist_count');
    this.#allPages = database.prepare('PRAGMA page_count');
  }

  /**
   * Opens the file, made where it is missing. A broken one is moved aside, and an empty one takes its place.
   * @param isSound whether the content can be read: a further reason to move it aside
   * @throws StateError `in_use`, `newer`, `unusable` or `full`
   */
  static open(
    folder: string,
    maxFileBytes: number,
    observer: StateObserver,
    isSound: (database: StateDatabase) => boolean,
  ): StateDatabase {
    const path = join(folder, 'state.db');
    makeFolder(folder);
    for (let tries = 1; ; tries += 1) {
      const database = new DatabaseSync(path, { open: false, timeout: busyTimeoutMs });
      try {
        database.open();
        prepareFile(database, path, maxFileBytes);
        const opened = new StateDatabase(path, database, observer);
        if (!isSound(opened)) throw new StateError('damaged', `${path} holds no checkpoint that can be read`);
        return opened;
      } catch (cause) {
        const error = toStateError(cause, path);
        if (database.isOpen) database.close();
        if (tries > 1 || !(error instanceof StateError) || error.class !== 'damaged') throw error;
        observer.damaged(moveAside(path), error.message);
      }
    }
  }

  prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    // resourceVersions may be larger than a number holds.
    statement.setReadBigInts(true);
    return statement;
  }

  /**
   * Does all of the work, or none of it.
   * @throws StateError; what the work changed is undone then
   */
  transaction(work: () => void): void {
    const began = performance.now();
    this.read(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.#database.exec('COMMIT');
      } catch (error) {
        // A full disk may have rolled it back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
    this.#shrink();
    this.#observer.committed((performance.now() - began) / 1000);
  }

  /** Runs a query, its failures as a StateError. A file that turns out to be broken is closed and moved aside. */
  read<T>(query: () => T): T {
    try {
      return query();
    } catch (cause) {
      const error = toStateError(cause, this.path);
      if (error instanceof StateError && error.class === 'damaged') {
        this.close();
        this.#observer.damaged(moveAside(this.path), error.message);
      }
      throw error;
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Gives free pages back to the disk, a slice at a time; while little is in use, because pages in use must move. */
  #shrink(): void {
    const free = Number(this.#freePages.get()?.['freelist_count']);
    if (free <= shrinkPages || free * 8 < Number(this.#allPages.get()?.['page_count']) * 7) return;
    try {
      this.#database.exec(`PRAGMA incremental_vacuum(${shrinkPages})`);
    } catch {
      // The transaction before it is committed; what is wrong with the disk comes up in the next one.
    }
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StateError(
      'unusable',
      `the state folder ${folder} can't be written to: ${(error as Error).message}; give one that this user may write to`,
      error,
    );
  }
}

function prepareFile(database: DatabaseSync, path: string, maxFileBytes: number): void {
  // Held until the file is closed; and with it the log needs no shared memory, which network disks don't have.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  // Both can be chosen for a new file only, and would write to one of a later version.
  if (pragma(database, 'page_count') === 0) {
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`);
  }
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = ${walBytesLimit};
    PRAGMA max_page_count = ${Math.ceil(maxFileBytes / pageBytes)};
    BEGIN EXCLUSIVE;
  `);
  const id = pragma(database, 'application_id');
  const version = Number(pragma(database, 'user_version'));
  const isEmpty = !database.prepare('SELECT 1 FROM sqlite_schema').get();
  if (isEmpty && id === 0 && version === 0) database.exec(schema);
  else if (id === applicationId && version > schemaVersion) {
    throw new StateError(
      'newer',
      `${path} was written by a later version (its schema is ${version}, this one knows ${schemaVersion}); run that version, or delete the file to start anew`,
    );
  } else if (id !== applicationId || version !== schemaVersion) {
    throw new StateError('damaged', `${path} is of an unknown schema`);
  }
  database.exec('COMMIT');
  // Not the spool: reading all of it takes too long at a start. It is checked as it is read.
  for (const table of ['state', 'counts', 'streams']) {
    const problem = pragma(database, 'quick_check', `('${table}')`);
    if (problem !== 'ok') throw new StateError('damaged', `${path} is damaged: ${problem}`);
  }
}

function pragma(database: DatabaseSync, name: string, argument = ''): unknown {
  return database.prepare(`PRAGMA ${name}${argument}`).get()?.[name];
}

/** Moves the file and its log out of the way, and returns the file's new path. */
function moveAside(path: string): string {
  const target = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}
