import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { version } from '../../exporter/version.ts';
import { lookUpResults } from './look-up.ts';
import { refusalCauses } from './services/service.ts';

/** What became of a message. */
export const results = ['sent', 'ignored', 'limited', 'refused', 'left'] as const;
export type Result = (typeof results)[number];

/** Why a call was not taken for a message. */
export const faultCauses = ['unauthorized', 'not_found', 'too_large', 'malformed'] as const;
export type FaultCause = (typeof faultCauses)[number];

/**
 * The bridge's own metrics. The help texts are the reference documentation. Series exist at zero before their first use, so
 * that `rate()` sees the first of them.
 */
export function createNotifyMetrics(receivers: readonly string[]) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'kube_events_notify_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const messages = new Counter({
    name: 'kube_events_notify_messages_total',
    help: 'Messages by what became of them: `sent`, `ignored` (all their alerts are on the ignore list), `limited` (a rate was reached: the caller has to come again), `refused` by the service, `left` (the caller was gone before it was sent, and comes again).',
    labelNames: ['receiver', 'result'] as const,
    registers,
  });
  const alerts = new Counter({
    name: 'kube_events_notify_alerts_total',
    help: 'Alerts in messages that were sent, whether shown or counted.',
    labelNames: ['receiver', 'status'] as const,
    registers,
  });
  const ignoredAlerts = new Counter({
    name: 'kube_events_notify_ignored_alerts_total',
    help: 'Alerts that the ignore list left out, once for each time that they came.',
    labelNames: ['receiver'] as const,
    registers,
  });
  const serviceErrors = new Counter({
    name: 'kube_events_notify_service_errors_total',
    help: 'Messages that a service did not take, by cause: `limited`, `busy`, `connection` pass by themselves; `signature`, `keyword`, `address` (the host’s is not allowed), `url`, `too_long` and `other` need somebody. The log has the service’s words.',
    labelNames: ['receiver', 'cause'] as const,
    registers,
  });
  const lookUps = new Counter({
    name: 'kube_events_notify_lookups_total',
    help: 'Queries for the newest entry behind an alert: `found`, `none`, `failed`, or `foreign` where the query would read other streams and was not asked.',
    labelNames: ['result'] as const,
    registers,
  });
  const faults = new Counter({
    name: 'kube_events_notify_bad_requests_total',
    help: 'Calls that were no message: `unauthorized`, `not_found` (no such receiver), `too_large`, `malformed`.',
    labelNames: ['cause'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'kube_events_notify_message_seconds',
    help: 'Time from a call to its answer, the look-ups and the wait for a rate among it.',
    labelNames: ['receiver'] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  for (const receiver of receivers) {
    for (const result of results) messages.inc({ receiver, result }, 0);
    for (const status of ['firing', 'resolved']) alerts.inc({ receiver, status }, 0);
    for (const cause of refusalCauses) serviceErrors.inc({ receiver, cause }, 0);
    ignoredAlerts.inc({ receiver }, 0);
  }
  for (const result of lookUpResults) lookUps.inc({ result }, 0);
  for (const cause of faultCauses) faults.inc({ cause }, 0);
  return { registry, messages, alerts, ignoredAlerts, serviceErrors, lookUps, faults, seconds };
}

export type NotifyMetrics = ReturnType<typeof createNotifyMetrics>;
