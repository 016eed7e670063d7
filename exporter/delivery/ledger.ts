import type { BudgetFactory } from '../budgets.ts';
import type { LiveEvent, LiveEvents } from '../kubernetes/live-events.ts';
import { isPassed, type Position } from '../kubernetes/position.ts';
import type { Start } from '../kubernetes/reader.ts';
import type { CardinalityBudget } from '../loki/cardinality/budget.ts';
import type { Checkpoint, Positions } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { inheritPositions } from './inherit.ts';
import type { LocalState } from './local-state.ts';
import type { QueuedEntry } from './queue.ts';
import { StateError } from './state-error.ts';

/** How often the local state is written, in milliseconds. */
const intervalMs = 1000;

export interface LedgerParts {
  readonly store: CheckpointStore | undefined;
  readonly state: LocalState | undefined;
  readonly createBudget: BudgetFactory;
}

/**
 * Keeps the two accounts of what has been delivered: the checkpoint, which replicas share, and the local state, which
 * also knows every count. The local one is written first, so that it is never behind.
 */
export class Ledger {
  readonly #store: CheckpointStore | undefined;
  readonly #state: LocalState | undefined;
  readonly #createBudget: LedgerParts['createBudget'];
  readonly #positions = new Map<string, Position>();
  /**
   * Where sources are settled whose local position may be past entries that an earlier run left in the spool. Undefined
   * for one that is settled nowhere.
   */
  readonly #behind = new Map<string, Position | undefined>();
  /** Positions that came without entries while the spool held others. */
  readonly #moved = new Map<string, Position>();
  /** Has seen what is settled, and nothing else. */
  #settled: CardinalityBudget;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ store, state, createBudget }: LedgerParts) {
    this.#store = store;
    this.#state = state;
    this.#createBudget = createBudget;
    this.#settled = createBudget(undefined, 'settled');
  }

  /**
   * Where each source is to begin, by its name: at the later of the two accounts; and the budget to go on with. The
   * spool is left with what the checkpoint doesn't have.
   */
  start(
    given: Checkpoint | undefined,
    sources: readonly string[],
  ): { readonly starts: ReadonlyMap<string, Start>; readonly budget: CardinalityBudget } {
    const local = this.#state?.checkpoint();
    const isBehind = this.#discard(given, local);
    const shared = inheritPositions(given?.positions, sources);
    const locals = inheritPositions(local?.positions, sources);
    const starts = new Map<string, Start>();
    for (const source of new Set([...shared.keys(), ...locals.keys()])) {
      const [here, there] = [locals.get(source), shared.get(source)];
      const position = here && there ? (isPassed(here, there) ? there : here) : (here ?? there);
      if (!position) continue;
      this.#positions.set(source, position);
      if (position !== there && this.#state?.spool.length) this.#behind.set(source, there);
      // Under another name, or at an older place, its counts were those of other events too.
      const known = position === local?.positions.get(source) ? this.#state?.counts(source) : undefined;
      starts.set(source, { position, known });
    }
    const settled = given?.folds ?? local?.folds;
    const folds = isBehind ? settled : (local?.folds ?? settled);
    // What the spool holds is in the local ones already.
    this.#settled = this.#createBudget(this.#state?.spool.length ? settled : folds, 'settled');
    return { starts, budget: this.#createBudget(folds, 'live') };
  }

  /** A list is in: forgets what is gone, and, where nothing was known before, learns what is not to be shipped. */
  listed(source: string, live: Pick<LiveEvents, 'entries'>, from: bigint, known: boolean): void {
    if (!this.#state) return;
    const keys: string[] = [];
    for (const [key, event] of live.entries()) {
      keys.push(key);
      if (known) continue;
      if (event.revision <= from) this.#state.note(source, key, event);
      else this.#state.forget(source, key);
    }
    this.#state.retain(source, keys);
  }

  /** The positions of some sources have moved, over these entries. */
  advanced(positions: Positions, passed: readonly QueuedEntry[]): void {
    for (const [source, position] of positions) {
      this.#positions.set(source, position);
      this.#behind.delete(source);
    }
    for (const { foldable } of passed) this.#settled.fold(foldable);
    if (!this.#state) {
      this.#store?.save(() => this.#checkpoint());
      return;
    }
    if (passed.length === 0) for (const [source, position] of positions) this.#moved.set(source, position);
    for (const { sequence, source, key, revision, count } of passed) {
      // What went through the spool was noted when it was written there.
      if (sequence === undefined) this.#state.note(source, key, { revision, count });
    }
    this.#changed = true;
    this.#timer ??= setTimeout(() => this.#commit(), intervalMs);
  }

  /** A revision that is not to be delivered. */
  skipped(source: string, key: string, count: LiveEvent): void {
    this.#state?.note(source, key, count);
  }

  /** An event is no longer there. */
  gone(source: string, key: string): void {
    this.#state?.forget(source, key);
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    this.#commit();
    await this.#store?.flush();
  }

  /**
   * Leaves the spool with what is after the shared checkpoint.
   * @returns whether another replica has gone further somewhere, so that what is known here is old
   */
  #discard(given: Checkpoint | undefined, local: Checkpoint | undefined): boolean {
    let isBehind = false;
    // By the names of the run that filled it.
    for (const [source, here] of local?.positions ?? []) {
      const there = inheritPositions(given?.positions, [source]).get(source);
      if (!there) continue;
      const passed = isPassed(here, there);
      this.#state?.spool.discard(source, passed ? undefined : there.from);
      isBehind ||= passed;
    }
    return isBehind;
  }

  #checkpoint(): Checkpoint {
    const positions = new Map(this.#positions);
    for (const [source, position] of this.#behind) {
      if (position) positions.set(source, position);
      else positions.delete(source);
    }
    return { positions, folds: this.#settled.state() };
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#changed) return;
    try {
      if (this.#state) this.#commitLocally(this.#state);
    } catch (error) {
      if (!(error instanceof StateError && error.class === 'full')) throw error;
      this.#timer = setTimeout(() => this.#commit(), intervalMs);
      return;
    }
    this.#changed = false;
    this.#store?.save(() => this.#checkpoint());
  }

  /** While the spool holds entries, the local positions of their sources are past them already. */
  #commitLocally(state: LocalState): void {
    if (state.spool.length === 0) {
      this.#behind.clear();
      state.commit(this.#checkpoint());
    } else if (this.#moved.size > 0) {
      const { positions, folds } = state.checkpoint() ?? {};
      const moved = Array.from(this.#moved).filter(([source, position]) => {
        const before = positions?.get(source);
        return !before || isPassed(before, position);
      });
      if (moved.length > 0) state.commit({ positions: new Map(moved), folds });
    }
    this.#moved.clear();
  }
}
