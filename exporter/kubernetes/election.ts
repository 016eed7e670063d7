import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Checkpoint } from '../delivery/checkpoint.ts';
import { ApiError } from './api-error.ts';
import { type Clock, monotonicClock } from './clock.ts';
import { type Lease, type LeaseObject, leaseSeconds, taken } from './lease.ts';
import { Term } from './term.ts';

/** What an election tells of itself, to metrics, health and the log. */
export interface ElectionObserver {
  /** Another replica holds the Lease, and this one stands by; told once for each holder. */
  standby(holder: string): void;
  acquired(term: { checkpoint: Checkpoint | undefined; transitions: number }): void;
  renewed(): void;
  /** Someone else took the Lease: the term is over. */
  lost(holder: string): void;
  /** The Lease was given back on purpose. */
  released(): void;
  /** A request failed, and is tried again; the message says what to do. */
  failed(error: ApiError, what: ElectionStep): void;
}

/** What was being done when a request failed. */
export type ElectionStep = 'standby' | 'takeover' | 'renewal' | 'release';

/** How often a standby looks at the Lease, at most; jitter makes it up to a fifth sooner. */
const pollMs = 2000;

/** The record of a Lease, and since when it stands, by our own clock. */
interface Observation {
  readonly record: string;
  readonly sinceMs: number;
  readonly readMs: number;
}

/**
 * Leader election on a Lease: one replica at a time holds it. No wall clocks are compared: a holder is gone once
 * its record has stood unchanged for the lease's duration while we watched.
 */
export class Election {
  /** Of this process alone: after a restart under the same host name an earlier term is someone else's. */
  readonly identity = `${hostname()}_${randomUUID()}`;
  readonly #lease: Lease;
  readonly #observer: ElectionObserver;
  readonly #clock: Clock;
  #observed: Observation | undefined;
  #freeAtMs = 0;
  #holder = '';

  constructor(lease: Lease, observer: ElectionObserver, clock: Clock = monotonicClock) {
    this.#lease = lease;
    this.#observer = observer;
    this.#clock = clock;
  }

  /**
   * Stands by until this replica holds the Lease. Failures go to the observer and are tried again.
   * @returns the term; undefined once the signal aborts, and then the Lease is not held
   */
  async acquire(signal: AbortSignal): Promise<Term | undefined> {
    this.#observed = undefined;
    this.#holder = '';
    while (!signal.aborted) {
      const term = await this.#look();
      if (term && !signal.aborted) return term;
      // The signal doesn't cut a request short: one that takes the Lease has to be known, to give it back.
      await term?.release();
      await this.#clock.sleep(this.#untilNextLook(), signal);
    }
    return undefined;
  }

  /** Looks at the Lease, and takes it where it is free. */
  async #look(): Promise<Term | undefined> {
    let object: LeaseObject | undefined;
    try {
      object = await this.#lease.read();
    } catch (error) {
      // The next good look is told again.
      this.#holder = '';
      this.#report(error, 'standby');
      return undefined;
    }
    if (object && !this.#isFree(object)) return undefined;
    try {
      return await this.#take(object);
    } catch (error) {
      // Another standby was faster.
      if (!(error instanceof ApiError && error.status === 409)) this.#report(error, 'takeover');
      return undefined;
    }
  }

  async #take(object: LeaseObject | undefined): Promise<Term> {
    const { namespace, name } = this.#lease;
    const checkpoint = object && this.#lease.checkpointOf(object);
    const wanted = taken(object ?? { metadata: { namespace, name } }, {
      holder: this.identity,
      checkpoint,
    });
    // From before the request: a standby's clock starts only once the answer is written.
    const sentMs = this.#clock.now();
    const held = object ? await this.#lease.update(wanted) : await this.#lease.create(wanted);
    const term = new Term(
      { lease: this.#lease, identity: this.identity, observer: this.#observer, clock: this.#clock },
      { object: held, checkpoint, renewedMs: sentMs },
    );
    this.#observer.acquired({ checkpoint, transitions: held.spec?.leaseTransitions ?? 0 });
    return term;
  }

  #isFree({ metadata, spec = {} }: LeaseObject): boolean {
    const holder = spec.holderIdentity ?? '';
    if (holder === '' || holder === this.identity) return true;
    if (holder !== this.#holder) this.#observer.standby(holder);
    this.#holder = holder;
    const now = this.#clock.now();
    const durationMs = (spec.leaseDurationSeconds ?? leaseSeconds) * 1000;
    const record = [holder, spec.renewTime, metadata.resourceVersion].join(' ');
    const last = this.#observed;
    // While we could not look the holder could not renew either, most likely: it gets its time anew.
    const watched = last?.record === record && now - last.readMs < durationMs / 2;
    const sinceMs = watched ? last.sinceMs : now;
    this.#observed = { record, sinceMs, readMs: now };
    this.#freeAtMs = sinceMs + durationMs;
    return now >= this.#freeAtMs;
  }

  /** Sooner than the jittered poll where the lease runs out before it. */
  #untilNextLook(): number {
    const poll = pollMs * (0.8 + Math.random() * 0.2);
    const left = this.#freeAtMs - this.#clock.now();
    return left > 0 ? Math.min(poll, left) : poll;
  }

  #report(error: unknown, what: ElectionStep): void {
    if (!(error instanceof ApiError)) throw error;
    this.#observer.failed(error, what);
  }
}
