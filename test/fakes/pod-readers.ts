import { KubeConfig } from '@kubernetes/client-node';
import { formatPosition, parsePosition } from '../../exporter/delivery/checkpoint.ts';
import { Cluster } from '../../exporter/kubernetes/cluster.ts';
import type { LiveEvent } from '../../exporter/kubernetes/live-events.ts';
import { PodReader } from '../../exporter/kubernetes/pods/pod-reader.ts';
import type { Position } from '../../exporter/kubernetes/position.ts';
import type { ReaderObserver, Step } from '../../exporter/kubernetes/reader.ts';
import { FakeApiServer } from './api-server.ts';
import type { WatchFrame } from './frame.ts';

export const hour = 3_600_000;
/** When the test began, in whole seconds, as the API has them; milliseconds since 1970. */
export const now = Math.floor(Date.now() / 1000) * 1000;

/** A container that runs after `runs` failed runs, the last of which ended some milliseconds ago. */
export function failed(name: string, runs: number, ago = 60_000): object {
  if (runs === 0) return { name, restartCount: 0, state: { running: {} } };
  const finishedAt = new Date(now - ago).toISOString().replace('.000Z', 'Z');
  return {
    name,
    restartCount: runs,
    state: { running: {} },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt } },
  };
}

/** One revision of a Pod with these containers. */
function podFrame(
  type: WatchFrame['type'],
  name: string,
  revision: number,
  ...containers: object[]
): WatchFrame {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: String(revision) };
  return { type, object: { metadata, status: { containerStatuses: containers } } };
}

/** Where an earlier reader ended. */
interface Beginning {
  readonly position?: Position;
  readonly known?: Readonly<Record<string, LiveEvent>>;
  readonly namespace?: string;
}

/** A fake API server with Pods, and the readers of it. */
export class PodReaders implements AsyncDisposable {
  readonly api: FakeApiServer;
  /** What the readers told, in order. */
  readonly told: string[] = [];
  readonly #cluster: Cluster;
  readonly #ended = new AbortController();

  private constructor(api: FakeApiServer) {
    this.api = api;
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'fake', server: api.url, skipTLSVerify: true }, { name: 'fake' });
    this.#cluster = new Cluster(config);
  }

  static async create(): Promise<PodReaders> {
    return new PodReaders(await new FakeApiServer().start());
  }

  /** What is to come by a watch is written once the watch is open. */
  write(...[type, name, revision, ...containers]: Parameters<typeof podFrame>): void {
    this.api.appendPods(podFrame(type, name, revision, ...containers));
  }

  /** Reads what ended in the last hour, or from where another ended. */
  start({ position, known, namespace }: Beginning = {}): PodReading {
    const since = BigInt(now - hour) * 1_000_000n;
    const reader = new PodReader(this.#cluster, this.#observer(), { since, namespace });
    const start = position && { position, known: known && new Map(Object.entries(known)) };
    return new PodReading(reader, start, this.#ended.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#cluster.close();
    await this.api.stop();
  }

  #observer(): ReaderObserver {
    const { told } = this;
    return {
      frame() {},
      ignored: (cause, count) => count > 0 && told.push(`${cause} ${count}`),
      listed: (_, failed) => told.push(`listed ${failed.size}`),
      watching: () => told.push('watching'),
      gap: ({ reason }) => told.push(`gap: ${reason}`),
      restarted: cause => told.push(`restarted ${cause}`),
      failed: error => told.push(`failed ${error.class}`),
    };
  }
}

/** One reader's steps, as they are asked for. */
export class PodReading {
  readonly taken: Step[] = [];
  readonly #reader: PodReader;
  readonly #steps: AsyncIterator<Step>;
  readonly #killed = new AbortController();

  constructor(reader: PodReader, start: Parameters<PodReader['run']>[0], signal: AbortSignal) {
    this.#reader = reader;
    this.#steps = reader.run(start, AbortSignal.any([signal, this.#killed.signal]));
  }

  /** The next terminations, as `pod@revision container/run`. */
  async take(count: number): Promise<string[]> {
    const terminations: string[] = [];
    while (terminations.length < count) {
      const { value, done } = await this.#steps.next();
      if (done) break;
      this.taken.push(value);
      if (!value.revision) continue;
      const { event, revision } = value.revision;
      terminations.push(`${event.involvedObject?.name}@${revision} ${event.metadata?.resourceVersion}`);
    }
    return terminations;
  }

  /** The last step's position, as the checkpoint keeps it. */
  get position(): Position {
    const position = this.taken.at(-1)?.position;
    if (!position) throw new Error('no step was taken');
    return parsePosition(formatPosition(position));
  }

  /** The keys of what was told to be gone. */
  get gone(): string[] {
    return this.taken.flatMap(({ gone }) => gone ?? []);
  }

  pause(): void {
    this.#reader.pause();
  }

  kill(): void {
    this.#killed.abort();
  }
}
