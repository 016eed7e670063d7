import type { CardinalityOptions } from '../../config/cardinality-schema.ts';
import { EventClock } from './event-clock.ts';
import {
  type FoldState,
  FoldStateError,
  formatStreams,
  maxAge,
  parseFoldState,
  parseStreams,
  type StoredStream,
} from './fold-state.ts';
import { type BoundedLabel, boundedLabels, type Foldable } from './foldable.ts';
import { LabelValues, newSlot, otherSlot } from './label-values.ts';

/** The labels that are folded to `__other__`. */
export type Folds = readonly BoundedLabel[];

export interface BudgetOptions extends CardinalityOptions {
  /** Routes whose labels make streams of their own. Without it there is one. */
  readonly routes?: readonly string[];
  /** Told when a label folds for the first time, and again where it hadn't for two hours. */
  readonly folding?: (label: BoundedLabel, value: string) => void;
}

/** Shares of the streams: a stream with such a label is made only while fewer are in use. */
const shares = { unknownReason: 0.5, kind: 0.7, reason: 0.85, namespace: 1 } as const;
/** Of the values of `reason`, what reasons may have that Kubernetes doesn't give itself. */
const unknownReasons = 2 / 3;

const types = ['Normal', 'Warning'];
const lanesPerRoute = types.length + 1;

/** One of each, so that folding makes no garbage; by the sum of namespace 1, kind 2, reason 4. */
const foldings: readonly Folds[] = [
  [],
  ['namespace'],
  ['kind'],
  ['namespace', 'kind'],
  ['reason'],
  ['namespace', 'reason'],
  ['kind', 'reason'],
  ['namespace', 'kind', 'reason'],
];

/**
 * Bounds the active streams, and the values of each label among them, whatever comes. A stream that is there stays
 * until it has had no entry for two hours of event time; a value stays as long as one of its streams. What would be
 * one too many folds label by label to `__other__`: reasons that Kubernetes doesn't give itself first, then kinds,
 * then all reasons, namespaces last. Each has a smaller share of the streams than what folds after it, so there is
 * room for a new namespace when the budget is used up for reasons.
 *
 * The bound holds for certain: of `streams`, three for each route (one a type) are kept for what folds wholly, and
 * any other is made only while fewer than the rest are in use.
 *
 * Two budgets that began with the same state and saw the same sequence fold the same. So the state that belongs to a
 * position is kept by a second budget, which sees each entry when the position moves over it.
 */
export class CardinalityBudget {
  readonly #clock: EventClock;
  readonly #values: Readonly<Record<BoundedLabel, LabelValues>>;
  readonly #routes: readonly string[];
  readonly #lanes: ReadonlyMap<string, number>;
  readonly #folding: ((label: BoundedLabel, value: string) => void) | undefined;
  /** Streams that may be there beside the wholly folded ones. */
  readonly #room: number;
  readonly #maxUnknownReasons: number;
  /** The tick of each stream's last entry; the one that is idle the longest comes first. */
  readonly #streams = new Map<number, number>();
  #wholly = 0;
  readonly #folded = { namespace: 0, kind: 0, reason: 0 };
  readonly #lastFolded = { namespace: -Infinity, kind: -Infinity, reason: -Infinity };

  /**
   * @param restored the state of an earlier run. Where it holds more than the options allow now, its newest streams
   * stay; those of routes that are gone leave.
   * @throws FoldStateError for a state that can't be read
   */
  constructor(options: BudgetOptions, restored?: unknown) {
    const { routes = [''], folding } = options;
    const state = restored === undefined ? undefined : parseFoldState(restored);
    this.#clock = new EventClock(maxAge, state);
    this.#values = {
      namespace: new LabelValues(options.namespaces),
      kind: new LabelValues(options.kinds),
      reason: new LabelValues(options.reasons),
    };
    this.#routes = routes;
    this.#lanes = new Map(routes.map((route, index) => [route, index * lanesPerRoute]));
    this.#folding = folding;
    this.#room = Math.max(0, options.streams - routes.length * lanesPerRoute);
    this.#maxUnknownReasons = Math.floor(options.reasons * unknownReasons);
    if (state) this.#restore(state);
  }

  /** Active streams, and values of each label in use, `__other__` not among them. */
  get active(): Readonly<Record<BoundedLabel | 'streams', number>> {
    const { namespace, kind, reason } = this.#values;
    return { streams: this.#streams.size, namespace: namespace.size, kind: kind.size, reason: reason.size };
  }

  /** Entries that were folded since this budget was made, by label. */
  get folded(): Readonly<Record<BoundedLabel, number>> {
    return this.#folded;
  }

  /** Decides which labels of an entry are folded, and makes its stream active. */
  fold(entry: Foldable): Folds {
    if (entry.tick !== undefined && this.#clock.advance(entry.tick)) this.#expire();
    const { namespace, kind, reason } = this.#values;
    const slots: Slots = {
      lane: this.#laneOf(entry),
      namespace: namespace.find(entry.namespace, namespace.limit),
      kind: kind.find(entry.kind, kind.limit),
      reason: reason.find(entry.reason, entry.known ? reason.limit : this.#maxUnknownReasons),
    };
    this.#fit(slots, entry);
    this.#touch(slots, entry);
    const folds = foldings[foldingOf(slots)] ?? [];
    for (const label of folds) this.#count(label, entry[label]);
    return folds;
  }

  /** What a new budget goes on with. It doesn't change as this budget does. */
  state(): FoldState {
    const names: Record<BoundedLabel, string[]> = { namespace: [], kind: [], reason: [] };
    const places: Record<BoundedLabel, number[]> = { namespace: [0], kind: [0], reason: [0] };
    for (const label of boundedLabels) {
      for (const [value, slot] of this.#values[label].entries()) {
        places[label][slot] = names[label].push(value);
      }
    }
    const streams = Array.from(this.#streams, ([key, tick]) => {
      const slots = this.#slotsOf(key);
      return {
        lane: slots.lane,
        namespace: places.namespace[slots.namespace] ?? 0,
        kind: places.kind[slots.kind] ?? 0,
        reason: places.reason[slots.reason] ?? 0,
        age: this.#clock.now - tick,
      };
    });
    const values = { namespaces: names.namespace, kinds: names.kind, reasons: names.reason };
    return {
      version: 1,
      ...this.#clock.state(),
      ...values,
      routes: this.#routes,
      streams: formatStreams(streams, sizesOf(values)),
    };
  }

  /** Folds until its stream is there, or may be made. */
  #fit(slots: Slots, { known }: Foldable): void {
    if (this.#admits(slots, known)) return;
    if (known) slots.kind = otherSlot;
    else slots.reason = otherSlot;
    if (this.#admits(slots, known)) return;
    slots.kind = otherSlot;
    slots.reason = otherSlot;
    if (this.#admits(slots, known)) return;
    slots.namespace = otherSlot;
  }

  #admits(slots: Slots, known: boolean): boolean {
    if (isWhollyFolded(slots)) return true;
    if (hasValues(slots) && this.#streams.has(this.#keyOf(slots))) return true;
    return this.#streams.size - this.#wholly < Math.floor(this.#room * shareOf(slots, known));
  }

  /** Its stream has an entry now. */
  #touch(slots: Slots, entry: Pick<Foldable, BoundedLabel>, tick = this.#clock.now): void {
    const key = hasValues(slots) ? this.#keyOf(slots) : undefined;
    const last = key === undefined ? undefined : this.#streams.get(key);
    if (key !== undefined && last !== undefined) {
      if (last === tick) return;
      // To the end, which keeps the streams in the order in which they will leave.
      this.#streams.delete(key);
      this.#streams.set(key, tick);
      return;
    }
    for (const label of boundedLabels) {
      if (slots[label] !== otherSlot) slots[label] = this.#values[label].acquire(entry[label]);
    }
    this.#streams.set(this.#keyOf(slots), tick);
    if (isWhollyFolded(slots)) this.#wholly += 1;
  }

  /** Lets the streams go that have been idle for two hours. */
  #expire(): void {
    for (const [key, tick] of this.#streams) {
      if (this.#clock.now - tick <= maxAge) return;
      this.#streams.delete(key);
      const slots = this.#slotsOf(key);
      if (isWhollyFolded(slots)) this.#wholly -= 1;
      for (const label of boundedLabels) {
        if (slots[label] !== otherSlot) this.#values[label].release(slots[label]);
      }
    }
  }

  #count(label: BoundedLabel, value: string): void {
    const { now } = this.#clock;
    this.#folded[label] += 1;
    if (now - this.#lastFolded[label] > maxAge) this.#folding?.(label, value);
    this.#lastFolded[label] = now;
  }

  #restore(state: FoldState): void {
    const streams = parseStreams(state.streams, sizesOf(state));
    // The newest first, so that they stay where not all fit.
    for (const stream of streams.sort((a, b) => a.age - b.age)) {
      const entry = {
        namespace: nameOf(state.namespaces, stream.namespace),
        kind: nameOf(state.kinds, stream.kind),
        reason: nameOf(state.reasons, stream.reason),
      };
      const lane = this.#laneFrom(state, stream);
      const slots = lane === undefined ? undefined : this.#slotsFor(stream, entry, lane);
      if (slots) this.#touch(slots, entry, -stream.age);
    }
    // The oldest first, as they will leave.
    const ordered = [...this.#streams].reverse();
    this.#streams.clear();
    for (const [key, tick] of ordered) this.#streams.set(key, tick);
  }

  /** Where a stored stream's route stands now. */
  #laneFrom({ routes }: FoldState, { lane }: StoredStream): number | undefined {
    const route = routes[Math.floor(lane / lanesPerRoute)];
    if (route === undefined) throw new FoldStateError('a stream is of a route that is not there');
    const first = this.#lanes.get(route);
    return first === undefined ? undefined : first + (lane % lanesPerRoute);
  }

  /** The slots that a stored stream may have; undefined where there is no room for it. */
  #slotsFor(stream: StoredStream, entry: Pick<Foldable, BoundedLabel>, lane: number): Slots | undefined {
    const slots: Slots = { lane, namespace: otherSlot, kind: otherSlot, reason: otherSlot };
    for (const label of boundedLabels) {
      if (stream[label] === 0) continue;
      slots[label] = this.#values[label].find(entry[label], this.#values[label].limit);
      if (slots[label] === otherSlot) return undefined;
    }
    const fits = isWhollyFolded(slots) || this.#streams.size - this.#wholly < this.#room;
    return fits ? slots : undefined;
  }

  /** A route that is gone from the configuration, as one in the spool may be, counts as the first. */
  #laneOf({ route = '', type }: Foldable): number {
    return (this.#lanes.get(route) ?? 0) + types.indexOf(type) + 1;
  }

  #keyOf({ lane, namespace, kind, reason }: Slots): number {
    const { namespace: namespaces, kind: kinds, reason: reasons } = this.#values;
    const place = (lane * (namespaces.limit + 1) + namespace) * (kinds.limit + 1) + kind;
    return place * (reasons.limit + 1) + reason;
  }

  #slotsOf(key: number): Slots {
    const { namespace: namespaces, kind: kinds, reason: reasons } = this.#values;
    const reason = key % (reasons.limit + 1);
    const withoutReason = (key - reason) / (reasons.limit + 1);
    const kind = withoutReason % (kinds.limit + 1);
    const withoutKind = (withoutReason - kind) / (kinds.limit + 1);
    const namespace = withoutKind % (namespaces.limit + 1);
    return { lane: (withoutKind - namespace) / (namespaces.limit + 1), namespace, kind, reason };
  }
}

/** Where a stream stands: its route and type, and the slot of each label's value. */
interface Slots extends Record<BoundedLabel, number> {
  readonly lane: number;
}

function hasValues({ namespace, kind, reason }: Slots): boolean {
  return namespace !== newSlot && kind !== newSlot && reason !== newSlot;
}

function isWhollyFolded({ namespace, kind, reason }: Slots): boolean {
  return namespace === otherSlot && kind === otherSlot && reason === otherSlot;
}

function shareOf({ kind, reason }: Slots, known: boolean): number {
  if (reason !== otherSlot && !known) return shares.unknownReason;
  if (kind !== otherSlot) return shares.kind;
  return reason === otherSlot ? shares.namespace : shares.reason;
}

function foldingOf({ namespace, kind, reason }: Slots): number {
  const isOther = (slot: number) => (slot === otherSlot ? 1 : 0);
  return isOther(namespace) + 2 * isOther(kind) + 4 * isOther(reason);
}

function nameOf(names: readonly string[], place: number): string {
  if (place === 0) return '';
  const name = names[place - 1];
  if (name === undefined) throw new FoldStateError('a stream has a value that is not there');
  return name;
}

function sizesOf(state: Pick<FoldState, 'namespaces' | 'kinds' | 'reasons'>) {
  return {
    namespaces: state.namespaces.length,
    kinds: state.kinds.length,
    reasons: state.reasons.length,
  };
}
