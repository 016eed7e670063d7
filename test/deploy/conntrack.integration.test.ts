import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { KubernetesObject } from '../servers/api.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('etcd', 'kubernetes');
const overlay = fileURLToPath(
  new URL('../../deploy/kustomize/overlays/node-problem-detector/', import.meta.url),
);

describe('the overlay node-problem-detector', { skip }, () => {
  let controlPlane: ControlPlane;
  before(async () => {
    controlPlane = await startControlPlane({ controllers: false });
    await controlPlane.kubectl(['apply', '-k', overlay, '--server-side', '--validate=strict']);
  });
  after(() => controlPlane?.stop());

  async function daemonSet() {
    const text = await controlPlane.kubectl([
      'get',
      'daemonset',
      'node-problem-detector',
      '--namespace=kube-system',
      '--output=json',
    ]);
    return JSON.parse(text) as KubernetesObject & { spec: { template: { spec: object } } };
  }

  /** Asks the API server for a Pod of the DaemonSet, as its controller would. */
  async function createPod(namespace: string): Promise<string> {
    const { spec } = (await daemonSet()).spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'npd', namespace }, spec };
    const account = 'node-problem-detector';
    return controlPlane.kubectl(
      ['create', '--dry-run=server', '-f', '-'],
      JSON.stringify({
        ...pod,
        spec: { ...spec, serviceAccountName: namespace === 'kube-system' ? account : 'kube-events-loki' },
      }),
    );
  }

  test('its Pods may have the host’s network where they are, and could not beside the exporter', async () => {
    assert.match(await createPod('kube-system'), /pod\/npd created/);
    await assert.rejects(createPod('kube-events'), /violates PodSecurity "restricted[^"]*": host namespaces/);
  });

  test('its ServiceAccount may write events and the status of nodes, and not much else', async () => {
    const may = async (verb: string, asking: string) => {
      const [resource = '', subresource = ''] = asking.split('/');
      const user = '--as=system:serviceaccount:kube-system:node-problem-detector';
      const place = ['--namespace=default', `--subresource=${subresource}`];
      const asked = ['auth', 'can-i', verb, resource, ...place, user];
      return controlPlane.kubectl(asked).then(
        () => true,
        () => false,
      );
    };
    for (const [verb, resource, allowed] of [
      ['create', 'events', true],
      ['patch', 'events', true],
      ['get', 'nodes', true],
      ['patch', 'nodes/status', true],
      ['list', 'events', false],
      ['update', 'nodes', false],
      ['get', 'secrets', false],
      ['get', 'configmaps', false],
      ['create', 'pods', false],
    ] as const) {
      assert.equal(await may(verb, resource), allowed, `${verb} ${resource}`);
    }
  });
});
