import type { LokiConnection } from './connection.ts';
import { formatLabels } from './encode.ts';
import { type LineFormat, parserStage } from './line.ts';
import type { StreamLabels } from './schema.ts';

/** Loki's default limit of series in one answer is 500. */
const uidsPerQuery = 200;
/** Loki takes entries from up to ten minutes ahead, by default: so much later the query ends. */
const aheadSeconds = 900;

export interface RecallOptions {
  /** Loki's base URL for queries. */
  readonly url: string;
  readonly connection: LokiConnection;
  /** What all streams of this exporter have in common. */
  readonly labels: StreamLabels;
  /** Whether the fields of entries are in the line; in metadata where it isn't given. */
  readonly line?: LineFormat;
  /** How far back an event's last entry may lie, in seconds. */
  readonly rangeSeconds: number;
}

/** Asks Loki for the counts that events had when their last entries were stored. */
export class Recall {
  readonly #options: RecallOptions;

  constructor(options: RecallOptions) {
    this.#options = options;
  }

  /**
   * The last stored count of each event, by uid; what isn't stored is not in it.
   * @param through only entries of revisions up to this one
   * @throws Error where Loki can't be asked, or refuses the query
   */
  async counts(uids: readonly string[], through: bigint, signal: AbortSignal): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (let start = 0; start < uids.length; start += uidsPerQuery) {
      const some = uids.slice(start, start + uidsPerQuery);
      for (const { metric, value } of await this.#ask(some, through, signal)) {
        if (metric['event_uid']) counts.set(metric['event_uid'], Number(value[1]));
      }
    }
    return counts;
  }

  async close(): Promise<void> {
    await this.#options.connection.close();
  }

  async #ask(uids: readonly string[], through: bigint, signal: AbortSignal): Promise<Sample[]> {
    const { url, connection, labels, line = 'text', rangeSeconds } = this.#options;
    // A count falls only where its writer began anew, so the highest one is the last.
    const query = `max by (event_uid) (max_over_time(${formatLabels(labels)}${parserStage(line)} | event_uid=~"${uids.map(quoteMeta).join('|')}" | resource_version<=${through} | unwrap count [${rangeSeconds + aheadSeconds}s]))`;
    const time = Math.floor(Date.now() / 1000) + aheadSeconds;
    const { status, text } = await connection.post(
      `${url.replace(/\/+$/, '')}/loki/api/v1/query`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ query, time: String(time) }).toString(),
      signal,
    );
    if (status !== 200) throw new Error(`${status}: ${text.slice(0, 300).trim()}`);
    return (JSON.parse(text) as { data: { result: Sample[] } }).data.result;
  }
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A uid as a regular expression that matches itself alone, inside a quoted string. */
function quoteMeta(uid: string): string {
  return uid.replace(/[^A-Za-z0-9-]/g, '.');
}
