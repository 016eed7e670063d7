import type { QueuedEntry } from './queue.ts';

/** Half of Loki's default window for entries out of order (`max_chunk_age` / 2). */
const halfWindowNs = 30n * 60n * 1_000_000_000n;

/** A stream that got no entry for so long may be gone from Loki's ingesters. Their default is 30 minutes. */
const confirmedForMs = 10 * 60_000;

/** So much at once may meet the limit of one stream (3 MB a second by default). */
const heavyBytes = 512 << 10;

/** Streams are forgotten, longest unused first, above this number. */
const maxStreams = 50_000;

interface Stream {
  readonly confirmedMs: number;
  /** The newest time that was stored, nanoseconds since 1970. */
  readonly newest: bigint;
}

/**
 * Plans pushes so that no refusal goes unseen. Loki's ingester tells only what became of the *last* stream of a push
 * (pkg/ingester/instance.go, Push): it answers 204 where a stream before it was refused. So a push holds one stream at
 * most that may be refused, and holds it last.
 */
export class Streams {
  readonly #known = new Map<string, Stream>();

  /** Cuts entries into slices, to be delivered in this order, and each into pushes that share no stream. */
  plan(entries: readonly QueuedEntry[]): QueuedEntry[][][] {
    return slice(entries).map(part => {
      const safe: QueuedEntry[] = [];
      const risky: QueuedEntry[][] = [];
      for (const [stream, members] of Map.groupBy(part, entry => entry.stream)) {
        if (this.#mayBeRefused(stream, members)) risky.push(members);
        else safe.push(...members);
      }
      const [last = [], ...others] = risky;
      return [[...safe, ...last], ...others];
    });
  }

  /** A push was accepted, as it was planned. */
  accepted(entries: readonly QueuedEntry[]): void {
    const confirmedMs = performance.now();
    for (const [stream, members] of Map.groupBy(entries, entry => entry.stream)) {
      const newest = members.reduce((time, { timestamp }) => (timestamp > time ? timestamp : time), 0n);
      const before = this.#known.get(stream)?.newest ?? 0n;
      this.#known.delete(stream);
      this.#known.set(stream, { confirmedMs, newest: newest > before ? newest : before });
    }
    for (const stream of this.#known.keys()) {
      if (this.#known.size <= maxStreams) return;
      this.#known.delete(stream);
    }
  }

  #mayBeRefused(stream: string, members: readonly QueuedEntry[]): boolean {
    const known = this.#known.get(stream);
    if (!known || performance.now() - known.confirmedMs > confirmedForMs) return true;
    if (members.some(({ timestamp }) => timestamp < known.newest - halfWindowNs)) return true;
    return members.reduce((sum, { bytes }) => sum + bytes.length, 0) > heavyBytes;
  }
}

/**
 * Parts that span half of the window at most, oldest first: within such a part Loki takes again what it has taken
 * before, as a retry needs.
 */
function slice(entries: readonly QueuedEntry[]): QueuedEntry[][] {
  const slices: QueuedEntry[][] = [];
  let end: bigint | undefined;
  for (const entry of entries.toSorted(byTime)) {
    if (end === undefined || entry.timestamp > end) {
      end = entry.timestamp + halfWindowNs;
      slices.push([]);
    }
    slices.at(-1)?.push(entry);
  }
  return slices;
}

/** Oldest first. */
export function byTime(a: { readonly timestamp: bigint }, b: { readonly timestamp: bigint }): number {
  return a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0;
}
