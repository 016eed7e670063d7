import type { ServerResponse } from 'node:http';
import type { EventStore } from './event-store.ts';
import type { Status } from './status.ts';

/** How the watches of a server behave; read anew for every frame, so that a test can change it in between. */
export interface WatchBehaviour {
  /** Bytes a chunk of the body has; 0 sends each line as one. Small ones split UTF-8 characters. */
  chunkBytes: number;
  /** While true nothing is sent, and the connection stays open. */
  stalled: boolean;
}

/**
 * One watch in progress: replays the store from a position, then follows it. It writes no more than the client
 * takes, so a slow client holds frames back here.
 */
export class WatchStream {
  readonly #store: EventStore;
  readonly #response: ServerResponse;
  readonly #behaviour: WatchBehaviour;
  readonly #namespace: string | undefined;
  #next: number;
  /** Frames up to this one are known to the client, also those that are yet to be written. */
  #after = 0n;
  #timeout: NodeJS.Timeout | undefined;
  #done = false;

  constructor(
    store: EventStore,
    response: ServerResponse,
    behaviour: WatchBehaviour,
    namespace: string | undefined,
  ) {
    this.#store = store;
    this.#response = response;
    this.#behaviour = behaviour;
    this.#namespace = namespace;
    this.#next = store.length;
  }

  /**
   * Sends the headers, and what the watch begins with.
   *
   * @param resourceVersion replays everything after it; `''` and `'0'` begin with an ADDED for every live event.
   * @param timeoutSeconds ends the watch cleanly after so long; 0 leaves it open.
   */
  start(resourceVersion: string, timeoutSeconds: number): void {
    this.#response.writeHead(200, { 'content-type': 'application/json' });
    this.#response.flushHeaders();
    this.#response.on('drain', () => this.pump());
    this.#response.on('close', () => this.#finish());
    if (timeoutSeconds > 0) this.#timeout = setTimeout(() => this.end(), timeoutSeconds * 1000);
    if (resourceVersion === '' || resourceVersion === '0') {
      for (const { frame, key } of this.#store.stateAt(this.#store.head)) {
        if (this.#watches(key)) this.#write(Buffer.from(`${JSON.stringify({ ...frame, type: 'ADDED' })}\n`));
      }
    } else {
      this.#after = BigInt(resourceVersion);
      this.#next = this.#store.indexAfter(this.#after);
    }
    this.pump();
  }

  /** Sends what is due, up to the back-pressure of the client. */
  pump(): void {
    while (!this.#done && !this.#behaviour.stalled && !this.#response.writableNeedDrain) {
      const entry = this.#store.at(this.#next);
      if (entry === undefined) return;
      this.#next += 1;
      if (entry.revision > this.#after && this.#watches(entry.key)) this.#write(entry.line);
    }
  }

  /** Whether every frame so far has left this process. */
  get caughtUp(): boolean {
    return this.#next >= this.#store.length && this.#response.writableLength === 0;
  }

  /** Sends a line as it stands, whatever it is. */
  sendLine(line: string): void {
    if (!this.#done) this.#write(Buffer.from(`${line}\n`));
  }

  /** Sends bytes as they stand, as one chunk. Resolves once they have left, or the watch has ended. */
  async sendBytes(bytes: Buffer): Promise<void> {
    if (this.#done) return;
    await new Promise<unknown>(resolve => this.#response.write(bytes, resolve));
  }

  /** Sends an ERROR frame and ends, as the API server does. */
  fail(status: Status): void {
    this.sendLine(JSON.stringify({ type: 'ERROR', object: status }));
    this.end();
  }

  /** Ends the watch as its timeout does: the body is complete. */
  end(): void {
    if (this.#done) return;
    this.#finish();
    this.#response.end();
  }

  /** Breaks the connection in the middle of a frame: of the next one, or of a repeat of the newest. */
  cut(): void {
    if (this.#done) return;
    const entry = this.#store.at(this.#next) ?? this.#store.at(this.#store.length - 1);
    const line = entry?.line ?? Buffer.from('{"type":"ADDED"');
    const half = line.subarray(0, line.length >>> 1);
    this.#finish();
    if (this.#response.writableNeedDrain) this.#response.destroy();
    else this.#response.write(half, () => this.#response.destroy());
  }

  #watches(key: string): boolean {
    return this.#namespace === undefined || key.startsWith(`${this.#namespace}/`);
  }

  #write(bytes: Buffer): void {
    const size = this.#behaviour.chunkBytes > 0 ? this.#behaviour.chunkBytes : bytes.length;
    for (let start = 0; start < bytes.length; start += size) {
      this.#response.write(bytes.subarray(start, start + size));
    }
  }

  #finish(): void {
    this.#done = true;
    clearTimeout(this.#timeout);
  }
}
