import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Position } from '../kubernetes/position.ts';

/** The checkpoint as it is stored. resourceVersions are text in JSON: they may be larger than a number holds. */
interface Stored {
  readonly version: 1;
  /** By source; resourceVersions compare only within one. */
  readonly sources: Readonly<Record<string, StoredPosition>>;
}

interface StoredPosition {
  readonly from: string;
  readonly at: string;
  readonly baseline?: 'unknown';
  readonly since?: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** RFC 3339. */
  readonly time?: string;
  readonly witness?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly revision: string;
  };
}

/** Where the position is kept across restarts. */
export interface CheckpointStore {
  /** The position that an earlier run left; undefined where there is none. */
  load(): Promise<Position | undefined>;
  /** Remembers the position, and writes it soon. */
  save(position: Position): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** The source that `/api/v1/events` of the one cluster is. */
const source = 'core/v1/events';

const intervalMs = 1000;

/** A checkpoint that ends with the process: it outlives a new configuration. */
export class CheckpointMemory implements CheckpointStore {
  #position: Position | undefined;

  async load(): Promise<Position | undefined> {
    return this.#position;
  }

  save(position: Position): void {
    this.#position = position;
  }

  async flush(): Promise<void> {}
}

/** A checkpoint in a file, written whole or not at all, and at most once a second. */
export class CheckpointFile implements CheckpointStore {
  readonly #path: string;
  readonly #failed: (error: Error) => void;
  #pending: Position | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;

  /** @param failed told of each write that fails; the position is kept and tried again with the next one */
  constructor(path: string, failed: (error: Error) => void) {
    this.#path = path;
    this.#failed = failed;
  }

  /**
   * The position that an earlier run left; undefined where there is no file.
   * @throws where the file is there and is no checkpoint, because to start anew would ship everything again
   */
  async load(): Promise<Position | undefined> {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const position = parseCheckpoint(text);
    if (!position) {
      throw new Error(`${this.#path} is no checkpoint of version 1; delete it to start anew`);
    }
    return position;
  }

  /** Remembers the position and writes it soon. */
  save(position: Position): void {
    this.#pending = position;
    // The first at once: a crash soon after the start has to find it.
    const dueMs = this.#writtenMs + intervalMs - performance.now();
    this.#timer ??= setTimeout(() => this.#write(), Math.max(0, dueMs));
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pending) return;
    this.#writtenMs = performance.now();
    try {
      writeAtomically(this.#path, `${formatCheckpoint(this.#pending)}\n`);
      this.#pending = undefined;
    } catch (error) {
      this.#failed(error as Error);
    }
  }
}

/** The position in a stored checkpoint; undefined for what is none. */
export function parseCheckpoint(text: string): Position | undefined {
  try {
    const stored = JSON.parse(text) as Stored;
    const position = stored.version === 1 ? stored.sources[source] : undefined;
    if (!position) return undefined;
    const { from, at, time, witness, baseline, since, counts } = position;
    return {
      from: BigInt(from),
      at: BigInt(at),
      ...(baseline && { baseline }),
      ...(since && { since: BigInt(since) }),
      ...(counts && { counts }),
      ...(time && { time: Date.parse(time) }),
      ...(witness && { witness: { ...witness, revision: BigInt(witness.revision) } }),
    };
  } catch {
    return undefined;
  }
}

/** The checkpoint as JSON on one line. */
export function formatCheckpoint({ from, at, time, witness, baseline, since, counts }: Position): string {
  const position: StoredPosition = {
    from: String(from),
    at: String(at),
    ...(baseline && { baseline }),
    ...(since !== undefined && { since: String(since) }),
    ...(counts && { counts }),
    ...(time !== undefined && { time: new Date(time).toISOString() }),
    ...(witness && { witness: { ...witness, revision: String(witness.revision) } }),
  };
  const stored: Stored = { version: 1, sources: { [source]: position } };
  return JSON.stringify(stored);
}

function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
