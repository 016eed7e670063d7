import type { FakeApiServer } from '../fakes/api-server.ts';
import type { EventObject, WatchFrame } from '../fakes/frame.ts';

/** Where a writer keeps the count: in `count`, or in `series.count`. */
export type CountStyle = 'count' | 'series';

/** An event as the cluster wrote it. */
export interface WrittenEvent {
  readonly uid: string;
  readonly name: string;
  readonly style: CountStyle;
  /** The count at each of its revisions, oldest first. */
  readonly counts: Map<bigint, number>;
  live: boolean;
}

/** More than the cardinality budget of the stories has room for. */
const namespaces = ['shop', 'web', 'batch'];
const kinds = ['Pod', 'Job', 'Gadget'];
const reasons = ['Pulled', 'Frobnicated', 'Killing', 'Defenestrated', 'Created', 'Transmogrified', 'Started'];

const start = Date.parse('2026-03-01T10:00:00Z');

/** Everything that was ever written to a cluster, and the hand that writes it. */
export class ClusterHistory {
  /** By uid. */
  readonly events = new Map<string, WrittenEvent>();
  readonly #api: FakeApiServer;
  readonly #live = new Map<string, WrittenEvent>();

  constructor(api: FakeApiServer) {
    this.#api = api;
  }

  /** Creates the event of this name, or raises its count. */
  write(name: string, by: number, style: CountStyle): void {
    const event = this.#live.get(name);
    if (event) this.#append('MODIFIED', event, countOf(event) + by);
    else this.#append('ADDED', this.#create(name, style), by);
  }

  /** A change that is no occurrence. */
  touch(name: string): void {
    const event = this.#live.get(name);
    if (event) this.#append('MODIFIED', event, countOf(event));
  }

  /** The writer was restarted, and counts anew. */
  reset(name: string): void {
    const event = this.#live.get(name);
    if (event && countOf(event) > 1) this.#append('MODIFIED', event, 1);
  }

  delete(name: string): void {
    const event = this.#live.get(name);
    if (!event) return;
    this.#live.delete(name);
    event.live = false;
    this.#api.append(this.#frame('DELETED', event, countOf(event)));
  }

  #create(name: string, style: CountStyle): WrittenEvent {
    const uid = `uid-${this.events.size + 1}`;
    const event: WrittenEvent = { uid, name, style, counts: new Map(), live: true };
    this.events.set(uid, event);
    this.#live.set(name, event);
    return event;
  }

  #append(type: WatchFrame['type'], event: WrittenEvent, count: number): void {
    const frame = this.#frame(type, event, count);
    event.counts.set(BigInt(frame.object.metadata.resourceVersion), count);
    this.#api.append(frame);
  }

  #frame(type: WatchFrame['type'], { uid, name, style }: WrittenEvent, count: number): WatchFrame {
    // Other resources take revisions too.
    const revision = this.#api.store.head + 3n;
    // Hours pass in a story, so that streams go out of use.
    const time = new Date(start + Number(revision) * 40_000).toISOString();
    const place = Number(uid.slice('uid-'.length));
    const object: EventObject = {
      metadata: { name, namespace: pick(namespaces, place), uid, resourceVersion: String(revision) },
      involvedObject: { kind: pick(kinds, place), name },
      type: place % 3 === 0 ? 'Warning' : 'Normal',
      reason: pick(reasons, place),
      message: `revision ${revision}`,
      ...(style === 'count' ? { count, lastTimestamp: time } : { series: { count, lastObservedTime: time } }),
    };
    return { type, object };
  }
}

function pick(values: readonly string[], place: number): string {
  return values[place % values.length] ?? '';
}

/** The count at the newest revision. */
export function countOf({ counts }: WrittenEvent): number {
  return [...counts.values()].at(-1) ?? 0;
}

/** The newest revision. */
export function newestOf({ counts }: WrittenEvent): bigint {
  return [...counts.keys()].at(-1) ?? 0n;
}
