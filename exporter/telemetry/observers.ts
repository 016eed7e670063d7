import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../delivery/backoff.ts';
import type { DeliveryObserver } from '../delivery/delivery.ts';
import type { ReflectorObserver } from '../kubernetes/reflector.ts';
import type { LokiClient, RetryCause } from '../loki/client.ts';
import type { Health } from './health.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Turns what the reflector tells into metrics, readiness and log lines. */
export function reflectorObserver(metrics: Metrics, health: Health, log: Logger): ReflectorObserver {
  return {
    frame: () => metrics.frameSeen(),
    ignored: (cause, count) => metrics.ignored.inc({ cause }, count),
    listed(revision, events) {
      metrics.frameSeen();
      health.well('kubernetes');
      log.info({ resourceVersion: String(revision), events }, 'listed');
    },
    restarted(cause) {
      metrics.watchRestarts.inc({ cause });
      log.debug({ cause }, 'the watch ended');
    },
    failed(error, retryInMs) {
      const fields = { class: error.class, error: error.message, retryInMs: Math.round(retryInMs) };
      if (error.class === 'denied') {
        const advice = 'grant the verbs list and watch on events, in the core group, in all namespaces';
        health.unwell('kubernetes', `${error.message}; ${advice}`);
        log.error({ ...fields, advice }, 'the API server refuses');
      } else if (error.class === 'expired') {
        log.info(fields, 'the position is compacted away; listing anew');
      } else {
        log.warn(fields, 'could not read from the API server');
      }
    },
  };
}

/** What to do about a push that keeps failing; nothing where waiting is all that there is to do. */
const pushAdvice: Readonly<Partial<Record<RetryCause, string>>> = {
  denied: 'check the credentials and the tenant (loki.url, loki.tenant)',
  not_found: "check loki.url: it is Loki's base URL, or ends in /loki/api/v1/push",
};

/** Turns what the delivery tells into metrics, readiness and log lines. */
export function deliveryObserver(metrics: Metrics, health: Health, log: Logger): DeliveryObserver {
  return {
    delivered(entries) {
      metrics.delivered.inc(entries);
      metrics.deliverySeen();
      health.well('loki');
    },
    dropped(cause, entries, message) {
      metrics.dropped.inc({ cause }, entries);
      health.well('loki');
      log.error({ cause, entries, loki: message }, 'Loki refused a push');
    },
    retrying(cause, message, inMs) {
      metrics.pushRetries.inc({ cause });
      const advice = pushAdvice[cause];
      if (advice) health.unwell('loki', `${message}; ${advice}`);
      log.warn({ cause, error: message, retryInMs: Math.round(inMs), advice }, 'push failed, trying again');
    },
    pushed: seconds => metrics.pushDuration.observe(seconds),
  };
}

/** Asks Loki until it answers, because a quiet cluster has nothing to push and readiness wants to know. */
export async function probeLoki(
  client: LokiClient,
  health: Health,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(500, 15_000);
  while (!signal.aborted) {
    const result = await client.probe(signal);
    if (signal.aborted) return;
    if (result.kind !== 'retry') {
      health.well('loki');
      log.info('Loki has answered');
      return;
    }
    const advice = pushAdvice[result.cause] ?? `is Loki running at ${client.url}?`;
    health.unwell('loki', `${result.message}; ${advice}`);
    log.warn({ cause: result.cause, error: result.message, advice }, 'Loki does not answer yet');
    await sleep(Math.max(backoff.next(), result.retryAfterMs ?? 0), undefined, { signal }).catch(() => {});
  }
}
