import { until } from '../chaos/until.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { revisionOf, type WatchFrame } from '../fakes/frame.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { temporaryFolder } from '../servers/warden.ts';
import { type Incident, revisionsOf } from './incident.ts';

/** A failure of many pods at once. */
export interface Storm {
  readonly incident: Omit<Incident, 'counts' | 'name'>;
  readonly pods: readonly string[];
  /** How often each pod fails: so many revisions has its event. */
  readonly times: number;
  /** When it was. */
  readonly secondsAgo: number;
}

/** An API server that storms break out in, and a real exporter that ships what it tells. */
export class StormyCluster implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #api: FakeApiServer;
  readonly #exporter: ExporterProcess;
  #revision = 1000;

  private constructor(stack: AsyncDisposableStack, api: FakeApiServer, exporter: ExporterProcess) {
    this.#stack = stack;
    this.#api = api;
    this.#exporter = exporter;
  }

  /** Starts it, and waits until the exporter watches. @throws Error where it doesn't */
  static async start(cluster: string, lokiUrl: string): Promise<StormyCluster> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder('storm'));
    const api = stack.use(await new FakeApiServer({ head: 1000n }).start());
    const kubeconfig = `${folder.path}/kubeconfig`;
    await api.writeKubeconfig(kubeconfig);
    const exporter = await ExporterProcess.create({ kubeconfig, lokiUrl, cluster, folder: folder.path });
    await exporter.start();
    stack.defer(() => exporter.stop());
    await until('the exporter watches', 30, () => api.openWatches > 0);
    return new StormyCluster(stack.move(), api, exporter);
  }

  /** Lets a storm break out: the pods fail in turns. @param now milliseconds since 1970 from which times are counted back */
  break({ incident, pods, times, secondsAgo }: Storm, now: number): void {
    const begin = this.#revision + 1;
    this.#revision += times * pods.length;
    const frames = pods.flatMap((name, pod) => {
      const counts = Array.from({ length: times }, (_, turn) => [secondsAgo, turn + 1] as const);
      const uid = `${incident.namespace}/${name}`;
      const revisions = revisionsOf(
        { ...incident, name, counts },
        uid,
        now,
        turn => begin + turn * pods.length + pod,
      );
      return revisions.map((object, turn) => ({ type: turn === 0 ? 'ADDED' : 'MODIFIED', object }));
    }) as WatchFrame[];
    this.#api.append(...frames.toSorted((a, b) => Number(revisionOf(a) - revisionOf(b))));
  }

  /** Waits until Loki has acknowledged so many revisions. */
  async delivered(revisions: number): Promise<void> {
    await until(`${revisions} revisions are delivered`, 60, async () => {
      return (await this.#exporter.counts()).delivered >= revisions;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
