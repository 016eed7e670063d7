import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needBinaries } from './binaries.ts';
import type { ControlPlane } from './kubernetes.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';

/** The label by which a pod has a fault: what the kubelet then says, again and again. */
export const FAULT_LABEL = 'kube-events.test/fault';

/** What {@link FAULT_LABEL} can say. `hangs` is for a Job's pod that never completes. */
export type Fault = 'back-off' | 'unhealthy' | 'failed-mount' | 'evicted' | 'hangs';

/** The label by which a node has a problem, once: it goes away with its event. */
export const PROBLEM_LABEL = 'kube-events.test/problem';

/** What {@link PROBLEM_LABEL} can say: `OOMKilling` and `ConntrackFull`, as node-problem-detector reports them. */
export type Problem = 'oom-killing' | 'conntrack-full';

/** Options of {@link startKwok}. */
export interface KwokOptions {
  /** Names of the nodes that it plays. Default two, `node-a` and `node-b`. */
  readonly nodes?: readonly string[];
}

/** A running kwok: it plays the kubelets of its nodes. */
export interface Kwok extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly nodes: readonly string[];
  /** Has a problem reported on a node. */
  report(node: string, problem: Problem): Promise<void>;
  stop(): Promise<void>;
}

const MANAGED = { 'kwok.x-k8s.io/node': 'fake' };

/**
 * Creates nodes and starts kwok, which plays their kubelets and node-problem-detector by the stages of `kwok/stages`.
 * Resolves once the nodes are ready for pods. Its log is in the control plane's folder.
 *
 * @throws Error where there is no kwok to start, or it ends before it's ready.
 */
export async function startKwok(controlPlane: ControlPlane, options: KwokOptions = {}): Promise<Kwok> {
  const { kwok } = await needBinaries('kwok');
  const { api, folder, kubeconfig } = controlPlane;
  const nodes = options.nodes ?? ['node-a', 'node-b'];
  const stages = fileURLToPath(new URL('./kwok/stages/', import.meta.url));
  const address = `127.0.0.1:${await freePort()}`;
  const server = new ServerProcess({
    name: 'kwok',
    command: kwok,
    args: [
      `--kubeconfig=${kubeconfig}`,
      ...(await readdir(stages)).toSorted().map(file => `--config=${join(stages, file)}`),
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      // A heartbeat every 3 s, well inside the controller-manager's grace period.
      '--node-lease-duration-seconds=12',
      `--server-address=${address}`,
    ],
    // Not the configuration that a developer may have in their home.
    env: { HOME: folder, KWOK_WORKDIR: folder },
    logFile: join(folder, 'kwok.log'),
    ready: answersOk(`http://${address}/healthz`),
  });
  await server.start();
  for (const name of nodes) {
    await api.create('/api/v1/nodes', {
      metadata: { name, annotations: MANAGED, labels: { 'kubernetes.io/hostname': name } },
    });
  }
  await nodesAreReady(controlPlane, nodes);
  const stop = (): Promise<void> => server.stop();
  return {
    server,
    nodes,
    async report(node, problem) {
      await api.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { [PROBLEM_LABEL]: problem } } });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** @throws Error when they aren't all ready in a minute. */
async function nodesAreReady({ api }: ControlPlane, nodes: readonly string[]): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (const name of nodes) {
    for (;;) {
      const node = await api.get(`/api/v1/nodes/${name}`);
      const { taints = [] } = (node['spec'] ?? {}) as { taints?: readonly unknown[] };
      const { conditions = [] } = node['status'] as {
        conditions?: readonly { type: string; status: string }[];
      };
      const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      if (ready && taints.length === 0) break;
      if (performance.now() > deadline) throw new Error(`kwok's node ${name} wasn't ready in a minute`);
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}
