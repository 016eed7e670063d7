import { LokiClient } from '../../exporter/loki/client.ts';
import { type EncodedEntry, encodePush } from '../../exporter/loki/encode.ts';
import { encodeHeartbeat } from '../../exporter/loki/heartbeat.ts';
import type { Happening } from './case.ts';
import { encodeIncident } from './incident.ts';

/**
 * Pushes what happens in clusters: all of it at once, oldest first.
 * @param now milliseconds since 1970 that times are counted back from
 * @throws Error with Loki's words where it does not take it all
 */
export async function push(
  url: string,
  clusters: ReadonlyMap<string, Happening>,
  now = Date.now(),
): Promise<void> {
  const entries: EncodedEntry[] = [];
  for (const [cluster, { events = [], heartbeats = [] }] of clusters) {
    for (const incident of events) entries.push(...encodeIncident(incident, cluster, now));
    for (const [secondsAgo, lastFrameAgeSeconds] of heartbeats) {
      const vitals = { lastFrameAgeSeconds, inFlight: 0 };
      entries.push(encodeHeartbeat(vitals, { job: 'kube-events', cluster }, now - secondsAgo * 1000));
    }
  }
  entries.sort((a, b) => Number(a.timestamp - b.timestamp));
  const client = new LokiClient({ url, tenant: undefined, timeoutMs: 60_000 });
  try {
    for (let start = 0; start < entries.length; start += batch) {
      const result = await client.push(encodePush(entries.slice(start, start + batch)), never);
      if (result.kind !== 'accepted') throw new Error(`Loki says ${result.message}`);
    }
  } finally {
    await client.close();
  }
}

const batch = 2000;
const never = new AbortController().signal;
