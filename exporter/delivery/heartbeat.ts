import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodedEntry } from '../loki/encode.ts';
import type { Sink } from './sink.ts';

/** What becomes of heartbeats, for the log. */
export interface HeartbeatObserver {
  taken(): void;
  /** This one is lost; the next one may not be. */
  lost(message: string): void;
}

export interface HeartbeatParts {
  readonly intervalMs: number;
  /** By tenant. */
  readonly sinks: ReadonlyMap<string, Sink>;
  /** Asked before each: whether this replica is the leader. */
  readonly mayPush: () => boolean;
  readonly encode: () => EncodedEntry;
  readonly observer: (tenant: string) => HeartbeatObserver;
}

/**
 * Pushes a heartbeat to every tenant, at once and then at each interval, until the signal aborts. Each is tried once, beside
 * the delivery of events and not by way of its queue: what is late is worth nothing. Never rejects.
 */
export async function keepBeating(parts: HeartbeatParts, signal: AbortSignal): Promise<void> {
  const { intervalMs, sinks, mayPush, encode } = parts;
  const targets = Array.from(sinks, ([tenant, sink]) => ({ sink, observer: parts.observer(tenant) }));
  while (!signal.aborted) {
    const began = performance.now();
    if (mayPush()) {
      const entry = encode();
      const until = AbortSignal.any([signal, AbortSignal.timeout(intervalMs)]);
      await Promise.all(targets.map(({ sink, observer }) => beat(sink, entry, observer, until)));
    }
    const restMs = Math.max(0, Math.ceil(began + intervalMs - performance.now()));
    await sleep(restMs, undefined, { signal }).catch(() => {});
  }
}

async function beat(
  sink: Sink,
  entry: EncodedEntry,
  observer: HeartbeatObserver,
  signal: AbortSignal,
): Promise<void> {
  try {
    const result = await sink.push(sink.encode([entry]), signal);
    if (result.kind === 'accepted') observer.taken();
    else observer.lost(result.message);
  } catch (error) {
    // What ends events, as a closed stdout does, is for their delivery to tell.
    observer.lost((error as Error).message);
  }
}
