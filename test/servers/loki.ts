import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needBinaries } from './binaries.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';
import { temporaryFolder } from './warden.ts';

/** A part of Loki's configuration, as its YAML has it. */
export type LokiConfig = { readonly [key: string]: unknown };

/** Options of {@link startLoki}. */
export interface LokiOptions {
  /** Keys of `limits_config`, over the ones here. */
  readonly limits?: LokiConfig;
  /** Merged into the configuration, key by key and deeply: `{ ruler: { … } }`, `{ auth_enabled: true }`. */
  readonly config?: LokiConfig;
  /** Start a Loki of our own even where one is given by its URL: for tests that kill or configure it. */
  readonly own?: boolean;
}

/** A running Loki. */
export interface Loki extends AsyncDisposable {
  readonly url: string;
  /** False for one that was given by its URL: it can't be stopped, killed or looked into. */
  readonly own: boolean;
  readonly pid: number | undefined;
  /** Where its data, configuration and log are; undefined where Loki was given by its URL. */
  readonly folder: string | undefined;
  /** Paths of Loki's own command line tools; undefined where Loki was given by its URL. */
  readonly tools: { readonly logcli: string; readonly lokitool: string } | undefined;
  /** Starts it again on the same port and data after {@link kill}. */
  start(): Promise<void>;
  /** SIGKILL, as a crash would; its data and port stay. */
  kill(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

/** The Loki that the environment gives us instead of our own, `KUBE_EVENTS_TEST_LOKI_URL`. */
export function givenLokiUrl(): string | undefined {
  return process.env['KUBE_EVENTS_TEST_LOKI_URL'] || undefined;
}

/**
 * Starts a single-binary Loki on 127.0.0.1 with tsdb, schema v13 and structured metadata, in a temporary folder, and
 * waits until it accepts pushes and queries.
 *
 * @throws Error where there is no Loki to start, or it ends before it's ready.
 */
export async function startLoki(options: LokiOptions = {}): Promise<Loki> {
  const given = options.own ? undefined : givenLokiUrl();
  if (given !== undefined) return givenLoki(given);
  const { loki, logcli, lokitool } = await needBinaries('loki');
  const folder = temporaryFolder('loki');
  const [port, grpcPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const configFile = join(folder.path, 'loki.yaml');
  const defaults = defaultConfig(folder.path, port, grpcPort);
  const config = merge(merge(defaults, { limits_config: options.limits ?? {} }), options.config ?? {});
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(config, null, 2));
  const server = new ServerProcess({
    name: 'loki',
    command: loki,
    args: [`-config.file=${configFile}`],
    logFile: join(folder.path, 'loki.log'),
    ready: answersOk(`${url}/ready`),
  });
  async function stop(): Promise<void> {
    await server.stop();
    await folder.remove();
  }
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    own: true,
    folder: folder.path,
    tools: { logcli, lokitool },
    get pid() {
      return server.pid;
    },
    start: () => server.start(),
    kill: () => server.kill(),
    log: () => server.log(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function givenLoki(url: string): Loki {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new Error(
        `The Loki at ${url} was given by KUBE_EVENTS_TEST_LOKI_URL: it's not ours to stop. Unset it.`,
      ),
    );
  const leave = (): Promise<void> => Promise.resolve();
  return {
    url: url.replace(/\/+$/, ''),
    own: false,
    pid: undefined,
    folder: undefined,
    tools: undefined,
    start: refuse,
    kill: refuse,
    log: () => Promise.resolve(''),
    stop: leave,
    [Symbol.asyncDispose]: leave,
  };
}

function defaultConfig(folder: string, port: number, grpcPort: number): LokiConfig {
  return {
    auth_enabled: false,
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: port,
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: grpcPort,
      log_level: 'warn',
    },
    common: {
      instance_addr: '127.0.0.1',
      path_prefix: join(folder, 'data'),
      storage: {
        filesystem: { chunks_directory: join(folder, 'chunks'), rules_directory: join(folder, 'rules') },
      },
      replication_factor: 1,
      ring: { instance_addr: '127.0.0.1', kvstore: { store: 'inmemory' } },
    },
    schema_config: {
      configs: [
        {
          from: '2020-01-01',
          store: 'tsdb',
          object_store: 'filesystem',
          schema: 'v13',
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
    // Its parts look for each other every ten seconds otherwise, and it's ready only once they have met.
    frontend: { scheduler_dns_lookup_period: '250ms' },
    frontend_worker: { dns_lookup_duration: '250ms' },
    query_range: { cache_results: false, cache_index_stats_results: false, cache_volume_results: false },
    analytics: { reporting_enabled: false },
    limits_config: {
      allow_structured_metadata: true,
      // A check of every event there is reads them in one query.
      max_entries_limit_per_query: 100_000,
    },
  };
}

function merge(base: LokiConfig, over: LokiConfig): LokiConfig {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? merge(below, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is LokiConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
