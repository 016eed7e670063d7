import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../delivery/backoff.ts';
import { summaryOf } from '../delivery/checkpoint.ts';
import type { DeliveryObserver } from '../delivery/delivery.ts';
import type { HeartbeatObserver } from '../delivery/heartbeat.ts';
import type { RetryCause, Sink } from '../delivery/sink.ts';
import type { StateObserver } from '../delivery/state-database.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { ElectionObserver } from '../kubernetes/election.ts';
import type { ReaderObserver } from '../kubernetes/reader.ts';
import type { Health } from './health.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Turns what the reader of a source tells into metrics, readiness and log lines. */
export function readerObserver(
  source: string,
  metrics: Metrics,
  health: Health,
  log: Logger,
): ReaderObserver {
  return {
    frame: () => metrics.frameSeen(),
    ignored: (cause, count) => metrics.ignored.inc({ cause }, count),
    listed(revision, live) {
      metrics.frameSeen();
      health.well('kubernetes', source);
      log.info({ source, resourceVersion: String(revision), objects: live.size }, 'listed');
    },
    watching: () => health.well('kubernetes', source),
    restarted(cause) {
      metrics.watchRestarts.inc({ cause });
      if (cause === 'paused')
        log.warn({ source }, 'the watch is closed until there is room for what it brings');
      else log.debug({ source, cause }, 'the watch ended');
    },
    failed(error, retryInMs) {
      const { message } = error;
      const fields = { source, class: error.class, error: message, retryInMs: Math.round(retryInMs) };
      if (error.class === 'denied') {
        const advice = rightsFor(source);
        health.unwell('kubernetes', `${message}; ${advice}`, source);
        log.error({ ...fields, advice }, 'the API server refuses');
      } else if (error.class === 'expired') {
        log.info(fields, 'the position is compacted away; listing anew');
      } else if (error.class === 'foreign') {
        log.warn(
          fields,
          'the position is not of this cluster: restored from a backup, or another one; starting anew',
        );
      } else {
        health.unwell('kubernetes', `${message}; trying again`, source);
        log.warn(fields, 'could not read from the API server');
      }
    },
    gap({ from, to, reason }) {
      const seconds = Math.max(0, to - from) / 1000;
      metrics.gapSeconds.inc(seconds);
      const interval = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), seconds };
      log.error({ source, ...interval, reason }, 'events of this interval may be missing for good');
    },
  };
}

/** What to do where the API server refuses a source. */
function rightsFor(source: string): string {
  const [, , objects, namespace] = source.split('/');
  const where =
    namespace === undefined ? 'in all namespaces, or name some in `namespaces`' : `in ${namespace}`;
  return `grant the verbs list and watch on ${objects} ${where}`;
}

/** What to do about a push that keeps failing. */
const pushAdvice: Readonly<Record<RetryCause, string>> = {
  rate_limited: "raise the tenant's ingestion_rate_mb in Loki if this lasts",
  stream_limit: "raise the tenant's max_global_streams_per_user in Loki",
  server_error: 'see the log of Loki',
  connection: 'is Loki running at loki.url?',
  denied: 'check the credentials and the tenant (loki.url, loki.tenant)',
  not_found: "check loki.url: it is Loki's base URL, or ends in /loki/api/v1/push",
};

/** So long may entries wait for Loki before the exporter says that it isn't ready, in milliseconds. */
const patienceMs = 60_000;

/** Turns what the delivery to a tenant tells into metrics, readiness and log lines. */
export function deliveryObserver(
  tenant: string,
  metrics: Metrics,
  health: Health,
  exporterLog: Logger,
): DeliveryObserver {
  const log = tenant === '' ? exporterLog : exporterLog.child({ tenant });
  let failingSince: number | undefined;
  const answered = () => {
    failingSince = undefined;
    health.well('loki', tenant);
  };
  metrics.parkedStreams.set({ tenant }, 0);
  return {
    delivered(entries) {
      metrics.delivered.inc(entries);
      metrics.deliverySeen();
      answered();
    },
    dropped(cause, entry, message) {
      metrics.dropped.inc({ cause });
      answered();
      const { stream, key, revision } = entry;
      log.error(
        { cause, stream, event: key, revision: String(revision), loki: message },
        'Loki refused an entry for good',
      );
    },
    restamped(cause, entries) {
      metrics.restamped.inc({ cause }, entries);
      log.info(
        { cause, entries },
        'Loki refused the time of entries; they go with the nearest one that it takes',
      );
    },
    retrying(cause, message, inMs) {
      metrics.pushRetries.inc({ cause });
      failingSince ??= performance.now();
      const advice = pushAdvice[cause];
      // What passes by itself is given its time; what somebody has to mend is told at once.
      const lasting = cause === 'denied' || cause === 'not_found';
      if (lasting || performance.now() - failingSince > patienceMs)
        health.unwell('loki', `${message}; ${advice}`, tenant);
      log.warn({ cause, error: message, retryInMs: Math.round(inMs), advice }, 'push failed, trying again');
    },
    parked(streams, message) {
      metrics.parkedStreams.set({ tenant }, streams);
      if (streams === 0) {
        health.well('streams', tenant);
        log.info('Loki has room for every stream again');
        return;
      }
      metrics.pushRetries.inc({ cause: 'stream_limit' });
      const advice = pushAdvice.stream_limit;
      health.unwell('streams', `${streams} streams wait for room; ${advice}`, tenant);
      log.warn({ streams, loki: message, advice }, 'Loki has no room for new streams; the others go on');
    },
    pushed: seconds => metrics.pushDuration.observe(seconds),
  };
}

/** Tells the log when heartbeats begin to get lost, and when they get through again: not of each one. */
export function heartbeatObserver(tenant: string, exporterLog: Logger): HeartbeatObserver {
  const log = tenant === '' ? exporterLog : exporterLog.child({ tenant });
  let lost = false;
  return {
    taken() {
      if (lost) log.info('Loki takes heartbeats again');
      lost = false;
    },
    lost(message) {
      if (!lost) log.warn({ error: message }, 'Loki did not take a heartbeat; it is not sent again');
      lost = true;
    },
  };
}

/** Turns what the local state tells into metrics and log lines. */
export function stateObserver(metrics: Metrics, log: Logger): StateObserver {
  return {
    committed: seconds => metrics.spoolCommit.observe(seconds),
    damaged: (movedTo, reason) =>
      log.error({ movedTo, reason }, 'the local state is damaged; it starts empty'),
  };
}

/** Turns what an election tells into metrics, readiness and log lines. */
export function electionObserver(metrics: Metrics, health: Health, log: Logger): ElectionObserver {
  return {
    standby(holder) {
      health.well('lease');
      log.info({ holder }, 'standing by');
    },
    acquired({ checkpoint, transitions }) {
      health.well('lease');
      log.info({ transitions, checkpoint: checkpoint && summaryOf(checkpoint) }, 'leading');
    },
    renewed: () => health.well('lease'),
    lost(holder) {
      log.warn({ holder }, 'the Lease is held by another replica now; standing by');
    },
    released: () => log.info('the Lease is given back'),
    failed(error, what) {
      metrics.leaseFailures.inc({ step: what });
      health.unwell('lease', error.message);
      log.warn({ step: what, error: error.message }, 'a request for the Lease failed, trying again');
    },
  };
}

/** A standby is ready when it could read a source if it had to: asks until one object of it may be listed. */
export async function awaitListable(
  cluster: Cluster,
  { name, path }: { readonly name: string; readonly path: string },
  health: Health,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(500, 15_000);
  while (!signal.aborted) {
    try {
      const body = await cluster.get(path, { limit: '1' }, { signal, bodyTimeoutMs: 10_000 });
      await body.dump();
      health.well('kubernetes', name);
      return;
    } catch (error) {
      if (signal.aborted) return;
      health.unwell('kubernetes', (error as Error).message, name);
      log.warn({ source: name, error: (error as Error).message }, 'it can not be listed yet');
      await sleep(backoff.next(), undefined, { signal }).catch(() => {});
    }
  }
}

/** A tenant of Loki's, or what stands in for one. */
export interface NamedSink {
  readonly tenant: string;
  readonly sink: Sink;
}

/** Asks Loki until it answers, because a quiet cluster has nothing to push and readiness wants to know. */
export async function probeSink(
  { tenant, sink }: NamedSink,
  health: Health,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(500, 15_000);
  while (!signal.aborted) {
    const result = await sink.probe(signal);
    if (signal.aborted) return;
    if (result.kind !== 'retry') {
      health.well('loki', tenant);
      log.info({ sink: sink.url, ...(tenant && { tenant }) }, 'it takes entries');
      return;
    }
    const advice = pushAdvice[result.cause];
    health.unwell('loki', `${result.message}; ${advice}`, tenant);
    log.warn(
      { ...(tenant && { tenant }), cause: result.cause, error: result.message, advice },
      'Loki does not answer yet',
    );
    await sleep(Math.max(backoff.next(), result.retryAfterMs ?? 0), undefined, { signal }).catch(() => {});
  }
}
