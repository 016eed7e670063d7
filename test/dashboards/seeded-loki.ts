import { type ProfileName, profileNames } from '../../dashboards/profile.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { type Revision, seed } from './seed.ts';
import { ship } from './shippers.ts';

/** A Loki with the same events as each profile's shipper writes them. */
export interface SeededLoki extends AsyncDisposable {
  readonly url: string;
  /** Milliseconds since 1970: the end of the seed. */
  readonly end: number;
  readonly revisions: readonly Revision[];
  readonly job: (profile: ProfileName) => string;
  readonly loki: Loki;
}

export interface SeedOptions {
  readonly everyMinutes?: number;
  readonly profiles?: readonly ProfileName[];
}

/** Each profile has a job of its own, because those of our own exporter would share one. */
const job = (profile: ProfileName) => `seed/${profile}`;

/** Starts a Loki that takes events of two weeks, and fills it. @throws Error where Loki does not take them all */
export async function startSeededLoki({
  everyMinutes,
  profiles = profileNames,
}: SeedOptions = {}): Promise<SeededLoki> {
  const loki = await startLoki({
    own: true,
    limits: {
      reject_old_samples: false,
      ingestion_rate_mb: 100,
      ingestion_burst_size_mb: 200,
      per_stream_rate_limit: '100MB',
      per_stream_rate_limit_burst: '200MB',
      // A user's limits, as they are by default.
      max_query_series: 500,
      max_entries_limit_per_query: 5000,
      // An hour by default, for which a week is 168 queries.
      split_queries_by_interval: '24h',
      split_instant_metric_queries_by_interval: '24h',
    },
    config: {
      // Entries may be older than the newest of their stream by half of it.
      ingester: { max_chunk_age: '1000h', chunk_idle_period: '100h' },
      // What was not written to disk is only here, whatever its age.
      querier: { query_ingesters_within: '0s' },
    },
  });
  try {
    const end = Math.floor(Date.now() / 1000) * 1000;
    const revisions = seed(end, everyMinutes);
    for (const profile of profiles) await ship(loki.url, revisions, profile, job(profile));
    return { url: loki.url, end, revisions, job, loki, [Symbol.asyncDispose]: () => loki.stop() };
  } catch (error) {
    await loki.stop();
    throw error;
  }
}
