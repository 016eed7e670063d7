import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Loki, type LokiConfig, startLoki } from './loki.ts';
import { temporaryFolder } from './warden.ts';

/** Options of {@link startRuler}. */
export interface RulerOptions {
  /** Rule files by name, as YAML. */
  readonly files: Readonly<Record<string, string>>;
  /** Where alerts go; nowhere without it. */
  readonly alertmanagerUrl?: string;
  /** Where samples of recording rules go, by Prometheus' remote write; nowhere without it. */
  readonly remoteWriteUrl?: string;
  /** Keys of `limits_config`. */
  readonly limits?: LokiConfig;
  /** Merged into the configuration, over the ruler's here. */
  readonly config?: LokiConfig;
}

/** A running Loki that evaluates rules. Entries may be as old as a test likes. */
export interface Ruler extends Loki {
  /** What it has loaded. @throws Error where it does not say */
  rules(): Promise<LoadedGroup[]>;
}

/** A rule group as Loki's API tells it. */
export interface LoadedGroup {
  readonly name: string;
  readonly file: string;
  /** Seconds. */
  readonly interval: number;
  readonly lastEvaluation: string;
  readonly rules: readonly LoadedRule[];
}

/** A rule as Loki's API tells it. */
export interface LoadedRule {
  readonly type: 'alerting' | 'recording';
  readonly name: string;
  readonly query: string;
  /** Seconds, of an alerting rule. */
  readonly duration?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** `ok`, `err`, or `unknown` before it was evaluated. */
  readonly health: string;
  readonly lastError?: string;
  /** RFC 3339; the year 1 before it was evaluated. */
  readonly lastEvaluation: string;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly alerts?: readonly LoadedAlert[];
}

/** An alert as Loki's API tells it. */
export interface LoadedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly value: string;
}

/**
 * Starts a Loki of our own whose ruler has these rule files, and waits until it is ready.
 *
 * @throws Error where there is no Loki to start, or it ends before it's ready.
 */
export async function startRuler(options: RulerOptions): Promise<Ruler> {
  const { files, alertmanagerUrl, remoteWriteUrl, limits = {}, config = {} } = options;
  const folder = temporaryFolder('ruler');
  const directory = join(folder.path, 'rules');
  // The tenant of a Loki without tenants.
  const tenant = join(directory, 'fake');
  await mkdir(tenant, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(tenant, name), text);
  try {
    const loki = await startLoki({
      own: true,
      limits: {
        reject_old_samples: false,
        ingestion_rate_mb: 100,
        ingestion_burst_size_mb: 200,
        per_stream_rate_limit: '100MB',
        per_stream_rate_limit_burst: '200MB',
        max_query_series: 500,
        // An hour by default, for which a day is 24 queries.
        split_queries_by_interval: '24h',
        ...limits,
      },
      config: {
        // Entries may be older than the newest of their stream by half of it.
        ingester: { max_chunk_age: '1000h', chunk_idle_period: '100h' },
        // What was not written to disk is only there, whatever its age.
        querier: { query_ingesters_within: '0s' },
        ruler: {
          storage: { type: 'local', local: { directory } },
          rule_path: join(folder.path, 'evaluated'),
          wal: { dir: join(folder.path, 'wal') },
          ...(alertmanagerUrl !== undefined && {
            alertmanager_url: alertmanagerUrl,
            enable_alertmanager_v2: true,
          }),
          ...(remoteWriteUrl !== undefined && {
            remote_write: { enabled: true, clients: { prometheus: { url: remoteWriteUrl } } },
          }),
          enable_api: true,
          poll_interval: '2s',
          ring: { kvstore: { store: 'inmemory' } },
        },
        ...config,
      },
    });
    const stop = async () => {
      await loki.stop();
      await folder.remove();
    };
    return {
      ...loki,
      get pid() {
        return loki.pid;
      },
      stop,
      rules: () => loadedGroups(loki.url),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function loadedGroups(url: string): Promise<LoadedGroup[]> {
  const response = await fetch(`${url}/prometheus/api/v1/rules`, { signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}/prometheus/api/v1/rules: ${response.status} ${text}`);
  return (JSON.parse(text) as { data: { groups: LoadedGroup[] } }).data.groups;
}
