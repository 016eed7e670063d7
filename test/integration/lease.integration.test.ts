import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { Cluster } from '../../exporter/kubernetes/cluster.ts';
import { Election, type ElectionObserver } from '../../exporter/kubernetes/election.ts';
import { Lease } from '../../exporter/kubernetes/lease.ts';
import type { Term } from '../../exporter/kubernetes/term.ts';
import { checkpointOf, positionOf } from '../fakes/checkpoints.ts';
import type { KubernetesObject } from '../servers/api.ts';
import { writeKubeconfig } from '../servers/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { skipWithout } from '../servers/require.ts';

const namespace = 'default';
const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;

const skip = await skipWithout('etcd', 'kubernetes');

/** One elector with connections of its own, which can be cut off as a crash does. */
class Replica {
  readonly told: string[] = [];
  readonly election: Election;
  readonly cluster: Cluster;
  readonly stopping = new AbortController();
  #crashed = false;

  constructor(kubeconfig: string, name: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.cluster = new Cluster(config);
    const observer: ElectionObserver = {
      standby: () => this.told.push('standby'),
      acquired: ({ checkpoint }) => this.told.push(`acquired ${positionOf(checkpoint)?.at}`),
      renewed: () => this.told.push('renewed'),
      lost: () => this.told.push('lost'),
      released: () => this.told.push('released'),
      failed: (error, what) => this.told.push(`failed ${what}: ${error.message}`),
    };
    const lease = new Lease(this.cluster, { namespace, name });
    // After the crash its clock never wakes anyone: it renews no more, and frees nothing.
    this.election = new Election(lease, observer, {
      now: () => performance.now(),
      sleep: async (ms, signal) => {
        await sleep(ms, undefined, { signal }).catch(() => {});
        if (this.#crashed) await Promise.withResolvers<never>().promise;
      },
    });
  }

  async lead(): Promise<Term> {
    const term = await this.election.acquire(this.stopping.signal);
    assert.ok(term);
    return term;
  }

  crash(): void {
    this.#crashed = true;
  }
}

describe('leader election on a Lease of a real API server', { skip, timeout: 300_000 }, () => {
  let controlPlane: ControlPlane;
  const replicas: Replica[] = [];

  before(async () => {
    controlPlane = await startControlPlane({ controllers: false });
  });

  after(async () => {
    for (const { cluster, stopping } of replicas) {
      stopping.abort();
      await cluster.close();
    }
    await controlPlane?.stop();
  });

  function replica(name: string, kubeconfig = controlPlane.kubeconfig): Replica {
    const made = new Replica(kubeconfig, name);
    replicas.push(made);
    return made;
  }

  async function checkpointOn(name: string): Promise<string | undefined> {
    const { metadata } = await controlPlane.api.get(`${leases}/${name}`);
    const annotations = (metadata['annotations'] ?? {}) as Record<string, string>;
    const text = annotations['kube-events-loki/checkpoint'];
    return text && JSON.parse(text).sources['core/v1/events'].at;
  }

  const at = (revision: bigint) => ({ from: revision, at: revision });

  test('a leader that stops hands over to the standby at once, with its checkpoint', async t => {
    const one = replica('handover');
    const two = replica('handover');
    const first = await one.lead();
    const standby = two.lead();
    await until(() => two.told.includes('standby'));
    first.save(() => checkpointOf(at(41n)));
    await until(() => checkpointOn('handover').then(found => found === '41'));
    first.save(() => checkpointOf(at(42n)));
    const stopped = performance.now();
    await first.release();
    const second = await standby;
    t.diagnostic(`takeover ${seconds(stopped)} after the stop`);
    assert.deepEqual(await second.load(), checkpointOf(at(42n)));
    assert.deepEqual([first.held(), second.held()], [false, true]);
    const { spec } = (await controlPlane.api.get(`${leases}/handover`)) as KubernetesObject & {
      spec: { holderIdentity: string; leaseTransitions: number };
    };
    assert.equal(spec.holderIdentity, two.election.identity);
    assert.equal(spec.leaseTransitions, 1);
    await second.release();
  });

  test('a leader that crashed is followed after its lease; waking, it writes over nothing', async t => {
    const one = replica('crash');
    const two = replica('crash');
    const first = await one.lead();
    const standby = two.lead();
    first.save(() => checkpointOf(at(7n)));
    await first.flush();
    await until(() => two.told.includes('standby'));
    one.crash();
    const crashed = performance.now();
    const second = await standby;
    t.diagnostic(`takeover ${seconds(crashed)} after the crash`);
    assert.deepEqual(await second.load(), checkpointOf(at(7n)));
    assert.deepEqual([first.held(), second.held()], [false, true]);
    second.save(() => checkpointOf(at(900n)));
    await second.flush();
    first.save(() => checkpointOf(at(8n)));
    await first.flush();
    assert.equal(first.lost.aborted, true);
    assert.equal(one.told.at(-1), 'lost');
    assert.equal(await checkpointOn('crash'), '900');
    await second.release();
  });

  test('over a crash of the API server the same leader goes on with its checkpoint', async t => {
    const one = replica('outage');
    const two = replica('outage');
    const first = await one.lead();
    const standby = two.lead();
    await until(() => two.told.includes('standby'));
    const { apiServer } = controlPlane.servers;
    const killed = performance.now();
    await apiServer.kill();
    first.save(() => checkpointOf(at(55n)));
    await until(() => !first.held());
    t.diagnostic(`not held ${seconds(killed)} after the crash of the API server`);
    await apiServer.start();
    const back = performance.now();
    await until(() => first.held());
    t.diagnostic(`held again ${seconds(back)} after it is ready`);
    assert.equal(first.lost.aborted, false);
    assert.equal(await checkpointOn('outage'), '55');
    assert.equal(two.told.filter(line => line.startsWith('acquired')).length, 0);
    await first.release();
    await (await standby).release();
  });

  test('the rights to get and update one named Lease do; without the Lease it says how to make it', async () => {
    const kubeconfig = await restricted('leader', 'restricted');
    const one = replica('restricted', kubeconfig);
    const leading = one.lead();
    await until(() => one.told.some(line => line.startsWith('failed')));
    const manifest = /echo '(.*)' \| kubectl apply -f -$/.exec(one.told[0] ?? '')?.[1];
    assert.ok(manifest, one.told[0]);
    await controlPlane.kubectl(['apply', '-f', '-'], manifest);
    const term = await leading;
    term.save(() => checkpointOf(at(3n)));
    await until(() => one.told.includes('renewed'));
    assert.equal(await checkpointOn('restricted'), '3');

    const elsewhere = replica('other', kubeconfig);
    void elsewhere.election.acquire(elsewhere.stopping.signal);
    await until(() => elsewhere.told.length > 0);
    assert.match(
      elsewhere.told[0] ?? '',
      /^failed standby: Forbidden.*grant the verbs get and update on leases/,
    );

    await controlPlane.api.delete(`${leases}/restricted`);
    await until(() => one.told.at(-1)?.includes('create it empty') === true);
    await controlPlane.kubectl(['apply', '-f', '-'], manifest);
    await until(() => checkpointOn('restricted').then(found => found === '3'));
    assert.equal(term.lost.aborted, false);
    await term.release();
    assert.equal(one.told.at(-1), 'released');
  });

  test('a Lease that is deleted is made again where that is allowed', async () => {
    const one = replica('deleted');
    const term = await one.lead();
    term.save(() => checkpointOf(at(12n)));
    await term.flush();
    await controlPlane.api.delete(`${leases}/deleted`);
    await until(() => checkpointOn('deleted').then(found => found === '12'));
    assert.equal(term.held(), true);
    await term.release();
  });

  /** A kubeconfig of a ServiceAccount that may get and update one Lease, and nothing else. */
  async function restricted(account: string, lease: string): Promise<string> {
    const { api, folder, url, authority } = controlPlane;
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await api.create(accounts, { metadata: { name: account } });
    await api.create(`${rbac}/roles`, {
      metadata: { name: account },
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          resourceNames: [lease],
          verbs: ['get', 'update'],
        },
      ],
    });
    await api.create(`${rbac}/rolebindings`, {
      metadata: { name: account },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', namespace, name: account }],
    });
    const { status } = (await api.create(`${accounts}/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })) as KubernetesObject & { status: { token: string } };
    const path = join(folder, `${account}.lease.kubeconfig`);
    await writeKubeconfig(path, { url, authority, credentials: { token: status.token } });
    return path;
  }
});

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** @throws Error after a minute */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await Promise.resolve(condition()).catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`not within a minute: ${condition}`);
    await sleep(100);
  }
}
