import { hostname } from 'node:os';
import { version } from '../version.ts';
import { type EncodedEntry, encodeEntry } from './encode.ts';
import type { EntryOptions } from './entry.ts';
import { isFieldFormat, withFieldsInLine } from './line.ts';
import { type Entry, type HeartbeatName, heartbeatJob } from './schema.ts';

/** How an exporter is at the time of a heartbeat. */
export interface Vitals {
  /** NaN before the first list. */
  readonly lastFrameAgeSeconds: number;
  /** Revisions. */
  readonly inFlight: number;
}

/**
 * A heartbeat as it is pushed: no event, so it has a stream of its own, outside of the cardinality budget.
 * @param at milliseconds since 1970
 */
export function encodeHeartbeat(vitals: Vitals, options: EntryOptions, at: number): EncodedEntry {
  const entry = toHeartbeat(vitals, options, at);
  const { line = 'text' } = options;
  return encodeEntry(isFieldFormat(line) ? withFieldsInLine(entry, line) : entry);
}

function toHeartbeat(
  { lastFrameAgeSeconds, inFlight }: Vitals,
  { job, cluster }: EntryOptions,
  at: number,
): Entry<HeartbeatName> {
  const age = Number.isNaN(lastFrameAgeSeconds) ? '' : lastFrameAgeSeconds.toFixed(1);
  const heard = age === '' ? 'nothing heard of the API server yet' : `API server heard ${age} s ago`;
  return {
    labels: { ...(cluster && { cluster }), job: heartbeatJob(job) },
    timestamp: BigInt(at) * 1_000_000n,
    line: `heartbeat: ${heard}, ${inFlight} in flight`,
    metadata: {
      last_frame_age_seconds: age,
      in_flight: String(inFlight),
      instance: hostname(),
      version,
      detected_level: 'info',
    },
  };
}
