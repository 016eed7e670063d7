import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../chaos/until.ts';
import type { KubernetesObject } from '../servers/api.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Kwok, startKwok } from '../servers/kwok.ts';
import { skipWithout } from '../servers/require.ts';
import { Helm, installableChart } from './helm.ts';

const skip = await skipWithout('helm', 'etcd', 'kubernetes', 'kwok');

const namespace = 'obs';
const values = {
  replicaCount: 2,
  podDisruptionBudget: { enabled: true },
  notify: {
    enabled: true,
    config: {
      receivers: [{ name: 'ops', type: 'slack', urlFile: '/etc/kube-events-notify/secrets/slack-url' }],
    },
  },
};

describe('Pods of the chart, with the real controllers and nodes that are played', {
  skip,
  timeout: 300_000,
}, () => {
  let controlPlane: ControlPlane;
  let kwok: Kwok;
  let helm: Helm;
  let chart: string;

  before(async () => {
    controlPlane = await startControlPlane();
    kwok = await startKwok(controlPlane);
    helm = await Helm.create(controlPlane.folder, controlPlane.kubeconfig);
    chart = await installableChart(controlPlane.folder);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await controlPlane.api.create('/api/v1/namespaces', { metadata: { name: namespace, labels } });
  });

  after(async () => {
    await kwok?.stop();
    await controlPlane?.stop();
  });

  const deploy = (command: 'install' | 'upgrade', given: object, ...flags: readonly string[]) =>
    helm.run([command, 'events', chart, '--namespace', namespace, ...flags], { ...values, ...given });

  /** The Pods of a component by name, with their nodes. */
  async function podsOf(component: string): Promise<Map<string, string>> {
    const selector = `labelSelector=app.kubernetes.io/component=${component}`;
    const { items } = await controlPlane.api.list(`/api/v1/namespaces/${namespace}/pods?${selector}`);
    const living = items.filter(({ metadata }) => metadata['deletionTimestamp'] === undefined);
    return new Map(
      living.map(pod => [pod.metadata.name, (pod['spec'] as { nodeName?: string }).nodeName ?? '']),
    );
  }

  test('they come up where only restricted Pods may, each replica on a node of its own', async () => {
    await deploy('install', {}, '--wait', '--timeout', '60s');
    assert.deepEqual([...(await podsOf('exporter')).values()].sort(), ['node-a', 'node-b']);
    assert.equal((await podsOf('notify')).size, 1);
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/events-kube-events-loki`;
    await until('the budget knows its Pods', 30, async () => {
      const { status } = (await controlPlane.api.get(path)) as KubernetesObject & {
        status: { expectedPods: number; disruptionsAllowed: number };
      };
      return status.expectedPods === 2 && status.disruptionsAllowed === 1;
    });
  });

  test('a new configuration of the exporter replaces its Pods, and not those of the bridge', async () => {
    const [exporters, bridges] = [await podsOf('exporter'), await podsOf('notify')];
    await deploy('upgrade', { config: { cluster: 'prod' } }, '--wait', '--timeout', '60s');
    await until('two new Pods alone are there', 30, async () => (await podsOf('exporter')).size === 2);
    const renewed = await podsOf('exporter');
    assert.deepEqual(
      [...renewed.keys()].filter(name => exporters.has(name)),
      [],
    );
    assert.deepEqual(await podsOf('notify'), bridges);
    await deploy('upgrade', { config: { cluster: 'prod' }, service: { annotations: { a: 'b' } } });
    assert.deepEqual(await podsOf('exporter'), renewed);
  });

  test('with persistence a StatefulSet takes over, with a claim for each replica', async () => {
    await deploy('upgrade', { persistence: { enabled: true } });
    await until('the Pods of the StatefulSet are there', 30, async () => {
      const names = [...(await podsOf('exporter')).keys()].sort();
      return names.join() === 'events-kube-events-loki-0,events-kube-events-loki-1';
    });
    const { items } = await controlPlane.api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
    assert.deepEqual(items.map(({ metadata }) => metadata.name).sort(), [
      'state-events-kube-events-loki-0',
      'state-events-kube-events-loki-1',
    ]);
  });
});
