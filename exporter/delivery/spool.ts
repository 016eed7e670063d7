import type { Position } from '../kubernetes/position.ts';
import { formatFoldable, parseFoldable } from '../loki/cardinality/foldable.ts';
import { formatPosition, parsePosition } from './checkpoint.ts';
import type { LocalState } from './local-state.ts';
import type { BatchLimits, QueuedEntry, Spool as SpoolOfQueue } from './queue.ts';
import type { StateDatabase } from './state-database.ts';
import { StateError } from './state-error.ts';
import { StateStreams } from './state-streams.ts';

/** An entry that waits on disk. */
export interface SpooledEntry extends QueuedEntry {
  /** Its place in the order in which entries came; never used again. */
  sequence: number;
}

/** An entry's new form: see `Spool.replace`. */
export type Replacement = Readonly<Pick<SpooledEntry, 'sequence' | 'timestamp' | 'bytes'>>;

/** What a row costs beside its texts and bytes: numbers, headers, its share of the page's rest. An estimate. */
const overheadBytes = 100;

/**
 * Encoded entries on disk, first in, first out. What is in it is as safe as what Loki has taken: a restart goes on
 * at the last entry's position, and the entries are still to be delivered.
 */
export class Spool implements SpoolOfQueue {
  /** At this many bytes it is full. */
  readonly maxBytes: number;
  readonly #database: StateDatabase;
  readonly #state: LocalState;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #streams: StateStreams;
  #totals: Totals;

  /** Made by `LocalState`, whose position and counts move together with the spool. */
  constructor(database: StateDatabase, state: LocalState, maxBytes: number) {
    this.#database = database;
    this.#state = state;
    this.maxBytes = maxBytes;
    this.#statements = prepareStatements(database);
    this.#streams = new StateStreams(database);
    const row = database.read(() => this.#statements.selectTotals.get());
    this.#totals = {
      bytes: Number(row?.['spool_bytes']),
      length: Number(row?.['spool_length']),
      nextSequence: Number(row?.['next_sequence']),
    };
  }

  /** Bytes of all entries with what is stored beside each. The file is some tenths larger. */
  get bytes(): number {
    return this.#totals.bytes;
  }

  get length(): number {
    return this.#totals.length;
  }

  /** Whether it has reached its bound. A batch is let in whole, so it can be that batch larger. */
  get full(): boolean {
    return this.bytes >= this.maxBytes;
  }

  /**
   * Adds entries at the end and gives each its `sequence`, in one transaction with their events' counts, what the
   * local state was told to remember, and the local position of each source. So all that came before them has to be
   * settled or in the spool.
   * @throws StateError; nothing is added then
   */
  append(entries: readonly QueuedEntry[]): void {
    if (entries.length === 0) return;
    const totals = { ...this.#totals, length: this.length + entries.length };
    const sequences: number[] = [];
    const insert = () => {
      for (const entry of entries) {
        totals.bytes += this.#insert(totals.nextSequence, entry);
        sequences.push(totals.nextSequence);
        totals.nextSequence += 1;
      }
    };
    this.#commit(totals, insert, entries);
    entries.forEach((entry, index) => {
      const sequence = sequences[index];
      if (sequence !== undefined) entry.sequence = sequence;
    });
  }

  /** The oldest entries after a sequence, up to the limits but at least one, where there is one. They stay. */
  peek(afterSequence: number, limits: BatchLimits): SpooledEntry[] {
    return this.#database.read(() => {
      const batch: SpooledEntry[] = [];
      let bytes = 0;
      for (const row of this.#statements.peek.iterate(afterSequence, limits.maxEntries)) {
        const entry = entryOf(row as unknown as Row);
        bytes += entry.bytes.length;
        if (batch.length > 0 && bytes > limits.maxBytes) break;
        batch.push(entry);
      }
      return batch;
    });
  }

  /** Removes the entries after a sequence, up to and with another, which have been settled. Returns how many. */
  removeRange(afterSequence: number, throughSequence: number): number {
    return this.#remove(afterSequence, throughSequence);
  }

  /** Removes the entries up to and with a sequence, which have been settled. Returns how many. */
  remove(throughSequence: number): number {
    return this.#remove(0, throughSequence);
  }

  /**
   * Gives up the oldest entries after a sequence until so many bytes are freed, and what it is over its bound.
   * Returns how many entries; they are lost.
   */
  dropOldest(bytes: number, afterSequence = 0): number {
    const wanted = bytes + Math.max(0, this.bytes - this.maxBytes);
    let freed = 0;
    let through = afterSequence;
    this.#database.read(() => {
      for (const { sequence, size } of this.#statements.sizes.iterate(afterSequence)) {
        if (freed >= wanted) break;
        freed += Number(size);
        through = Number(sequence);
      }
    });
    return this.#remove(afterSequence, through);
  }

  /**
   * Removes the oldest entries of a source as far as a checkpoint says that they are settled, which a crash between
   * the settlement and `remove` leaves. Returns how many.
   * @param from the checkpoint's; without it every entry, because another replica has delivered them
   */
  discard(source: string, from?: bigint): number {
    const first =
      from === undefined
        ? undefined
        : this.#database.read(() => this.#statements.firstAfterRevision.get(source, from)?.['sequence']);
    const before = first === undefined ? this.#totals.nextSequence : Number(first);
    const row = this.#database.read(() => this.#statements.sumOfSource.get(source, before));
    return this.#removeRows(row, () => this.#statements.removeOfSource.run(source, before));
  }

  /**
   * Gives waiting entries their new time and bytes, in one transaction. Those that are no longer there are passed
   * over.
   */
  replace(replacements: readonly Replacement[]): void {
    const totals = { ...this.#totals };
    this.#commit(totals, () => {
      for (const { sequence, timestamp, bytes } of replacements) {
        const before = this.#statements.selectLengths.get(sequence);
        if (!before) continue;
        const text = String(timestamp);
        const grown = bytes.length + text.length - Number(before['lengths']);
        this.#statements.replace.run(text, bytes, grown, sequence);
        totals.bytes += grown;
      }
    });
  }

  #remove(after: number, through: number): number {
    const row = this.#database.read(() => this.#statements.sum.get(after, through));
    return this.#removeRows(row, () => this.#statements.remove.run(after, through));
  }

  /** @param sum of what is removed: `bytes` and `length` */
  #removeRows(sum: Record<string, unknown> | undefined, remove: () => void): number {
    const length = Number(sum?.['length']);
    if (length === 0) return 0;
    const totals = {
      ...this.#totals,
      bytes: this.bytes - Number(sum?.['bytes']),
      length: this.length - length,
    };
    this.#commit(totals, () => {
      remove();
      if (totals.length === 0) this.#streams.removeAll();
    });
    return length;
  }

  /** One transaction that ends with the totals, which hold once it is committed; with what was added, if any was. */
  #commit(totals: Totals, write: () => void, added: readonly QueuedEntry[] = []): void {
    const writeAll = () => {
      write();
      this.#statements.updateTotals.run(totals.bytes, totals.length, totals.nextSequence);
    };
    try {
      if (added.length > 0) this.#state.commitSpooled(added, writeAll);
      else this.#database.transaction(writeAll);
    } catch (error) {
      this.#streams.undone();
      throw error;
    }
    this.#totals = totals;
  }

  /** Returns the row's size. */
  #insert(sequence: number, entry: QueuedEntry): number {
    const position = formatLean(entry.position);
    const foldable = formatFoldable(entry.foldable);
    // Text, because a year beyond 2262 has more nanoseconds than SQLite's integers hold.
    const timestamp = String(entry.timestamp);
    const { revision, count, source, key, bytes } = entry;
    const texts = [timestamp, source, key, position, foldable] as const;
    const size = texts.reduce((sum, text) => sum + text.length, bytes.length + overheadBytes);
    const stream = this.#streams.idOf(entry.stream);
    this.#statements.insert.run(sequence, size, revision, count, stream, ...texts, bytes);
    return size;
  }
}

interface Totals {
  bytes: number;
  length: number;
  nextSequence: number;
}

interface Row {
  readonly sequence: bigint;
  readonly revision: bigint;
  readonly count: bigint;
  readonly labels: string;
  readonly timestamp: string;
  readonly source: string;
  readonly key: string;
  readonly position: string;
  readonly foldable: string;
  readonly bytes: Uint8Array;
}

function prepareStatements(database: StateDatabase) {
  return {
    selectTotals: database.prepare('SELECT spool_bytes, spool_length, next_sequence FROM state'),
    updateTotals: database.prepare('UPDATE state SET spool_bytes = ?, spool_length = ?, next_sequence = ?'),
    insert: database.prepare('INSERT INTO spool VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    peek: database.prepare(
      `SELECT sequence, revision, count, labels, timestamp, source, key, position, foldable, bytes
       FROM spool JOIN streams ON streams.id = stream WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    ),
    sizes: database.prepare('SELECT sequence, size FROM spool WHERE sequence > ? ORDER BY sequence'),
    sum: database.prepare(
      'SELECT sum(size) AS bytes, count(*) AS length FROM spool WHERE sequence > ? AND sequence <= ?',
    ),
    remove: database.prepare('DELETE FROM spool WHERE sequence > ? AND sequence <= ?'),
    firstAfterRevision: database.prepare(
      'SELECT sequence FROM spool WHERE source = ? AND revision > ? ORDER BY sequence LIMIT 1',
    ),
    sumOfSource: database.prepare(
      'SELECT sum(size) AS bytes, count(*) AS length FROM spool WHERE source = ? AND sequence < ?',
    ),
    removeOfSource: database.prepare('DELETE FROM spool WHERE source = ? AND sequence < ?'),
    selectLengths: database.prepare(
      'SELECT length(bytes) + length(timestamp) AS lengths FROM spool WHERE sequence = ?',
    ),
    replace: database.prepare(
      'UPDATE spool SET timestamp = ?, bytes = ?, size = size + ? WHERE sequence = ?',
    ),
  };
}

/** @throws StateError `damaged` where a text can't be read */
function entryOf(row: Row): SpooledEntry {
  try {
    return {
      sequence: Number(row.sequence),
      stream: row.labels,
      timestamp: BigInt(row.timestamp),
      bytes: row.bytes,
      source: row.source,
      key: row.key,
      revision: row.revision,
      count: Number(row.count),
      position: parsePosition(JSON.parse(row.position)),
      foldable: parseFoldable(row.foldable),
    };
  } catch (error) {
    throw new StateError('damaged', `the spooled entry ${row.sequence} can't be read`, error);
  }
}

/** The counts of before a list are in a table of their own, not on each of its entries. */
function formatLean({ counts: _, ...position }: Position): string {
  return JSON.stringify(formatPosition(position));
}
