import type { Checkpoint } from '../delivery/checkpoint.ts';
import type { CheckpointStore } from '../delivery/checkpoint-store.ts';
import { ApiError } from './api-error.ts';
import type { Clock } from './clock.ts';
import type { ElectionObserver, ElectionStep } from './election.ts';
import { type Lease, type LeaseObject, leaseSeconds, neverHeld, renewed, taken } from './lease.ts';

const renewalMs = 2000;
/** Between tries where a renewal failed. */
const retryMs = 1000;
/** A push that begins has this long to end before a standby may take over. */
const marginMs = 2000;
/** A write that keeps meeting other writers of the Lease is given up until the next renewal. */
const conflictTries = 3;
/** A release that fails costs the next leader the rest of the lease. */
const releaseTries = 3;

/**
 * One term of a leader, from the takeover until another holder stands on the Lease or it is released. Its
 * checkpoint is written with its renewals, and the Lease's resourceVersion fences them: a leader that was deposed
 * can't write over its successor's.
 */
export class Term implements CheckpointStore {
  readonly #lease: Lease;
  readonly #identity: string;
  readonly #observer: ElectionObserver;
  readonly #clock: Clock;
  readonly #start: Checkpoint | undefined;
  readonly #lost = new AbortController();
  /** Ends the renewals. */
  readonly #ended = new AbortController();
  /** The Lease as it was last written or read; undefined while there is none. */
  #object: LeaseObject | undefined;
  #renewedMs: number;
  /** The newest checkpoint, and how many there have been; the number that is written. */
  #read: () => Checkpoint | undefined;
  #saved = 0;
  #written = 0;
  /** The last of the writes, which follow one another. */
  #writing: Promise<boolean> = Promise.resolve(true);

  constructor(
    parts: { lease: Lease; identity: string; observer: ElectionObserver; clock: Clock },
    start: { object: LeaseObject; checkpoint: Checkpoint | undefined; renewedMs: number },
  ) {
    this.#lease = parts.lease;
    this.#identity = parts.identity;
    this.#observer = parts.observer;
    this.#clock = parts.clock;
    this.#object = start.object;
    this.#start = start.checkpoint;
    this.#read = () => start.checkpoint;
    this.#renewedMs = start.renewedMs;
    void this.#renewals();
  }

  /**
   * Whether a push that begins now is inside the lease, by the monotonic clock. False while renewals fail for too
   * long, and true again once one succeeds; false for ever once the term is lost or released.
   */
  held(): boolean {
    if (this.#ended.signal.aborted) return false;
    return this.#clock.now() < this.#renewedMs + leaseSeconds * 1000 - marginMs;
  }

  /** Aborts when another holder is seen on the Lease. An API server that is away doesn't end a term. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The checkpoint that stood on the Lease when the term began. */
  async load(): Promise<Checkpoint | undefined> {
    return this.#start;
  }

  /** The next renewal writes it. */
  save(read: () => Checkpoint): void {
    this.#read = read;
    this.#saved += 1;
  }

  /** Renews at once where the checkpoint isn't written yet. One try; a failure goes to the observer. */
  async flush(): Promise<void> {
    if (this.#ended.signal.aborted || this.#saved === this.#written) return;
    await this.#write(this.#identity, 'renewal');
  }

  /** Ends the term: writes the checkpoint and no holder, so that a standby takes over when it next looks. */
  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (let tries = 1; tries <= releaseTries; tries += 1) {
      if (await this.#write('', 'release')) {
        this.#observer.released();
        return;
      }
      if (this.#lost.signal.aborted || tries === releaseTries) return;
      await this.#clock.sleep(retryMs, this.#lost.signal);
    }
  }

  async #renewals(): Promise<void> {
    const { signal } = this.#ended;
    let waitMs = renewalMs;
    while (true) {
      await this.#clock.sleep(waitMs, signal);
      if (signal.aborted) return;
      waitMs = (await this.#write(this.#identity, 'renewal')) ? renewalMs : retryMs;
    }
  }

  /** Writes the Lease after every write before it; whether that succeeded. */
  #write(holder: string, what: ElectionStep): Promise<boolean> {
    this.#writing = this.#writing.then(async () => {
      // Released or lost while it waited.
      if (this.#lost.signal.aborted || (what === 'renewal' && this.#ended.signal.aborted)) return false;
      try {
        return await this.#writeOnce(holder);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#observer.failed(error, what);
        return false;
      }
    });
    return this.#writing;
  }

  async #writeOnce(holder: string): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const saved = this.#saved;
      const sentMs = this.#clock.now();
      try {
        this.#object = await this.#send(holder, this.#read());
        this.#renewedMs = sentMs;
        this.#written = saved;
        if (holder) this.#observer.renewed();
        return true;
      } catch (error) {
        if (!isRefusal(error) || tries === conflictTries) throw error;
        const found = await this.#lease.read();
        const stands = found?.spec?.holderIdentity ?? '';
        if (found && stands !== this.#identity && !neverHeld(found)) {
          // Nobody is also what a release whose answer was lost has left.
          if (holder === '' && stands === '') return true;
          this.#lose(stands);
          return false;
        }
        const changed = error.status === 409 || (found === undefined) !== (this.#object === undefined);
        this.#object = found;
        if (!changed) throw error;
      }
    }
  }

  #send(holder: string, checkpoint: Checkpoint | undefined): Promise<LeaseObject> {
    const tenure = { holder, checkpoint };
    if (this.#object && !neverHeld(this.#object)) return this.#lease.update(renewed(this.#object, tenure));
    // Deleted under us, and maybe made again: it goes on with the checkpoint that only we know by now.
    if (this.#object) return this.#lease.update(taken(this.#object, tenure));
    const { namespace, name } = this.#lease;
    return this.#lease.create(taken({ metadata: { namespace, name } }, tenure));
  }

  #lose(holder: string): void {
    this.#ended.abort();
    this.#lost.abort(new Error(`the Lease is held by ${holder || 'no one'} now`));
    this.#observer.lost(holder);
  }
}

/** A write that the API server refused for the state of the Lease or our rights, not one that it failed at. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
