import { countOf } from '../event/occurrences.ts';
import type { CoreEvent } from '../event/wire.ts';
import type { Witness } from './position.ts';

/** What is remembered of a live event. */
export interface LiveEvent {
  readonly revision: bigint;
  readonly count: number;
}

/**
 * A namespace or a name as the API server accepts it (RFC 1123). Another one could not be asked for, and a witness that
 * can't be asked for would end the reading for good.
 */
const askable = /^[a-z0-9.-]{1,253}$/;

/** The events that the API server has at one resourceVersion: two numbers each, and who is the newest. */
export class LiveEvents {
  readonly #events: Map<string, LiveEvent>;
  #witness: Witness | undefined;

  constructor(events = new Map<string, LiveEvent>()) {
    this.#events = events;
  }

  get size(): number {
    return this.#events.size;
  }

  /** The newest event that is live, while it lives. */
  get witness(): Witness | undefined {
    return this.#witness;
  }

  get(event: CoreEvent): LiveEvent | undefined {
    return this.#events.get(keyOf(event));
  }

  set(event: CoreEvent, revision: bigint): void {
    this.#events.set(keyOf(event), { revision, count: countOf(event) });
    const { namespace, name, uid } = event.metadata ?? {};
    if (!namespace || !name || !uid || (this.#witness && this.#witness.revision > revision)) return;
    if (!askable.test(namespace) || !askable.test(name)) return;
    this.#witness = { namespace, name, uid, revision };
  }

  delete(event: CoreEvent): void {
    this.#events.delete(keyOf(event));
    if (this.#witness?.uid === event.metadata?.uid) this.#witness = undefined;
  }

  /** Whether this very revision of this very event is live. */
  has(witness: Witness): boolean {
    return this.#events.get(witness.uid)?.revision === witness.revision;
  }

  /** By key. */
  entries(): IterableIterator<[string, LiveEvent]> {
    return this.#events.entries();
  }
}

/** An event is told by its uid; a name may be used again. */
export function keyOf(event: CoreEvent): string {
  return event.metadata?.uid ?? `${event.metadata?.namespace}/${event.metadata?.name}`;
}
