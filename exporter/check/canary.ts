import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/schema.ts';
import type { PushResult, Sink } from '../delivery/sink.ts';
import type { LokiConnection } from '../loki/connection.ts';
import { type EncodedEntry, encodeEntry, formatLabels } from '../loki/encode.ts';
import { isFieldFormat, parserStage, withFieldsInLine } from '../loki/line.ts';
import type { Entry, StreamLabels } from '../loki/schema.ts';
import { version } from '../version.ts';
import { messageOf } from './connection-fault.ts';
import type { Finding } from './finding.ts';
import { structuredMetadataAdvice } from './limits.ts';
import { requestDeadline } from './timeout.ts';

/** Loki answers from memory what it has just stored; a busy one takes a moment. */
const patienceMs = 10_000;
const pauseMs = 300;

/** The canary's stream: no event is in it, and no board or rule asks for it. */
export function canaryLabels({ job, cluster }: Pick<Config, 'job' | 'cluster'>): StreamLabels {
  return { ...(cluster && { cluster }), job: `${job}-check` };
}

/** How a tenant is written to, and read. */
export interface CanaryRoute {
  readonly sink: Sink;
  readonly connection: LokiConnection;
  /** Loki's base URL for queries. */
  readonly readUrl: string;
}

/** Stores one entry and looks for it: the only proof that all of it works. */
export async function checkCanary(config: Config, route: CanaryRoute): Promise<Finding[]> {
  const id = randomUUID();
  const began = performance.now();
  const result = await route.sink.push(route.sink.encode([encodeCanary(config, id)]), requestDeadline());
  if (result.kind !== 'accepted') return refused(result);
  const answer = await find(config, route, id);
  const check = 'canary';
  if (answer !== undefined) {
    return [
      {
        check,
        status: 'warning',
        found: `stored, and not found again at ${route.readUrl}: ${answer}`,
        advice: 'shipping works; give loki.readUrl, if queries go elsewhere, and look with Grafana',
      },
    ];
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const findings: Finding[] = [{ check, status: 'ok', found: `stored, and found again after ${seconds} s` }];
  if (!isFieldFormat(config.loki.line)) {
    findings.push({ check: 'structured-metadata', status: 'ok', found: 'allowed: the canary has it' });
  }
  return findings;
}

function encodeCanary(config: Config, id: string): EncodedEntry {
  const { line } = config.loki;
  const entry: Entry<'check_id' | 'instance' | 'version' | 'detected_level'> = {
    labels: canaryLabels(config),
    timestamp: BigInt(Date.now()) * 1_000_000n,
    line: 'kube-events-loki check: this entry may be stored, and can be read',
    metadata: { check_id: id, instance: hostname(), version, detected_level: 'info' },
  };
  return encodeEntry(isFieldFormat(line) ? withFieldsInLine(entry, line) : entry);
}

function refused(result: Exclude<PushResult, { kind: 'accepted' }>): Finding[] {
  const check = 'canary';
  const { message } = result;
  if (message.includes('structured metadata, but this feature is disallowed')) {
    return [
      {
        check,
        status: 'fault',
        found: 'refused for its structured metadata',
        advice: structuredMetadataAdvice,
      },
      {
        check: 'structured-metadata',
        status: 'fault',
        found: 'not allowed: Loki refuses every entry',
        advice: structuredMetadataAdvice,
      },
    ];
  }
  return [{ check, status: 'fault', found: `refused: ${message}`, advice: adviceFor(result) }];
}

function adviceFor(result: Exclude<PushResult, { kind: 'accepted' }>): string {
  if (result.kind === 'stream_limit') {
    return "the tenant's streams are used up: raise its max_global_streams_per_user in Loki";
  }
  if (result.kind === 'refused' && ['too_new', 'too_old', 'too_far_behind'].includes(result.refusal.cause)) {
    return "set this machine's clock and Loki's by NTP";
  }
  return 'see what Loki says, and its log';
}

/** @returns why it isn't found; undefined where it is */
async function find(
  config: Config,
  { connection, readUrl }: CanaryRoute,
  id: string,
): Promise<string | undefined> {
  const stage = parserStage(config.loki.line);
  const query = `${formatLabels(canaryLabels(config))}${stage} | check_id="${id}"`;
  const startMs = Date.now() - 3_600_000;
  const parameters = { query, start: `${startMs}000000`, end: `${startMs + 7_200_000}000000`, limit: '1' };
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const { status, text } = await connection.post(
        `${readUrl}/loki/api/v1/query_range`,
        { 'content-type': 'application/x-www-form-urlencoded' },
        new URLSearchParams(parameters).toString(),
        requestDeadline(),
      );
      if (status !== 200) return `${status} ${text.slice(0, 300).trim()}`;
      const { data } = JSON.parse(text) as { data?: { result?: readonly unknown[] } };
      if ((data?.result?.length ?? 0) > 0) return undefined;
    } catch (error) {
      return error instanceof SyntaxError ? 'the answer is not JSON' : messageOf(error);
    }
    if (performance.now() > deadline) return `not within ${patienceMs / 1000} s`;
    await sleep(pauseMs);
  }
}
