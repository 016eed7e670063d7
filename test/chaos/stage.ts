import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, type LokiOptions, startLoki } from '../servers/loki.ts';
import { createNamespaces } from './writer.ts';

/** The servers that the scenarios share; each leaves them running. */
export interface Stage extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly loki: Loki;
}

/** @throws Error where a server can't be had or doesn't start */
export async function openStage(): Promise<Stage> {
  await using servers = new AsyncDisposableStack();
  const loki = servers.use(await chaosLoki());
  const controlPlane = servers.use(await startControlPlane({ controllers: false }));
  await createNamespaces(controlPlane.api);
  const owned = servers.move();
  return { controlPlane, loki, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A Loki that can be killed, and is asked for entries of any age. */
export function chaosLoki({ limits, config }: Pick<LokiOptions, 'limits' | 'config'> = {}): Promise<Loki> {
  return startLoki({
    own: true,
    limits: { max_entries_limit_per_query: 100_000, ...limits },
    // Entries older than three hours are otherwise looked for in the store only, where they aren't yet.
    config: { querier: { query_ingesters_within: '0s' }, ...config },
  });
}
