import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';

/** Where the checkpoint is kept across restarts. */
export interface CheckpointStore {
  /** The checkpoint that an earlier run left; undefined where there is none. */
  load(): Promise<Checkpoint | undefined>;
  /** There is a new checkpoint: it is read when it is written, which is soon. */
  save(read: () => Checkpoint): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

const intervalMs = 1000;

/** A checkpoint that ends with the process: it outlives a new configuration. */
export class CheckpointMemory implements CheckpointStore {
  #read: (() => Checkpoint) | undefined;

  async load(): Promise<Checkpoint | undefined> {
    return this.#read?.();
  }

  save(read: () => Checkpoint): void {
    this.#read = read;
  }

  async flush(): Promise<void> {}
}

/** A checkpoint in a file, written whole or not at all, and at most once a second. */
export class CheckpointFile implements CheckpointStore {
  readonly #path: string;
  readonly #failed: (error: Error) => void;
  #pending: (() => Checkpoint) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;

  /** @param failed told of each write that fails; the checkpoint is kept and tried again with the next one */
  constructor(path: string, failed: (error: Error) => void) {
    this.#path = path;
    this.#failed = failed;
  }

  /**
   * The checkpoint that an earlier run left; undefined where there is no file.
   * @throws where the file is there and is no checkpoint, because to start anew would ship everything again
   */
  async load(): Promise<Checkpoint | undefined> {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const checkpoint = parseCheckpoint(text);
    if (!checkpoint) {
      throw new Error(`${this.#path} is no checkpoint of version 1; delete it to start anew`);
    }
    return checkpoint;
  }

  save(read: () => Checkpoint): void {
    this.#pending = read;
    // The first at once: a crash soon after the start has to find it.
    const dueMs = this.#writtenMs + intervalMs - performance.now();
    this.#timer ??= setTimeout(() => this.#write(), Math.max(0, dueMs));
  }

  async flush(): Promise<void> {
    this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pending) return;
    this.#writtenMs = performance.now();
    try {
      writeAtomically(this.#path, `${formatCheckpoint(this.#pending())}\n`);
      this.#pending = undefined;
    } catch (error) {
      this.#failed(error as Error);
    }
  }
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
