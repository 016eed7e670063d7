import type { Config } from './config/schema.ts';
import { LineSink } from './delivery/line-sink.ts';
import type { Sink } from './delivery/sink.ts';
import { LokiClient } from './loki/client.ts';
import { LokiConnection, type LokiConnectionOptions, type SecretSource } from './loki/connection.ts';
import { Recall } from './loki/recall.ts';

/** How far back Loki is asked for the last entry of an event that still lives. */
const recallSeconds = 24 * 3600;

/** Where the configuration sends entries: a sink for each tenant, by its name; that of `loki.tenant` is the first. */
export function createSinks(config: Config): Map<string, Sink> {
  const { output, loki, routes } = config;
  const tenants = [...new Set([loki.tenant, ...routes.map(({ tenant }) => tenant ?? loki.tenant)])];
  if (output === 'stdout') return new Map([[tenants[0] ?? '', LineSink.stdout()]]);
  if (output === 'dry-run') return new Map(tenants.map((tenant = '') => [tenant, LineSink.dryRun(tenant)]));
  if (output !== 'loki') return new Map([[tenants[0] ?? '', LineSink.file(output)]]);
  const { url = '', encoding } = loki;
  const options = connectionOptions(loki);
  return new Map(
    tenants.map(tenant => [tenant ?? '', new LokiClient({ url, encoding, ...options, tenant })]),
  );
}

/** Whom the configuration lets ask for counts that nobody knows; undefined where nobody may. */
export function createRecall(config: Config): Recall | undefined {
  const { job, cluster, loki } = config;
  if (!loki.readUrl) return undefined;
  return new Recall({
    url: loki.readUrl,
    connection: new LokiConnection(connectionOptions(loki)),
    labels: { job, ...(cluster && { cluster }) },
    line: loki.line,
    rangeSeconds: recallSeconds,
  });
}

/** How a Loki is reached, from the keys of its section. */
export function connectionOptions(
  loki: Pick<
    Config['loki'],
    'tenant' | 'timeoutSeconds' | 'basicAuth' | 'bearerTokenFile' | 'bearerTokenEnv' | 'headers' | 'tls'
  >,
): LokiConnectionOptions {
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

/** Where a secret is, of the two keys that can say so. */
export function secretSource(file: string | undefined, env: string | undefined): SecretSource | undefined {
  if (file !== undefined) return { file };
  return env === undefined ? undefined : { env };
}
