import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../../exporter/delivery/checkpoint.ts';
import type { CheckpointStore } from '../../exporter/delivery/checkpoint-store.ts';

/** What outlives a process: the last checkpoint that was written, as text. */
export interface StoredCheckpoint {
  text: string | undefined;
}

/** A checkpoint that is written when the test says so, as a file or a Lease is when its time has come. */
export class SlowCheckpoint implements CheckpointStore {
  readonly #stored: StoredCheckpoint;
  #pending: (() => Checkpoint) | undefined;
  #crashed = false;

  constructor(stored: StoredCheckpoint) {
    this.#stored = stored;
  }

  async load(): Promise<Checkpoint | undefined> {
    return this.#stored.text === undefined ? undefined : parseCheckpoint(this.#stored.text);
  }

  save(read: () => Checkpoint): void {
    this.#pending = read;
  }

  async flush(): Promise<void> {
    this.write();
  }

  /** Writes what was saved last. */
  write(): void {
    if (!this.#pending || this.#crashed) return;
    this.#stored.text = formatCheckpoint(this.#pending());
    this.#pending = undefined;
  }

  /** The process is gone: nothing more is written. */
  crash(): void {
    this.#crashed = true;
  }
}
