import { revisionOf, type WatchFrame } from './frame.ts';

/** A frame as the store keeps it: its revision, its key in etcd, and the line a watch sends for it. */
export interface Revision {
  readonly revision: bigint;
  readonly key: string;
  readonly frame: WatchFrame;
  readonly line: Buffer;
}

/** What etcd holds: every revision in order, the state at any of them, and how far it is compacted. */
export class EventStore {
  readonly #log: Revision[] = [];
  readonly #live = new Map<string, Revision>();
  /** The state listed last: every page of a list asks for the same one. */
  #snapshot: { readonly revision: bigint; readonly state: readonly Revision[] } | undefined;
  #head: bigint;
  #compacted = 0n;

  /** @param head the revision of the empty store; a real one never starts at 0. */
  constructor(head = 1n) {
    this.#head = head;
  }

  /** The newest revision. */
  get head(): bigint {
    return this.#head;
  }

  /** The oldest revision whose state can still be listed; 0 before the first compaction. */
  get compacted(): bigint {
    return this.#compacted;
  }

  /** How many revisions were ever written. */
  get length(): number {
    return this.#log.length;
  }

  at(index: number): Revision | undefined {
    return this.#log[index];
  }

  /**
   * @param line what a watch sends for it, with its newline; the frame's JSON where absent
   * @throws RangeError if the frame's resourceVersion is not above the head.
   */
  append(frame: WatchFrame, line: Buffer = Buffer.from(`${JSON.stringify(frame)}\n`)): void {
    const revision = revisionOf(frame);
    if (revision <= this.#head) {
      throw new RangeError(`resourceVersion ${revision} is not above the newest one, ${this.#head}`);
    }
    const { namespace, name } = frame.object.metadata;
    const entry = {
      revision,
      key: `${namespace}/${name}`,
      frame,
      line,
    };
    this.#log.push(entry);
    this.#head = revision;
    apply(this.#live, entry);
  }

  /** @throws RangeError if the revision is in the future. */
  compact(revision: bigint): void {
    if (revision > this.#head)
      throw new RangeError(`${revision} is above the newest revision, ${this.#head}`);
    if (revision > this.#compacted) this.#compacted = revision;
  }

  /** The index of the first revision after the given one. */
  indexAfter(revision: bigint): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#log[middle];
      if (entry !== undefined && entry.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The revisions live at the given one, in etcd's key order: of the whole `namespace/name`, so `a-b/` precedes `a/`. */
  stateAt(revision: bigint): readonly Revision[] {
    if (this.#snapshot?.revision === revision) return this.#snapshot.state;
    let live = this.#live;
    if (revision < this.#head) {
      live = new Map();
      for (const entry of this.#log.slice(0, this.indexAfter(revision))) apply(live, entry);
    }
    const state = [...live.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#snapshot = { revision, state };
    return state;
  }
}

function apply(state: Map<string, Revision>, entry: Revision): void {
  if (entry.frame.type === 'DELETED') state.delete(entry.key);
  else state.set(entry.key, entry);
}
