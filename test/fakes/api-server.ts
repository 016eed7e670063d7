import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { listEvents } from './event-list.ts';
import { EventStore } from './event-store.ts';
import type { WatchFrame } from './frame.ts';
import { FakeLeases } from './leases.ts';
import { LoopbackServer } from './loopback-server.ts';
import { type ScriptedAnswer, ScriptedAnswers, sendScripted } from './scripted-answers.ts';
import { failure, type Status } from './status.ts';
import { type WatchBehaviour, WatchStream } from './watch-stream.ts';

/** What a request asks of the server. */
export type Verb = 'list' | 'watch';

/** A request that the server got. */
export interface ApiRequest {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Path and query. */
  readonly url: string;
  readonly verb: Verb;
  readonly query: URLSearchParams;
}

/**
 * An API server for core/v1 events and Pods that plays recorded watch frames over HTTP on loopback. It lists, pages,
 * watches, expires and refuses as the real one does over etcd: no watch cache, no periodic bookmarks.
 */
export class FakeApiServer {
  /** What etcd holds of events; append through the server, which tells the watches. */
  store: EventStore;
  /** What it holds of Pods, which it serves by the same rules. */
  pods: EventStore;
  /** The Leases of coordination.k8s.io/v1, which it serves beside the events. */
  readonly leases = new FakeLeases();
  /** Every LIST and WATCH so far, in order. */
  readonly requests: ApiRequest[] = [];
  /** The bearer token that requests must carry; none where undefined. */
  token: string | undefined;

  readonly #http = new LoopbackServer((request, response) => this.#handle(request, response));
  readonly #answers = new ScriptedAnswers();
  readonly #watches = new Set<WatchStream>();
  readonly #behaviour: WatchBehaviour = { chunkBytes: 0, stalled: false };

  constructor(options: { token?: string; head?: bigint } = {}) {
    this.store = new EventStore(options.head);
    this.pods = new EventStore(options.head);
    this.token = options.token;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    return this.#http.url;
  }

  /** How many watches are open. */
  get openWatches(): number {
    return this.#watches.size;
  }

  /** Whether a watch is open, and every open one has been sent all there is. */
  get caughtUp(): boolean {
    return this.#watches.size > 0 && [...this.#watches].every(watch => watch.caughtUp);
  }

  async start(): Promise<this> {
    await this.#http.start();
    return this;
  }

  /** Breaks every connection; a later start takes the same port and keeps the store. */
  async stop(): Promise<void> {
    await this.#http.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Writes a kubeconfig for this server, with its token if it wants one. */
  async writeKubeconfig(file: string): Promise<void> {
    const name = 'fake';
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: this.token === undefined ? {} : { token: this.token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    };
    await writeFile(file, stringify(config), { mode: 0o600 });
  }

  /** Writes one revision; the watches see it at once. */
  append(...frames: WatchFrame[]): void {
    for (const frame of frames) this.store.append(frame);
    for (const watch of this.#watches) watch.pump();
  }

  /** Writes one revision of a Pod; the watches see it at once. */
  appendPods(...frames: WatchFrame[]): void {
    for (const frame of frames) this.pods.append(frame);
    for (const watch of this.#watches) watch.pump();
  }

  /** Writes one revision that watches get as this line, whatever JSON would make of the frame. */
  appendLine(frame: WatchFrame, line: Buffer): void {
    this.store.append(frame, line);
    for (const watch of this.#watches) watch.pump();
  }

  /**
   * Writes the frames one by one.
   *
   * @param options.paceMs from one frame to the next; 0 writes them in bunches as fast as watches take them.
   * @throws the signal's reason when it aborts.
   */
  async play(
    frames: readonly WatchFrame[],
    options: { paceMs?: number; signal?: AbortSignal } = {},
  ): Promise<void> {
    const paceMs = options.paceMs ?? 0;
    const start = performance.now();
    for (let done = 0; done < frames.length; ) {
      // By the clock, not by the sleep, which is a millisecond too long each time.
      const due = paceMs > 0 ? Math.floor((performance.now() - start) / paceMs) + 1 : done + 100;
      this.append(...frames.slice(done, due));
      done = Math.max(done, due);
      await sleep(paceMs, undefined, { ...(options.signal && { signal: options.signal }) });
    }
  }

  /** Another history in the place of this one, as a backup brings it; call it while the server is stopped. */
  restore(...frames: WatchFrame[]): void {
    this.store = new EventStore();
    this.append(...frames);
  }

  /** Forgets the states before this revision: watches and exact lists from there answer 410. */
  compact(revision: bigint = this.store.head): void {
    this.store.compact(revision);
  }

  /** Breaks the connection of every open watch in the middle of a frame. */
  cutWatches(): void {
    for (const watch of this.#take()) watch.cut();
  }

  /** Ends every open watch, as the server does when their time is up. */
  endWatches(): void {
    for (const watch of this.#take()) watch.end();
  }

  /** Sends an ERROR frame on every open watch, and ends them. */
  failWatches(status: Status): void {
    for (const watch of this.#take()) watch.fail(status);
  }

  /** Sends a line on every open watch as it stands, malformed or not. */
  injectLine(line: string): void {
    for (const watch of this.#watches) watch.sendLine(line);
  }

  /** Sends bytes on every open watch as they stand, as one chunk: part of a line, or many. */
  async injectBytes(bytes: Buffer): Promise<void> {
    await Promise.all([...this.#watches].map(watch => watch.sendBytes(bytes)));
  }

  /** Sends nothing more on any watch, open or new, until `resume()`. */
  stall(): void {
    this.#behaviour.stalled = true;
  }

  resume(): void {
    this.#behaviour.stalled = false;
    for (const watch of this.#watches) watch.pump();
  }

  /** Splits every line that a watch sends into chunks of so many bytes; 0 doesn't. */
  setChunkBytes(bytes: number): void {
    this.#behaviour.chunkBytes = bytes;
  }

  /** Answers the next requests (of one verb, or any) with this instead. */
  answerNext(count: number, answer: ScriptedAnswer, verb?: Verb): void {
    this.#answers.add(count, answer, asked => verb === undefined || asked === verb);
  }

  #take(): WatchStream[] {
    const watches = [...this.#watches];
    this.#watches.clear();
    return watches;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const query = url.searchParams;
    if (this.#isAuthorized(request) && this.leases.serves(url.pathname)) {
      void this.leases.answer(request, response, url.pathname);
      return;
    }
    const route = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?(events|pods)$/.exec(url.pathname);
    const store = route?.[2] === 'pods' ? this.pods : this.store;
    const refused = this.#refuse(request, route);
    if (refused !== undefined) {
      sendStatus(response, refused);
      return;
    }

    const verb = ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
    this.requests.push({ time: Date.now(), url: request.url ?? '/', verb, query });
    const scripted = this.#answers.take(verb);
    if (scripted !== undefined) {
      const usual = failure(scripted.status, 'answered so by the test');
      sendScripted(response, scripted, 'application/json', JSON.stringify(usual));
    } else if (verb === 'watch') {
      this.#watch(store, response, route?.[1], query);
    } else {
      const answer = listEvents(store, route?.[1], query);
      if (answer.kind === 'Status') sendStatus(response, answer);
      else sendJson(response, 200, answer);
    }
  }

  #isAuthorized(request: IncomingMessage): boolean {
    return this.token === undefined || request.headers.authorization === `Bearer ${this.token}`;
  }

  #refuse(request: IncomingMessage, route: RegExpExecArray | null): Status | undefined {
    if (!this.#isAuthorized(request)) return failure(401, 'Unauthorized');
    if (route === null) return failure(404, 'the server could not find the requested resource');
    if (request.method !== 'GET') {
      return failure(405, 'the server does not allow this method on the requested resource');
    }
    return undefined;
  }

  #watch(
    store: EventStore,
    response: ServerResponse,
    namespace: string | undefined,
    query: URLSearchParams,
  ): void {
    const from = query.get('resourceVersion') ?? '';
    if (!/^\d*$/.test(from)) {
      sendStatus(response, failure(400, `invalid resource version: "${from}"`));
      return;
    }
    const watch = new WatchStream(store, response, this.#behaviour, namespace);
    const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0);
    // etcd still replays from the compacted revision itself: what it lacks is the ones before.
    if (from !== '' && from !== '0' && BigInt(from) + 1n < store.compacted) {
      watch.start(String(store.head), timeoutSeconds);
      watch.fail(failure(410, 'The resourceVersion for the provided watch is too old.'));
      return;
    }
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    watch.start(from, timeoutSeconds);
  }
}

function sendStatus(response: ServerResponse, status: Status): void {
  sendJson(response, status.code, status);
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
