import { containerKey, type Termination, terminationTime } from '../../event/termination.ts';
import { terminationEvent } from '../../event/termination-event.ts';
import { ApiError } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import type { Listed } from '../list.ts';
import type { LiveEvent } from '../live-events.ts';
import type { Position, Witness } from '../position.ts';
import type { ReaderObserver, Revision, Step } from '../reader.ts';
import { WatchReader } from '../watch-reader.ts';
import { KnownTerminations } from './known-terminations.ts';
import { type Pod, podSource } from './pod.ts';
import { listPods, type PodList, witnessOf } from './pod-list.ts';

export interface PodReaderOptions {
  /** Only Pods of this namespace. */
  readonly namespace?: string | undefined;
  /** A first start hands on only what ended after it; nanoseconds since 1970. */
  readonly since: bigint;
}

/**
 * What ended so long before the position was read may have been told of after it: a kubelet tells its Pods' state
 * late, and watches lag. Nanoseconds.
 */
const slack = 600_000_000_000n;

/** A Pod, and those of its failures that are to be handed on. */
interface News {
  readonly revision: bigint;
  readonly failures: readonly Termination[];
}

/**
 * Lists Pods, then watches them, for as long as the signal allows; each failed run of a container since the position
 * comes out once. It remembers three numbers per container that has failed, while its Pod lives.
 *
 * A Pod's status shows a container's last two runs. Where the watch was away for longer than that, the runs between
 * are not made up: the numbers of those that come out show the hole.
 */
export class PodReader extends WatchReader<Pod> {
  readonly #since: bigint;
  /** What is known at the position; undefined before the first list. */
  #known: KnownTerminations | undefined;
  /** What an earlier run left. */
  #left: KnownTerminations | undefined;
  #witness: Witness | undefined;

  constructor(cluster: Cluster, observer: ReaderObserver, options: PodReaderOptions) {
    super(cluster, podSource(options.namespace), observer);
    this.#since = options.since;
  }

  protected override recallKnown(known: Map<string, LiveEvent>): void {
    this.#left = new KnownTerminations();
    this.#left.merge(known);
  }

  /** A first start: what ended since the time given, as far as Pods still show it. */
  protected override async *begin(signal: AbortSignal): AsyncGenerator<Step> {
    const pods = await this.#list(undefined, signal);
    const news = this.#select(pods.failed, { since: this.#since });
    yield* this.#ship(pods, news, 0n);
  }

  /** The state at the checkpoint is what is known; and where a list was cut short, the rest of it. */
  protected override async *resume(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.position;
    if (!start) return;
    const { witness, from, at, since = this.#since } = start;
    const pods = await this.#list(at, signal, witness);
    if (witness && pods.found !== witness.revision) {
      throw new ApiError(`pod ${witness.name} is not what it was at ${at}`, 0, { class: 'foreign' });
    }
    const rest = pods.failed.filter(pod => pod.revision > from);
    const news = this.#select(rest, { since, known: this.#left });
    yield* this.#ship(pods, news, from, start.time);
    if (this.#left) this.#known?.merge(this.#left.entries());
  }

  /** The state now, and of it what is newer than the position. */
  protected override async *relist(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.position;
    if (!start) return;
    const { from, at, witness } = start;
    const pods = await this.#list(undefined, signal, witness);
    if (pods.revision < at || (witness && pods.found !== undefined && pods.found < witness.revision)) {
      yield* this.#shipForeign(pods, start);
      return;
    }
    const changed = pods.failed.filter(pod => pod.revision > from);
    const news = this.#select(
      changed,
      this.#known ? { known: this.#known } : { known: this.#left, since: this.#sinceOf(start) },
    );
    if (!this.#known) this.#reportExpired(start);
    yield* this.#ship(pods, news, from);
  }

  /** The position is not of this cluster's history: what ended since, and isn't known. */
  protected override async *adopt(signal: AbortSignal): AsyncGenerator<Step> {
    const start = this.position;
    if (start) yield* this.#shipForeign(await this.#list(undefined, signal), start);
  }

  async *#shipForeign(pods: PodList, start: Position): AsyncGenerator<Step> {
    this.observer.gap({
      from: start.time ?? Date.now(),
      to: Date.now(),
      reason: 'the cluster was restored from a backup, or is another one',
    });
    const known = this.#known ?? this.#left;
    const news = this.#select(pods.failed, { known, since: this.#sinceOf(start) });
    // A Pod that is restored shows fewer runs than it had; its kubelet will tell of the others again.
    const listed = new Set(pods.failed.flatMap(({ object }) => keysOf(object)));
    yield* this.#ship(pods, news, 0n);
    if (known) this.#known?.merge(known.entries().filter(([key]) => listed.has(key)));
  }

  /**
   * Hands on a list's news, the oldest revision first, and makes its state what is known.
   * @param time when the state was, in milliseconds since 1970; now where it is undefined
   */
  async *#ship(pods: PodList, news: readonly News[], from: bigint, time = Date.now()): AsyncGenerator<Step> {
    const before = this.#known ?? this.#left;
    const known = new KnownTerminations();
    for (const { object, revision } of pods.failed) {
      for (const failure of object.failures) known.add(failure, revision);
    }
    this.#known = known;
    this.#witness = pods.newest;
    this.observer.listed(pods.revision, known, from, before !== undefined);
    const base = { at: pods.revision, time, ...(pods.newest && { witness: pods.newest }) };
    this.position = { from: pods.revision, ...base };
    // What a restart needs to find the same again.
    const since = oldest(news);
    let position: Position = { from, ...base, ...(since !== undefined && { since }) };
    if (news.length > 0) yield { position };
    for (const { revision, failures } of news) {
      for (const [index, failure] of failures.entries()) {
        if (index === failures.length - 1) position = { ...position, from: revision };
        yield { position, revision: revisionOf(failure, revision) };
      }
    }
    yield { position: this.position };
  }

  /** What of Pods is not known, and ended since a time; the observer is told of the rest. */
  #select(
    pods: readonly Listed<Pod>[],
    { known, since }: { known?: KnownTerminations | undefined; since?: bigint },
  ): News[] {
    let [old, older] = [0, 0];
    const news: News[] = [];
    for (const { object, revision } of pods) {
      const fresh = object.failures.filter(failure => !known || known.isNews(failure));
      // What has no time is taken for news.
      const failures = fresh.filter(
        failure => since === undefined || (terminationTime(failure) ?? since) >= since,
      );
      old += object.failures.length - fresh.length;
      older += fresh.length - failures.length;
      if (failures.length > 0) news.push({ revision, failures });
    }
    this.observer.ignored('known', old);
    this.observer.ignored('older', older);
    return news;
  }

  protected override *deleted(pod: Pod, revision: bigint): Generator<Step> {
    const before = this.position;
    if (this.#witness?.uid === pod.metadata.uid) this.#witness = undefined;
    for (const gone of this.#known?.delete(pod) ?? []) if (before) yield { position: before, gone };
    yield { position: this.moveTo(revision) };
  }

  protected override *changed(pod: Pod, revision: bigint): Generator<Step> {
    const [before, known] = [this.position, this.#known];
    if (!before || !known) return;
    this.#witness = witnessOf({ object: pod, revision }) ?? this.#witness;
    const news: Termination[] = [];
    for (const failure of pod.failures) {
      if (known.isNews(failure)) news.push(failure);
      known.add(failure, revision);
    }
    const last = news.pop();
    for (const failure of news) yield { position: before, revision: revisionOf(failure, revision) };
    if (!last) this.observer.ignored('known', 1);
    const position = this.moveTo(revision);
    yield last ? { position, revision: revisionOf(last, revision) } : { position };
  }

  protected override trace(): Pick<Position, 'time' | 'witness'> {
    return { time: Date.now(), ...(this.#witness && { witness: this.#witness }) };
  }

  async #list(at: bigint | undefined, signal: AbortSignal, sought?: Witness): Promise<PodList> {
    const pods = await listPods(this.cluster, this.source, { at, signal, sought });
    this.trust();
    this.observer.ignored('malformed', pods.malformed);
    return pods;
  }

  /** From when on what ended may not have been handed on, where only the position is known. */
  #sinceOf({ since, time }: Position): bigint {
    if (since !== undefined) return since;
    return time === undefined ? this.#since : BigInt(time) * 1_000_000n - slack;
  }

  #reportExpired({ time }: Position): void {
    if (time === undefined) return;
    this.observer.gap({
      from: time,
      to: Date.now(),
      reason: 'pods that were deleted in this time took with them how their containers had ended',
    });
  }
}

function revisionOf(failure: Termination, revision: bigint): Revision {
  return {
    event: terminationEvent(failure),
    key: containerKey(failure.pod, failure.container),
    revision,
    count: failure.run + 1,
    previous: 0,
  };
}

function oldest(news: readonly News[]): bigint | undefined {
  const times = news
    .flatMap(({ failures }) => failures.map(terminationTime))
    .filter(time => time !== undefined);
  return times.reduce<bigint | undefined>(
    (oldest, time) => (oldest === undefined || time < oldest ? time : oldest),
    undefined,
  );
}

function keysOf({ metadata, failures }: Pod): string[] {
  return failures.map(({ container }) => containerKey(metadata, container));
}
