import type { StatementSync } from 'node:sqlite';
import type { StateDatabase } from './state-database.ts';

/** The labels of spooled entries' streams: they repeat, so they are stored once, under a number. */
export class StateStreams {
  readonly #ids = new Map<string, number>();
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #removeAll: StatementSync;

  constructor(database: StateDatabase) {
    this.#select = database.prepare('SELECT id FROM streams WHERE labels = ?');
    this.#insert = database.prepare('INSERT INTO streams (labels) VALUES (?)');
    this.#removeAll = database.prepare('DELETE FROM streams');
  }

  /** The number of a stream, given now where it is new; within a transaction. */
  idOf(labels: string): number {
    let id = this.#ids.get(labels);
    if (id === undefined) {
      id = Number(this.#select.get(labels)?.['id'] ?? this.#insert.run(labels).lastInsertRowid);
      this.#ids.set(labels, id);
    }
    return id;
  }

  /** Within a transaction, when no entry is left: streams come and go with what runs in a cluster. */
  removeAll(): void {
    this.#removeAll.run();
    this.#ids.clear();
  }

  /** A transaction was undone, and with it the numbers that it gave. */
  undone(): void {
    this.#ids.clear();
  }
}
