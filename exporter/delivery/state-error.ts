/**
 * What can be done about a failure of the local state, decided once, where it happens:
 * - `full`: there is no room on the disk, or the file is at its bound. Nothing of the transaction was kept; it may
 *   be tried again once entries are removed.
 * - `in_use`: another process has the file open.
 * - `damaged`: the file's content is broken. It is moved aside; open the state again to go on with an empty one.
 * - `newer`: a later version of this program wrote the file.
 * - `unusable`: the folder or the disk refuses: rights, a read-only mount, an I/O error.
 */
export type StateErrorClass = 'full' | 'in_use' | 'damaged' | 'newer' | 'unusable';

/** A failure of the local state on disk. */
export class StateError extends Error {
  readonly class: StateErrorClass;

  constructor(errorClass: StateErrorClass, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StateError';
    this.class = errorClass;
  }
}

/** SQLite's primary result codes. Source: https://www.sqlite.org/rescode.html */
const classOfCode: Readonly<Record<number, StateErrorClass>> = {
  3: 'unusable', // PERM
  5: 'in_use', // BUSY
  8: 'unusable', // READONLY
  10: 'unusable', // IOERR
  11: 'damaged', // CORRUPT
  13: 'full', // FULL
  14: 'unusable', // CANTOPEN
  26: 'damaged', // NOTADB
};

/**
 * The failure of one SQLite call as a StateError; any other error, a fault in a query too, comes back as it is.
 * @param path the database's file, for the message
 */
export function toStateError(error: unknown, path: string): unknown {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  if (!(error instanceof Error) || typeof code !== 'number') return error;
  // The lower eight bits are the primary code, the others say more about it.
  const errorClass = classOfCode[code & 0xff];
  return errorClass ? new StateError(errorClass, explain(errorClass, path, error.message), error) : error;
}

function explain(errorClass: StateErrorClass, path: string, message: string): string {
  switch (errorClass) {
    case 'full':
      return `no room for ${path}: ${message}; free some space on its disk, or lower state.spool.maxBytes`;
    case 'in_use':
      return `another process uses ${path}; stop it, or give this one a state folder of its own`;
    case 'damaged':
      return `${path} is damaged: ${message}`;
    case 'newer':
    case 'unusable':
      return `${path} can't be used: ${message}; give a state folder on a disk that this user may write to`;
  }
}
