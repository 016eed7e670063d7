import type { KubernetesApi, KubernetesObject } from '../servers/api.ts';

/** A run of a container that ended. */
export interface EndedRun {
  readonly exitCode: number;
  readonly reason: 'OOMKilled' | 'Error' | 'Completed';
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID: string;
  readonly state: object;
  readonly lastState?: object;
}

/**
 * Writes the status of a Pod's containers as the kubelet does when they end and are started again: the API server's
 * rules for a status apply.
 */
export class FakeKubelet {
  readonly uid: string;
  readonly name: string;
  readonly #api: KubernetesApi;
  readonly #path: string;
  readonly #statuses: Map<string, ContainerStatus>;

  private constructor(
    api: KubernetesApi,
    path: string,
    pod: KubernetesObject,
    containers: readonly string[],
  ) {
    this.#api = api;
    this.#path = path;
    this.name = pod.metadata.name;
    this.uid = pod.metadata.uid ?? '';
    this.#statuses = new Map(containers.map(name => [name, runningStatus(name, 0)]));
  }

  /** Creates a Pod on a node, and has its containers run. */
  static async start(
    api: KubernetesApi,
    options: { namespace: string; name: string; node: string; containers: readonly string[] },
  ): Promise<FakeKubelet> {
    const { namespace, name, node, containers } = options;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const pod = await api.create(path, {
      metadata: { name },
      spec: {
        nodeName: node,
        automountServiceAccountToken: false,
        containers: containers.map(name => ({
          name,
          image: 'none',
          resources: { limits: { memory: '64Mi' } },
        })),
      },
    });
    const kubelet = new FakeKubelet(api, `${path}/${name}`, pod, containers);
    await kubelet.#write();
    return kubelet;
  }

  /** How often a container was restarted. */
  restarts(container: string): number {
    return this.#statusOf(container).restartCount;
  }

  /** These containers end, all in one write. */
  async end(ended: ReadonlyMap<string, EndedRun>): Promise<void> {
    for (const [name, { exitCode, reason }] of ended) {
      const status = this.#statusOf(name);
      const finishedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      const { containerID } = status;
      const terminated = { exitCode, reason, startedAt: finishedAt, finishedAt, containerID };
      this.#statuses.set(name, { ...status, ready: false, state: { terminated } });
    }
    await this.#write();
  }

  /** A container that ended waits to be started again. */
  async backOff(container: string): Promise<void> {
    const status = this.#statusOf(container);
    const state = { waiting: { reason: 'CrashLoopBackOff' } };
    this.#statuses.set(container, { ...status, state, lastState: status.state });
    await this.#write();
  }

  /** Containers that ended run again, all in one write. */
  async restart(containers: Iterable<string>): Promise<void> {
    for (const name of containers) {
      const { restartCount, state, lastState } = this.#statusOf(name);
      const ended = 'terminated' in state ? state : lastState;
      this.#statuses.set(name, {
        ...runningStatus(name, restartCount + 1),
        ...(ended && { lastState: ended }),
      });
    }
    await this.#write();
  }

  /** Asks for the Pod's deletion; it is there until its containers have ended. */
  async askToDelete(): Promise<void> {
    await this.#api.delete(this.#path);
  }

  /** The Pod is gone. */
  async remove(): Promise<void> {
    await this.#api.delete(`${this.#path}?gracePeriodSeconds=0`);
  }

  #statusOf(container: string): ContainerStatus {
    const status = this.#statuses.get(container);
    if (!status) throw new Error(`pod ${this.name} has no container ${container}`);
    return status;
  }

  async #write(): Promise<void> {
    const status = { phase: 'Running', containerStatuses: [...this.#statuses.values()] };
    await this.#api.patch(`${this.#path}/status`, { status });
  }
}

function runningStatus(name: string, restartCount: number): ContainerStatus {
  return {
    name,
    image: 'none',
    imageID: 'none',
    ready: true,
    restartCount,
    containerID: `fake://${name}-${restartCount}`,
    state: { running: { startedAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z') } },
  };
}
