import type { LiveEvent, LiveEvents } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
import type { Start } from '../kubernetes/reader.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { LocalState } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';
import { StateError } from './state-error.ts';

/** How often the local state is written, in milliseconds. */
const intervalMs = 1000;

/**
 * Keeps the two accounts of what has been delivered: the checkpoint, which replicas share, and the local state, which
 * also knows every count. The local one is written first, so that it is never behind.
 */
export class Ledger {
  readonly #store: CheckpointStore | undefined;
  readonly #state: LocalState | undefined;
  #position: Position | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: CheckpointStore | undefined, state: LocalState | undefined) {
    this.#store = store;
    this.#state = state;
  }

  /** Where to begin: at the later of the two accounts. The spool is left with what the checkpoint doesn't have. */
  start(checkpoint: Position | undefined): Start | undefined {
    const local = this.#state?.position();
    if (!this.#state || !local) return checkpoint && { position: checkpoint };
    // Another replica has gone further, or on in a history that was restored: what is known here is old.
    const rewound = checkpoint && checkpoint.at < local.at && (checkpoint.time ?? 0) > (local.time ?? 0);
    if (checkpoint && (rewound || checkpoint.from > local.from)) {
      this.#state.spool.clear();
      return { position: checkpoint };
    }
    if (checkpoint) this.#state.spool.discardThrough(checkpoint.from);
    return { position: local, known: this.#state.counts() };
  }

  /** A list is in: forgets what is gone, and, where nothing was known before, learns what is not to be shipped. */
  listed(live: LiveEvents, from: bigint, known: boolean): void {
    if (!this.#state) return;
    const keys: string[] = [];
    for (const [uid, event] of live.entries()) {
      keys.push(uid);
      if (known) continue;
      if (event.revision <= from) this.#state.note(uid, event);
      else this.#state.forget(uid);
    }
    this.#state.retain(keys);
  }

  /** The position has moved, over these entries. */
  advanced(position: Position, passed: readonly QueuedEntry[]): void {
    if (!this.#state) {
      this.#store?.save(position);
      return;
    }
    for (const { sequence, uid, revision, count } of passed) {
      // What went through the spool was noted when it was written there.
      if (sequence === undefined) this.#state.note(uid, { revision, count });
    }
    this.#position = position;
    this.#timer ??= setTimeout(() => this.#commit(), intervalMs);
  }

  /** A revision that is not to be delivered. */
  skipped(uid: string, count: LiveEvent): void {
    this.#state?.note(uid, count);
  }

  /** An event is no longer there. */
  gone(uid: string): void {
    this.#state?.forget(uid);
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    this.#commit();
    await this.#store?.flush();
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#position) return;
    try {
      // While the spool holds entries, the local position is past them already.
      if (this.#state && this.#state.spool.length === 0) this.#state.commit(this.#position);
    } catch (error) {
      if (!(error instanceof StateError && error.class === 'full')) throw error;
      this.#timer = setTimeout(() => this.#commit(), intervalMs);
      return;
    }
    this.#store?.save(this.#position);
    this.#position = undefined;
  }
}
