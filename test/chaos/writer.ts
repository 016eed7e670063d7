import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type KubernetesApi, type KubernetesObject } from '../servers/api.ts';
import { NAMESPACES, TOPICS, type Topic } from './topics.ts';
import { until } from './until.ts';

/** What {@link EventWriter} writes. */
export interface WriterOptions {
  /** Begins every event's name; two writers of one cluster need two. */
  readonly prefix: string;
  readonly events: number;
  /** How often the count of an event rises, on average. Default 2. */
  readonly bumpsPerEvent?: number;
  /** Writes a second, creations and bumps together. */
  readonly rate: number;
  /** Bytes of padding in the message of each event of the old style. Default none. */
  readonly padding?: number;
  /** Added to the time of an event's n-th write, in milliseconds. Default none. */
  readonly clockMs?: (n: number) => number;
  readonly topics?: readonly Topic[];
}

/** Writes under way at a time; the client has as many connections. */
const PARALLEL = 16;

/** An event that was created. */
interface LiveEvent {
  readonly path: string;
  readonly topic: Topic;
  count: number;
  /** Whether a write of it is under way. */
  busy: boolean;
}

/**
 * Writes events as recorders do, of the old style and the new, each once and then again with a higher count. Where the
 * API server is away it tries until it is back: a name is created once, and a count is set, not added, so a write whose
 * answer was lost can be repeated.
 */
export class EventWriter {
  /** Resolves when everything is written. */
  readonly done: Promise<void>;
  readonly #api: KubernetesApi;
  readonly #options: WriterOptions;
  readonly #total: number;
  readonly #live: LiveEvent[] = [];
  readonly #revisions = new Set<string>();
  #planned = 0;
  #created = 0;
  #begun = 0;
  #written = 0;

  /** Starts to write at once. */
  constructor(api: KubernetesApi, options: WriterOptions) {
    this.#api = api;
    this.#options = options;
    this.#total = Math.round(options.events * (1 + (options.bumpsPerEvent ?? 2)));
    this.done = this.#run();
    // A scenario that fails before it waits for the writer is told by its own error.
    this.done.catch(() => undefined);
  }

  /** Revisions that the API server has acknowledged, and that are therefore there. */
  get revisions(): number {
    return this.#revisions.size;
  }

  /** How much is written, 0 to 1. */
  get progress(): number {
    return this.#written / this.#total;
  }

  /** Waits until so much is written. @param share 0 to 1 @throws what ended the writer before */
  async reached(share: number): Promise<void> {
    let over = false;
    const done = this.done.finally(() => {
      over = true;
    });
    while (this.progress < share && !over) await Promise.race([sleep(20), done]);
  }

  async #run(): Promise<void> {
    const began = performance.now();
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        while (this.#begun < this.#total) {
          const n = this.#begun;
          this.#begun += 1;
          // Creations and bumps take turns, so that counts rise all the while.
          const isCreation = Math.ceil((this.#begun * this.#options.events) / this.#total) > this.#planned;
          if (isCreation) this.#planned += 1;
          const due = began + (n / this.#options.rate) * 1000;
          await sleep(Math.max(0, due - performance.now()));
          const time = new Date(Date.now() + (this.#options.clockMs?.(n) ?? 0));
          await (isCreation ? this.#create(time) : this.#bump(n, time));
          this.#written += 1;
        }
      }),
    );
  }

  async #bump(n: number, time: Date): Promise<void> {
    const event = await this.#idle(Math.imul(n, 2_654_435_761) >>> 0);
    // A heartbeat of the new recorder adds many at once.
    event.count += event.topic.style === 'old' ? 1 : 1 + (n % 5);
    await this.#persist(() => this.#api.patch(event.path, bump(event.topic, event.count, time)));
    event.busy = false;
  }

  /**
   * The first event from a place on that nobody writes, which is busy from now on: recorders write an event's revisions
   * one after the other.
   */
  async #idle(from: number): Promise<LiveEvent> {
    for (;;) {
      for (let index = 0; index < this.#live.length; index += 1) {
        const event = this.#live[(from + index) % this.#live.length];
        if (!event || event.busy) continue;
        event.busy = true;
        return event;
      }
      await sleep(10);
    }
  }

  async #create(time: Date): Promise<void> {
    const number = this.#created;
    this.#created += 1;
    const topics = this.#options.topics ?? TOPICS;
    const topic = topics[number % topics.length];
    if (topic === undefined) throw new Error('A writer needs a topic.');
    const object = `${this.#options.prefix}-${number}`;
    const name = `${object}.${number.toString(16).padStart(16, '0')}`;
    const group = topic.style === 'old' ? '/api/v1' : '/apis/events.k8s.io/v1';
    const path = `${group}/namespaces/${topic.namespace}/events`;
    const message = `${topic.reason} number ${number}. ${'x'.repeat(this.#options.padding ?? 0)}`;
    await this.#persist(() => this.#api.create(path, creation(topic, name, object, message, time)));
    this.#live.push({ path: `${path}/${name}`, topic, count: 1, busy: false });
  }

  /** @throws ApiError where the API server will never take it */
  async #persist(write: () => Promise<KubernetesObject>): Promise<void> {
    for (;;) {
      try {
        const { metadata } = await write();
        this.#revisions.add(`${metadata.uid}/${metadata.resourceVersion}`);
        return;
      } catch (error) {
        // Written by a try whose answer was lost.
        if (error instanceof ApiError && error.status === 409 && error.message.includes('AlreadyExists'))
          return;
        const permanent =
          error instanceof ApiError && error.status < 500 && ![409, 429].includes(error.status);
        if (permanent) throw error;
        await sleep(200);
      }
    }
  }
}

/** Makes the namespaces of the {@link TOPICS}. */
export async function createNamespaces(api: KubernetesApi): Promise<void> {
  for (const name of NAMESPACES) await api.create('/api/v1/namespaces', { metadata: { name } });
}

/** Removes every event of the {@link TOPICS}. @throws Error where that takes minutes */
export async function deleteEvents(api: KubernetesApi): Promise<void> {
  for (const namespace of [...NAMESPACES, 'default']) {
    // One request may end before it has deleted thousands.
    await until(`the events of ${namespace} are deleted`, 180, async () => {
      await api.delete(`/api/v1/namespaces/${namespace}/events`);
      return true;
    });
  }
}

function creation(topic: Topic, name: string, object: string, message: string, time: Date): object {
  const { namespace, type, reason, component } = topic;
  const about = {
    apiVersion: topic.apiVersion,
    kind: topic.kind,
    name: object,
    ...(topic.kind === 'Node' ? {} : { namespace }),
  };
  const common = { metadata: { name, namespace }, type, reason, reportingInstance: 'node-a' };
  if (topic.style === 'new') {
    return {
      ...common,
      eventTime: microseconds(time),
      regarding: about,
      action: 'Chaos',
      // The API allows a note 1 KiB.
      note: message.slice(0, 1024),
      reportingController: component,
    };
  }
  return {
    ...common,
    involvedObject: about,
    message,
    source: { component, host: 'node-a' },
    firstTimestamp: seconds(time),
    lastTimestamp: seconds(time),
    count: 1,
    reportingComponent: component,
  };
}

function bump({ style }: Topic, count: number, time: Date): object {
  return style === 'old'
    ? { count, lastTimestamp: seconds(time) }
    : { series: { count, lastObservedTime: microseconds(time) } };
}

/** metav1.Time: whole seconds. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** metav1.MicroTime: six digits. */
function microseconds(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}
