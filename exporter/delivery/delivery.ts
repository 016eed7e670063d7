import { setTimeout as sleep } from 'node:timers/promises';
import type { LokiClient, PushResult, RetryCause } from '../loki/client.ts';
import { encodePush } from '../loki/encode.ts';
import { Backoff } from './backoff.ts';
import type { Progress } from './progress.ts';
import type { Queue, QueuedEntry } from './queue.ts';

/** Why a revision that was received is not delivered. */
export const dropCauses = ['refused'] as const;
export type DropCause = (typeof dropCauses)[number];

export interface DeliveryOptions {
  /** A push holds at most this many bytes of entries, before compression, and at least one entry. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxPushesPerSecond: number;
}

/** What the delivery tells of itself, to metrics, health and the log. */
export interface DeliveryObserver {
  delivered(entries: number): void;
  dropped(cause: DropCause, entries: number, message: string): void;
  retrying(cause: RetryCause, message: string, inMs: number): void;
  /** One push, answered or failed, in seconds. */
  pushed(seconds: number): void;
}

/**
 * Takes what waits and pushes it: at once when the wire is free, and in larger batches the longer a push takes.
 * One push is under way at a time, so that entries arrive in the order in which they came.
 */
export class Delivery {
  readonly #queue: Queue;
  readonly #client: LokiClient;
  readonly #progress: Progress;
  readonly #options: DeliveryOptions;
  readonly #observer: DeliveryObserver;
  readonly #backoff = new Backoff(500, 30_000);

  constructor(parts: {
    queue: Queue;
    client: LokiClient;
    progress: Progress;
    options: DeliveryOptions;
    observer: DeliveryObserver;
  }) {
    this.#queue = parts.queue;
    this.#client = parts.client;
    this.#progress = parts.progress;
    this.#options = parts.options;
    this.#observer = parts.observer;
  }

  /** Runs until the queue is closed and empty, or the signal aborts; what is undelivered then stays unsettled. */
  async run(signal: AbortSignal): Promise<void> {
    const intervalMs = 1000 / this.#options.maxPushesPerSecond;
    let earliest = 0;
    while (!signal.aborted) {
      const waitMs = earliest - performance.now();
      if (waitMs > 0) await pause(waitMs, signal);
      const batch = await this.#queue.peek(this.#options, signal);
      if (batch.length === 0) return;
      earliest = performance.now() + intervalMs;
      const result = await this.#push(batch, signal);
      if (result.kind === 'retry') return;
      if (result.kind === 'accepted') this.#observer.delivered(batch.length);
      else this.#observer.dropped('refused', batch.length, result.message);
      this.#queue.release(batch.length);
      for (const entry of batch) this.#progress.settle(entry.ticket);
    }
  }

  /** Pushes one batch until Loki has taken or refused it; a `retry` comes back only where the signal aborted. */
  async #push(batch: readonly QueuedEntry[], signal: AbortSignal): Promise<PushResult> {
    const body = encodePush(batch);
    for (;;) {
      const began = performance.now();
      const result = await this.#client.push(body, signal);
      if (signal.aborted && result.kind === 'retry') return result;
      this.#observer.pushed((performance.now() - began) / 1000);
      if (result.kind !== 'retry') {
        this.#backoff.reset();
        return result;
      }
      const waitMs = Math.max(this.#backoff.next(), result.retryAfterMs ?? 0);
      this.#observer.retrying(result.cause, result.message, waitMs);
      await pause(waitMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
