import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { configSchema } from '../../exporter/config/schema.ts';
import type { KubernetesObject } from '../servers/api.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { skipWithout } from '../servers/require.ts';
import { applyStrictly } from './apply.ts';
import { Helm, type Manifest, parseManifests } from './helm.ts';
import { operatorCrds } from './operator-crds.ts';

const skip = await skipWithout('helm', 'etcd', 'kubernetes');

const folder = (name: string) => fileURLToPath(new URL(`../../deploy/kustomize/${name}/`, import.meta.url));
const layers = ['base', 'overlays/ha', 'overlays/monitoring'] as const;

describe('kustomize', { skip, timeout: 300_000 }, () => {
  let controlPlane: ControlPlane;

  before(async () => {
    controlPlane = await startControlPlane({ controllers: false });
    await controlPlane.kubectl(['apply', '-f', '-'], JSON.stringify(operatorCrds()));
    const crds = ['servicemonitors', 'podmonitors', 'prometheusrules'];
    await controlPlane.kubectl([
      'wait',
      '--for=condition=Established',
      ...crds.map(name => `crd/${name}.monitoring.coreos.com`),
    ]);
  });

  after(() => controlPlane?.stop());

  async function build(layer: string): Promise<Manifest[]> {
    return parseManifests(await controlPlane.kubectl(['kustomize', folder(layer)]));
  }

  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-events/leases/kube-events-loki';
  const written = {
    spec: { holderIdentity: 'pod_1', leaseDurationSeconds: 10, leaseTransitions: 4 },
    metadata: { annotations: { 'kube-events-loki/checkpoint': '{"version":1,"sources":{}}' } },
  };

  async function assertLeaseKept(): Promise<void> {
    const { spec, metadata } = await controlPlane.api.get(lease);
    const annotations = metadata['annotations'] as Record<string, string>;
    assert.deepEqual(spec, written.spec);
    assert.equal(
      annotations['kube-events-loki/checkpoint'],
      written.metadata.annotations['kube-events-loki/checkpoint'],
    );
  }

  test('base and overlays are applied, by the server and strictly, and again without a change', async t => {
    for (const layer of layers) {
      const manifests = await build(layer);
      // What goes into a namespace follows it; kubectl apply -k sorts so.
      const first = await applyStrictly(controlPlane, manifests, { warnings: true });
      assert.equal(first.length, manifests.length, layer);
      assert.deepEqual(await applyStrictly(controlPlane, manifests, { warnings: true }), first, layer);
      t.diagnostic(`${layer}: ${first.length} objects`);
    }
  });

  test('a strict apply refuses what the API server does not know, and what is not safe is warned of', async () => {
    const manifests = await build('overlays/monitoring');
    const changed = (kind: string, change: (spec: Record<string, unknown>) => void): Manifest => {
      const object = structuredClone(manifests.find(manifest => manifest.kind === kind));
      assert.ok(object);
      change(object['spec'] as Record<string, unknown>);
      return object;
    };
    const refuse = (manifest: Manifest, message: RegExp) =>
      assert.rejects(applyStrictly(controlPlane, [manifest], { warnings: true }), message);
    await refuse(
      changed('Deployment', spec => Object.assign(spec, { replica: 1 })),
      /field not declared in schema|unknown field "spec\.replica"/,
    );
    await refuse(
      changed('ServiceMonitor', spec => Object.assign(spec, { endpoint: [] })),
      /field not declared in schema|unknown field "spec\.endpoint"/,
    );
    await controlPlane.api.patch('/api/v1/namespaces/kube-events', {
      metadata: { labels: { 'pod-security.kubernetes.io/warn': 'restricted' } },
    });
    const { metadata } = changed('Deployment', () => {});
    const unsafe = changed('Deployment', spec => {
      const { spec: pod } = spec['template'] as { spec: { containers: Record<string, unknown>[] } };
      for (const container of pod.containers) delete container['securityContext'];
    });
    await refuse({ ...unsafe, metadata: { ...metadata, name: 'unsafe' } }, /violate PodSecurity "restricted/);
    await applyStrictly(controlPlane, await build('base'), { warnings: true });
  });

  test('kubectl apply -k leaves alone what the exporter wrote on the Lease', async () => {
    await controlPlane.api.patch(lease, written);
    await controlPlane.kubectl(['apply', '--server-side', '-k', folder('overlays/ha')]);
    await assertLeaseKept();
    // By the client, with its annotation of what was applied last, once and once more.
    await controlPlane.kubectl(['apply', '-k', folder('overlays/ha')]);
    await controlPlane.kubectl(['apply', '-k', folder('overlays/ha')]);
    await assertLeaseKept();
    await controlPlane.kubectl(['apply', '-k', folder('base')]);
    await assertLeaseKept();
  });

  test('an overlay of one’s own takes all components', async () => {
    const overlay = fileURLToPath(new URL('./own-overlay/', import.meta.url));
    const manifests = parseManifests(await controlPlane.kubectl(['kustomize', overlay]));
    const [events, pods] = rulesOf(manifests, 'ClusterRole');
    assert.deepEqual(events, {
      apiGroups: ['', 'events.k8s.io'],
      resources: ['events'],
      verbs: ['get', 'list', 'watch'],
    });
    assert.deepEqual(pods, { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] });
    const { loki, terminations } = configOf(manifests);
    assert.deepEqual([loki.url, terminations], ['http://loki-gateway.observability', true]);
    const workload = manifests.find(({ kind }) => kind === 'Deployment');
    assert.equal((workload?.['spec'] as { replicas: number } | undefined)?.replicas, 2);
    assert.equal(manifests.filter(({ kind }) => kind === 'ServiceMonitor').length, 1);
    const clusterWide = manifests.filter(({ metadata }) => metadata.namespace !== 'monitoring');
    assert.deepEqual(clusterWide.map(({ kind }) => kind).sort(), ['ClusterRole', 'ClusterRoleBinding']);
    await controlPlane.api.create('/api/v1/namespaces', { metadata: { name: 'monitoring' } });
    await applyStrictly(controlPlane, manifests, { warnings: true });
  });

  test('the configuration is one that the exporter takes', async () => {
    assert.equal(configOf(await build('base')).lease, 'kube-events-loki');
  });

  test('the rules name the Lease, not the ConfigMap with its hash', async () => {
    for (const layer of layers) {
      const [rule] = rulesOf(await build(layer), 'Role');
      assert.deepEqual(rule, {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['kube-events-loki'],
        verbs: ['get', 'update', 'patch'],
      });
    }
  });

  test('Pods, rights and the Service are those of the Helm chart', async () => {
    const helm = await Helm.create(controlPlane.folder);
    const release = { release: 'kube-events-loki', namespace: 'kube-events' };
    const chart = await helm.template(
      { replicaCount: 2, podDisruptionBudget: { enabled: true }, serviceMonitor: { enabled: true } },
      release,
    );
    const kustomized = [...(await build('overlays/ha')), ...(await build('overlays/monitoring'))];
    const compared = (manifests: readonly Manifest[]) =>
      Object.fromEntries(
        [
          'Deployment',
          'ClusterRole',
          'Role',
          'Service',
          'PodDisruptionBudget',
          'ServiceMonitor',
          'ServiceAccount',
        ].map(kind => {
          const object = manifests.find(manifest => manifest.kind === kind);
          assert.ok(object, kind);
          return [kind, comparable(object)];
        }),
      );
    assert.deepEqual(compared(kustomized), compared(chart));
  });

  test('dashboards and rules are those that are generated', async () => {
    const manifests = await build('overlays/monitoring');
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const data = manifests
      .filter(({ kind }) => kind === 'ConfigMap')
      .flatMap(map => Object.entries(map['data'] as Record<string, string>));
    const files = new Map(data);
    for (const name of ['exporter', 'nodes', 'object', 'overview', 'scheduling', 'warnings'])
      assert.equal(files.get(`kube-events-${name}.json`), read(`dashboards/out/${name}.json`));
    assert.equal(files.get('kube-events.yaml'), read('alert-rules/out/ruler/kube-events.yaml'));
    assert.equal(files.size, 8);
    const rule = manifests.find(({ kind }) => kind === 'PrometheusRule');
    assert.deepEqual(rule?.['spec'], parse(read('alert-rules/out/prometheus/kube-events-exporter.yaml')));
  });
});

function configOf(manifests: readonly Manifest[]) {
  const map = manifests.find(({ metadata }) => metadata.name.startsWith('kube-events-loki-config-'));
  assert.ok(map);
  return configSchema.parse(parse((map['data'] as Record<string, string>)['config.yaml'] ?? ''));
}

function rulesOf(manifests: readonly Manifest[], kind: string): readonly object[] {
  const role = manifests.find(manifest => manifest.kind === kind);
  assert.ok(role, kind);
  return role['rules'] as object[];
}

/** An object without names and labels, in which the two differ on purpose. */
function comparable({ metadata: _metadata, ...object }: KubernetesObject): unknown {
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (['labels', 'annotations', 'matchLabels', 'app.kubernetes.io/instance'].includes(key))
      return undefined;
    return typeof value === 'string'
      ? value.replace(/^kube-events-loki-config-\w+$/, 'kube-events-loki')
      : value;
  });
  return JSON.parse(text);
}
