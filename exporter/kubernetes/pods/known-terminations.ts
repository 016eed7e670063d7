import { containerKey, type Termination } from '../../event/termination.ts';
import { parseTimestamp } from '../../event/timestamp.ts';
import type { LiveEvent } from '../live-events.ts';
import type { Pod } from './pod.ts';

/** The newest failed run of a container that is known. */
export interface KnownTermination extends LiveEvent {
  /** When it ended, in nanoseconds since 1970; undefined where nobody knows. */
  readonly time?: bigint | undefined;
}

/** Of each container of a live Pod that has failed: the newest of its failed runs. */
export class KnownTerminations {
  readonly #containers = new Map<string, KnownTermination>();

  /** How many containers. */
  get size(): number {
    return this.#containers.size;
  }

  /**
   * Whether a termination is not known yet: a later run, or a run that ended later, because a node that restarts may
   * begin to count anew.
   */
  isNews(termination: Termination): boolean {
    const known = this.#containers.get(containerKey(termination.pod, termination.container));
    if (!known || termination.run >= known.count) return true;
    const time = parseTimestamp(termination.finishedAt);
    return time !== undefined && known.time !== undefined && time > known.time;
  }

  /** @param revision the Pod's, at which it shows the termination */
  add(termination: Termination, revision: bigint): void {
    const key = containerKey(termination.pod, termination.container);
    const known = this.#containers.get(key);
    const count = Math.max(known?.count ?? 0, termination.run + 1);
    const ended = parseTimestamp(termination.finishedAt);
    const time = ended !== undefined && ended > (known?.time ?? -Infinity) ? ended : known?.time;
    this.#containers.set(key, { revision, count, time });
  }

  /** Takes over what another account has known longer. */
  merge(other: Iterable<readonly [string, KnownTermination]>): void {
    for (const [key, known] of other) {
      if (known.count > (this.#containers.get(key)?.count ?? 0)) this.#containers.set(key, known);
    }
  }

  /** Forgets the containers of a Pod that is gone. @returns the keys of those that were known */
  delete({ metadata, containers }: Pod): string[] {
    return containers
      .map(container => containerKey(metadata, container))
      .filter(key => this.#containers.delete(key));
  }

  /** By key; a container's count is its newest known run's number, counted from 1. */
  entries(): MapIterator<[string, KnownTermination]> {
    return this.#containers.entries();
  }
}
