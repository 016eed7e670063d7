import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { retryCauses } from '../delivery/sink.ts';
import { ignoredCauses, restartCauses } from '../kubernetes/reader.ts';
import { type BoundedLabel, boundedLabels } from '../loki/cardinality/foldable.ts';
import { refusalCauses } from '../loki/refusal.ts';
import { version } from '../version.ts';
import { Account } from './account.ts';

/** Why a revision that was received is lost. */
const dropCauses = [...refusalCauses, 'spool_full'] as const;

/** What is read when Prometheus asks, rather than kept up to date. */
export interface MetricSources {
  inFlight(): number;
  queueBytes(): number;
  spoolBytes(): number;
  /** Streams, and values of each label, that the cardinality budget has given out. */
  cardinality(): Readonly<Record<BoundedLabel | 'streams', number>> | undefined;
}

/**
 * The exporter's own metrics. Every revision that arrives ends in exactly one counter, so at every scrape
 * `received = delivered + filtered + dropped + in flight`. The help texts are the reference documentation.
 * Series exist at zero before their first use, so that `rate()` sees the first of them.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const sources: { current: MetricSources } = {
    current: { inFlight: () => 0, queueBytes: () => 0, spoolBytes: () => 0, cardinality: () => undefined },
  };
  const age = { frame: Number.NaN, delivery: Number.NaN };
  const lastFrameAgeSeconds = () => (performance.now() - age.frame) / 1000;
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'kube_events_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const accounts: Account[] = [];
  const account = (options: { name: string; help: string; labelNames?: string[] }) => {
    const made = new Account(new Counter({ labelNames: [], ...options, registers }));
    accounts.push(made);
    return made;
  };
  const received = account({
    name: 'kube_events_received_revisions_total',
    help: 'New revisions of events that came from the API server.',
  });
  const delivered = account({
    name: 'kube_events_delivered_revisions_total',
    help: 'Revisions that Loki has acknowledged.',
  });
  const filtered = account({
    name: 'kube_events_filtered_revisions_total',
    help: 'Revisions that the configuration leaves out.',
  });
  const dropped = account({
    name: 'kube_events_dropped_revisions_total',
    help: 'Revisions that are lost, by cause: what Loki will never take (`line_too_long`, `metadata_too_large`, `too_far_behind`, `too_old`, `too_new`, `refused` for anything else), and what a full spool dropped (`spool_full`).',
    labelNames: ['cause'],
  });
  const handedOver = account({
    name: 'kube_events_handed_over_revisions_total',
    help: 'Revisions that were received and left to the next leader, or to the next run: the checkpoint is before them.',
  });
  const restamped = new Counter({
    name: 'kube_events_restamped_revisions_total',
    help: 'Revisions that got another time because Loki refused theirs, which then stands in `event_time`; by cause: `too_far_behind`, `too_old`, `too_new`.',
    labelNames: ['cause'],
    registers,
  });
  const gapSeconds = new Counter({
    name: 'kube_events_gap_seconds_total',
    help: 'Time of which events may be missing for good; the log names each interval and the reason.',
    registers,
  });
  const leader = new Gauge({
    name: 'kube_events_leader',
    help: '1 while this replica reads and pushes, 0 while it stands by.',
    registers,
  });
  const leaseFailures = new Counter({
    name: 'kube_events_lease_failures_total',
    help: 'Requests for the Lease that failed, by what was done: `standby`, `takeover`, `renewal`, `release`.',
    labelNames: ['step'],
    registers,
  });
  const spoolCommit = new Histogram({
    name: 'kube_events_spool_commit_duration_seconds',
    help: 'Time of one transaction of the local state.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  const ignored = new Counter({
    name: 'kube_events_ignored_frames_total',
    help: 'Frames and listed items that bring no new revision, by cause: `deleted` (expiry is no news), `bookmark`, `known`, `older` (than `since`), `malformed`.',
    labelNames: ['cause'],
    registers,
  });
  const watchRestarts = new Counter({
    name: 'kube_events_watch_restarts_total',
    help: 'Watches that ended, by cause: `timeout` (as asked), `expired` (a list follows), `paused` (nobody took its frames for 10 s), `error`.',
    labelNames: ['cause'],
    registers,
  });
  const pushRetries = new Counter({
    name: 'kube_events_push_retries_total',
    help: 'Pushes to be tried again, by cause: `rate_limited` (429), `stream_limit` (429 for new streams), `server_error` (5xx), `connection`, `denied` (401, 403), `not_found` (404).',
    labelNames: ['cause'],
    registers,
  });
  const pushDuration = new Histogram({
    name: 'kube_events_push_duration_seconds',
    help: "Time from a push to Loki's answer, or to its failure.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const inFlight = new Gauge({
    name: 'kube_events_in_flight_revisions',
    help: 'Revisions received that are in no other counter yet.',
    registers,
  });
  new Gauge({
    name: 'kube_events_queue_bytes',
    help: 'Bytes of the entries that wait for Loki, those being pushed included.',
    registers,
    collect() {
      this.set(sources.current.queueBytes());
    },
  });
  new Gauge({
    name: 'kube_events_spool_bytes',
    help: 'Bytes of the entries that wait on disk.',
    registers,
    collect() {
      this.set(sources.current.spoolBytes());
    },
  });
  const parkedStreams = new Gauge({
    name: 'kube_events_parked_streams',
    help: "Streams that wait for room under the tenant's limit of active streams, by tenant.",
    labelNames: ['tenant'],
    registers,
  });
  new Gauge({
    name: 'kube_events_active_streams',
    help: 'Streams that had an entry in the last two hours of event time, of at most `kube_events_stream_budget`.',
    registers,
    collect() {
      this.set(sources.current.cardinality()?.streams ?? 0);
    },
  });
  const streamBudget = new Gauge({
    name: 'kube_events_stream_budget',
    help: 'How many active streams there may be: `cardinality.streams`.',
    registers,
  });
  new Gauge({
    name: 'kube_events_label_values',
    help: 'Values in use of the labels `namespace`, `kind` and `reason`, `__other__` not among them.',
    labelNames: ['label'],
    registers,
    collect() {
      const active = sources.current.cardinality();
      for (const label of boundedLabels) this.set({ label }, active?.[label] ?? 0);
    },
  });
  const folded = new Counter({
    name: 'kube_events_folded_revisions_total',
    help: 'Revisions with `__other__` in a label because the cardinality budget was used up, by label.',
    labelNames: ['label'],
    registers,
  });
  new Gauge({
    name: 'kube_events_last_frame_age_seconds',
    help: 'Time since the API server last sent a list or a frame; NaN before the first.',
    registers,
    collect() {
      this.set(lastFrameAgeSeconds());
    },
  });
  new Gauge({
    name: 'kube_events_last_delivery_age_seconds',
    help: 'Time since Loki last acknowledged an entry; NaN before the first.',
    registers,
    collect() {
      this.set((performance.now() - age.delivery) / 1000);
    },
  });

  const redactions = new Counter({
    name: 'kube_events_redactions_total',
    help: 'Secrets that were replaced, by the pattern that found them.',
    labelNames: ['pattern'],
    registers,
  });
  const configReloads = new Counter({
    name: 'kube_events_config_reloads_total',
    help: 'Times that the configuration was changed under way, by result: `used`, or `refused` with its faults in the log.',
    labelNames: ['result'],
    registers,
  });

  for (const result of ['used', 'refused']) configReloads.inc({ result }, 0);
  for (const cause of ['too_far_behind', 'too_old', 'too_new']) restamped.inc({ cause }, 0);
  for (const step of ['standby', 'takeover', 'renewal', 'release']) leaseFailures.inc({ step }, 0);
  for (const label of boundedLabels) folded.inc({ label }, 0);
  for (const cause of dropCauses) dropped.inc({ cause }, 0);
  for (const cause of ignoredCauses) ignored.inc({ cause }, 0);
  for (const cause of restartCauses) watchRestarts.inc({ cause }, 0);
  for (const cause of retryCauses) pushRetries.inc({ cause }, 0);

  return {
    registry,
    received,
    delivered,
    filtered,
    dropped,
    handedOver,
    restamped,
    gapSeconds,
    leader,
    leaseFailures,
    parkedStreams,
    spoolCommit,
    ignored,
    watchRestarts,
    pushRetries,
    pushDuration,
    configReloads,
    redactions,
    folded,
    streamBudget,
    /** The API server sent a list or a frame. */
    frameSeen(): void {
      age.frame = performance.now();
    },
    /** Time since the API server last sent a list or a frame; NaN before the first. */
    lastFrameAgeSeconds,
    /** Loki acknowledged an entry. */
    deliverySeen(): void {
      age.delivery = performance.now();
    },
    readFrom(current: MetricSources): void {
      sources.current = current;
    },
    /** Everything in Prometheus' text format, the accounts as of one moment. */
    render(): Promise<string> {
      for (const each of accounts) each.publish();
      inFlight.set(sources.current.inFlight());
      return registry.metrics();
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
