import assert from 'node:assert/strict';
import { type EndedRun, FakeKubelet } from '../fakes/kubelet.ts';
import type { KubernetesApi } from '../servers/api.ts';

const namespace = 'shop';
const containers = ['app', 'side'] as const;

const runs: readonly EndedRun[] = [
  { exitCode: 137, reason: 'OOMKilled' },
  { exitCode: 1, reason: 'Error' },
  { exitCode: 139, reason: 'Error' },
  { exitCode: 0, reason: 'Completed' },
];

/** Pods whose containers fail, and an account of how. */
export class FailingPods {
  /** By `podUid/container/run`. */
  readonly failures = new Map<string, EndedRun>();
  readonly #api: KubernetesApi;
  #kubelets: FakeKubelet[] = [];
  #written = 0;

  private constructor(api: KubernetesApi) {
    this.#api = api;
  }

  /** So many, in a namespace of their own. */
  static async start(api: KubernetesApi, count: number): Promise<FailingPods> {
    await api.create('/api/v1/namespaces', { metadata: { name: namespace } });
    // Without controllers nobody makes it, and no Pod is let in without.
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await api.create(accounts, { metadata: { name: 'default' } });
    const pods = new FailingPods(api);
    for (let index = 0; index < count; index += 1) await pods.#add(`web-${index}`);
    return pods;
  }

  /** A run of one container or of both ends, in every Pod; what is restarted may have waited. */
  async play(): Promise<void> {
    for (const kubelet of this.#kubelets) {
      const failing = Math.random() < 0.4 ? containers : containers.slice(0, 1);
      const ended = new Map(failing.map(name => [name, this.#nextRun()]));
      for (const [name, run] of ended) {
        if (run.exitCode === 0) continue;
        this.failures.set(`${kubelet.uid}/${name}/${kubelet.restarts(name)}`, run);
      }
      await kubelet.end(ended);
      for (const name of failing) if (Math.random() < 0.5) await kubelet.backOff(name);
      await kubelet.restart(failing);
    }
  }

  /** Some Pods are deleted, and their containers ended for it, which is no failure. */
  async deletePods(count: number): Promise<void> {
    for (const kubelet of this.#kubelets.splice(0, count)) {
      await kubelet.askToDelete();
      await kubelet.end(
        new Map([
          ['app', { exitCode: 143, reason: 'Error' }],
          ['side', { exitCode: 137, reason: 'Error' }],
        ]),
      );
      await kubelet.remove();
    }
  }

  async #add(name: string): Promise<void> {
    const options = { namespace, name, node: 'node-1', containers };
    this.#kubelets.push(await FakeKubelet.start(this.#api, options));
  }

  #nextRun(): EndedRun {
    this.#written += 1;
    const run = runs[this.#written % runs.length];
    assert.ok(run);
    return run;
  }
}
