import type { BudgetFactory } from '../budgets.ts';
import type { LiveEvent, LiveEvents } from '../kubernetes/live-events.ts';
import type { Position } from '../kubernetes/position.ts';
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
    const shared = inheritPositions(given?.positions, sources);
    const locals = inheritPositions(local?.positions, sources);
    const starts = new Map<string, Start>();
    let folds = given?.folds ?? local?.folds;
    this.#settled = this.#createBudget(folds, 'settled');
    for (const source of new Set([...shared.keys(), ...locals.keys()])) {
      const position = this.#later(source, shared.get(source), locals.get(source));
      if (!position) continue;
      this.#positions.set(source, position);
      const isLocal = position !== shared.get(source);
      if (isLocal) folds = local?.folds;
      // Under another name its counts were those of other events too.
      const known = isLocal && local?.positions.has(source) ? this.#state?.counts(source) : undefined;
      starts.set(source, { position, known });
    }
    return { starts, budget: this.#createBudget(folds, 'live') };
  }

  /** A list is in: forgets what is gone, and, where nothing was known before, learns what is not to be shipped. */
  listed(source: string, live: LiveEvents, from: bigint, known: boolean): void {
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
    for (const [source, position] of positions) this.#positions.set(source, position);
    for (const { foldable } of passed) this.#settled.fold(foldable);
    if (!this.#state) {
      this.#store?.save(() => this.#checkpoint());
      return;
    }
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

  /** The later of a source's two positions; the spool is left with what is after the shared one. */
  #later(source: string, shared: Position | undefined, local: Position | undefined): Position | undefined {
    if (!local || !shared) return local ?? shared;
    // Another replica has gone further, or on in a history that was restored: what is known here is old.
    const rewound = shared.at < local.at && (shared.time ?? 0) > (local.time ?? 0);
    const isPassed = rewound || shared.from > local.from;
    this.#state?.spool.discard(source, isPassed ? undefined : shared.from);
    return isPassed ? shared : local;
  }

  #checkpoint(): Checkpoint {
    return { positions: this.#positions, folds: this.#settled.state() };
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#changed) return;
    try {
      // While the spool holds entries, the local position is past them already.
      if (this.#state?.spool.length === 0) this.#state.commit(this.#checkpoint());
    } catch (error) {
      if (!(error instanceof StateError && error.class === 'full')) throw error;
      this.#timer = setTimeout(() => this.#commit(), intervalMs);
      return;
    }
    this.#changed = false;
    this.#store?.save(() => this.#checkpoint());
  }
}
