import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KubernetesObject } from '../servers/api.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { skipWithout } from '../servers/require.ts';
import { applyStrictly } from './apply.ts';
import { Helm, installableChart } from './helm.ts';
import { combinations } from './helm-values.ts';
import { operatorCrds } from './operator-crds.ts';

const skip = await skipWithout('helm', 'etcd', 'kubernetes');

describe('the Helm chart on a real API server', { skip, timeout: 300_000 }, () => {
  let controlPlane: ControlPlane;
  let helm: Helm;
  let installable: string;

  before(async () => {
    controlPlane = await startControlPlane({ controllers: false });
    helm = await Helm.create(controlPlane.folder, controlPlane.kubeconfig);
    installable = await installableChart(controlPlane.folder);
    await controlPlane.kubectl(['apply', '-f', '-'], JSON.stringify(operatorCrds()));
    await controlPlane.kubectl([
      'wait',
      '--for=condition=Established',
      'crd/servicemonitors.monitoring.coreos.com',
      'crd/podmonitors.monitoring.coreos.com',
      'crd/prometheusrules.monitoring.coreos.com',
    ]);
    for (const name of ['shop', 'web']) await createNamespace(name);
  });

  after(() => controlPlane?.stop());

  /** Pods that don't meet the strictest of Kubernetes' profiles are refused there, and their Deployments warned of. */
  async function createNamespace(name: string): Promise<void> {
    const labels = Object.fromEntries(
      ['enforce', 'warn'].map(mode => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
    );
    await controlPlane.api.create('/api/v1/namespaces', { metadata: { name, labels } });
  }

  test('every combination is applied, by the server and strictly, and again without a change', async t => {
    let applied = 0;
    await Promise.all(
      Object.entries(combinations).map(async ([name, values], index) => {
        const namespace = `obs-${index}`;
        await createNamespace(namespace);
        const release = `r${index}`;
        const given = await helm.template(values, { release, namespace });
        // Its ServiceAccount is made by somebody else, and Pods without theirs are refused.
        const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'given', namespace } };
        const weaker = name === 'everything about Pods';
        const manifests = [account, ...given.filter(({ kind }) => !weaker || kind !== 'Pod')];
        const strict = { warnings: !weaker };
        const first = await applyStrictly(controlPlane, manifests, strict);
        assert.equal(first.length, manifests.length, name);
        assert.deepEqual(await applyStrictly(controlPlane, manifests, strict), first, name);
        applied += first.length;
      }),
    );
    t.diagnostic(`${Object.keys(combinations).length} combinations, ${applied} objects`);
  });

  const checkpoint = '{"version":1,"sources":{}}';
  const spec = { holderIdentity: 'pod_1', leaseDurationSeconds: 10, leaseTransitions: 4 };

  for (const [mode, flags] of [
    ['by the server', ['--server-side=true']],
    ['by the client as Helm 3 does', ['--server-side=false']],
  ] as const) {
    test(`install, upgrade, rollback, uninstall, install (${mode}): the Lease keeps what the exporter wrote`, async () => {
      const namespace = `life-${mode.split(' ')[2]}`;
      await createNamespace(namespace);
      const lease = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/kube-events-loki`;
      const release = ['kube-events-loki', installable, '--namespace', namespace];
      const notes = await helm.run(['install', ...release, ...flags], { config: { cluster: 'prod' } });
      assert.equal(notes.match(/^ {2}(?:kubectl|helm) .*$/gm)?.length, 3, notes);
      const made = (await controlPlane.api.get(lease)) as LeaseObject;
      assert.deepEqual([made.spec, made.metadata.annotations?.[annotation]], [{}, undefined]);

      await controlPlane.api.patch(lease, { spec, metadata: { annotations: { [annotation]: checkpoint } } });
      const kept = async (step: string): Promise<string> => {
        const object = (await controlPlane.api.get(lease)) as LeaseObject;
        assert.deepEqual(object.spec, spec, step);
        assert.equal(object.metadata.annotations?.[annotation], checkpoint, step);
        return object.metadata.labels?.['team'] ?? '';
      };
      const changed = { commonLabels: { team: 'platform' }, replicaCount: 2, config: { cluster: 'prod' } };
      await helm.run(['upgrade', ...release, ...flags], changed);
      assert.equal(await kept('upgrade'), 'platform');
      const { stderr } = await helm.try([
        'rollback',
        'kube-events-loki',
        '1',
        '--namespace',
        namespace,
        ...flags,
      ]);
      assert.equal(await kept(`rollback ${stderr}`), '');
      await helm.try(['uninstall', 'kube-events-loki', '--namespace', namespace]);
      await assert.rejects(
        controlPlane.api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/kube-events-loki`),
        /404/,
      );
      await kept('uninstall');
      await helm.run(['install', ...release, ...flags], changed);
      assert.equal(await kept('installed again'), 'platform');
      // From a Deployment to a StatefulSet with volumes.
      await helm.run(['upgrade', ...release, ...flags], { ...changed, persistence: { enabled: true } });
      await kept('with volumes');
      await controlPlane.api.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets/kube-events-loki`);
    });
  }

  test('what Helm stores of a release with everything in it fits into its Secret', async t => {
    await createNamespace('large');
    const values = {
      dashboards: { enabled: true },
      lokiRules: { enabled: true },
      prometheusRule: { enabled: true },
      serviceMonitor: { enabled: true },
    };
    await helm.run(['install', 'events', installable, '--namespace', 'large'], values);
    const { items } = await controlPlane.api.list('/api/v1/namespaces/large/secrets');
    const sizes = items.map(({ data }) => Buffer.from((data as Data)['release'] ?? '', 'base64').length);
    t.diagnostic(`${sizes.join(', ')} bytes of 1,048,576`);
    assert.ok(sizes.length === 1 && sizes.every(size => size > 0 && size < 512 * 1024), String(sizes));
  });
});

const annotation = 'kube-events-loki/checkpoint';

type Data = Readonly<Record<string, string>>;

interface LeaseObject extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly annotations?: Data; readonly labels?: Data };
  readonly spec?: object;
}
