import type { Config } from './config/schema.ts';
import { JsonLines } from './delivery/json-lines.ts';
import type { Sink } from './delivery/sink.ts';
import { LokiClient } from './loki/client.ts';
import { LokiConnection, type LokiConnectionOptions, type SecretSource } from './loki/connection.ts';
import { Recall } from './loki/recall.ts';

/** How far back Loki is asked for the last entry of an event that still lives. */
const recallSeconds = 24 * 3600;

/** Where the configuration sends entries. */
export function createSink(config: Config): Sink {
  if (config.output === 'stdout') return JsonLines.stdout();
  if (config.output !== 'loki') return JsonLines.file(config.output);
  const { url = '', encoding } = config.loki;
  return new LokiClient({ url, encoding, ...connectionOptions(config) });
}

/** Whom the configuration lets ask for counts that nobody knows; undefined where nobody may. */
export function createRecall(config: Config): Recall | undefined {
  const { job, cluster, loki } = config;
  if (!loki.readUrl) return undefined;
  return new Recall({
    url: loki.readUrl,
    connection: new LokiConnection(connectionOptions(config)),
    labels: { job, ...(cluster && { cluster }) },
    rangeSeconds: recallSeconds,
  });
}

function connectionOptions({ loki }: Config): LokiConnectionOptions {
  const { tenant, timeoutSeconds, basicAuth, bearerTokenFile, bearerTokenEnv, headers, tls } = loki;
  const password = secretSource(basicAuth?.passwordFile, basicAuth?.passwordEnv);
  return {
    tenant,
    timeoutMs: timeoutSeconds * 1000,
    basicAuth: basicAuth && password && { username: basicAuth.username, password },
    bearerToken: secretSource(bearerTokenFile, bearerTokenEnv),
    headers,
    tls,
  };
}

function secretSource(file: string | undefined, env: string | undefined): SecretSource | undefined {
  if (file !== undefined) return { file };
  return env === undefined ? undefined : { env };
}
