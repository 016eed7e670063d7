import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { conntrackFull } from '../../alert-rules/rules/node-network.ts';
import { reasonOf } from '../../exporter/event/reasons/catalogue.ts';
import { needBinaries } from '../servers/binaries.ts';
import { skipWithout } from '../servers/require.ts';
import { detectorFile, detectorFolder, pluginMonitor } from './conntrack-monitor.ts';

const skip = await skipWithout('kubernetes');
const overlay = new URL('../../deploy/kustomize/overlays/node-problem-detector/', import.meta.url);
const script = detectorFile('conntrack.sh');
const monitorText = detectorFile('conntrack-monitor.json');
const monitor = pluginMonitor.parse(JSON.parse(monitorText));

test('the monitor reports the reason that the catalogue and the rule know, under its component', () => {
  for (const { reason } of monitor.rules) {
    assert.equal(reasonOf(reason, monitor.source)?.reason, 'ConntrackFull');
    assert.ok(JSON.stringify(conntrackFull).includes(`"${reason}"`));
  }
});

test('the values of the Helm chart hold the same script and monitor', () => {
  const { settings, hostNetwork } = parse(detectorFile('values.yaml'));
  assert.equal(settings.custom_monitor_definitions['conntrack.sh'], script);
  assert.equal(settings.custom_monitor_definitions['conntrack-monitor.json'], monitorText);
  // The chart mounts them there.
  const mounted = Object.keys(settings.custom_monitor_definitions).map(name => `/custom-config/${name}`);
  for (const path of settings.custom_plugin_monitors) assert.ok(mounted.includes(path), path);
  for (const { args } of monitor.rules) assert.ok(mounted.includes(args[0] ?? ''), args[0]);
  assert.equal(hostNetwork, true);
});

/** Objects that kustomize builds, by kind; nothing here has two of a kind. */
async function build(folder: URL): Promise<Readonly<Record<string, Manifest>>> {
  const { kubectl } = await needBinaries('kubernetes');
  const text = execFileSync(kubectl, ['kustomize', fileURLToPath(folder)], { encoding: 'utf8' });
  const objects = parseAllDocuments(text).map(document => document.toJS() as Manifest);
  const ours = objects.filter(({ metadata }) => metadata.name.startsWith('node-problem-detector'));
  return Object.fromEntries(ours.map(object => [object.kind, object]));
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
  readonly roleRef?: { readonly name: string };
  readonly spec?: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly image: string;
    readonly args: readonly string[];
    readonly securityContext: { readonly privileged?: boolean; readonly runAsNonRoot?: boolean };
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

test('the DaemonSet runs the script of the ConfigMap, on the host’s network and with no more rights', {
  skip,
}, async () => {
  const { ConfigMap, DaemonSet, ClusterRoleBinding, ServiceAccount } = await build(detectorFolder);
  assert.deepEqual(ConfigMap?.data, { 'conntrack.sh': script, 'conntrack-monitor.json': monitorText });
  const pod = DaemonSet?.spec?.template.spec;
  const container = pod?.containers[0];
  const volume = pod?.volumes.find(({ configMap }) => configMap?.name === ConfigMap.metadata.name);
  const folder = container?.volumeMounts.find(({ name }) => name === volume?.name)?.mountPath ?? '';
  assert.ok(container?.args.includes(`--config.custom-plugin-monitor=${folder}/conntrack-monitor.json`));
  for (const { path, args } of monitor.rules) {
    assert.equal(path, '/bin/sh');
    assert.equal(args[0], posix.join(folder, 'conntrack.sh'));
  }
  assert.match(container?.image ?? '', /:v\d+\.\d+\.\d+$/);
  assert.equal(pod?.hostNetwork, true);
  assert.equal(container?.securityContext.runAsNonRoot, true);
  assert.equal(ClusterRoleBinding?.roleRef?.name, 'system:node-problem-detector');
  assert.equal(pod?.serviceAccountName, ServiceAccount?.metadata.name);
});

test('the overlay has all of it in a namespace that is not the exporter’s', { skip }, async () => {
  const { ConfigMap, DaemonSet, ClusterRoleBinding, ServiceAccount } = await build(overlay);
  const { namespace } = DaemonSet?.metadata ?? {};
  assert.equal(namespace, 'kube-system');
  for (const object of [ConfigMap, ServiceAccount]) assert.equal(object?.metadata.namespace, namespace);
  assert.deepEqual(ClusterRoleBinding?.subjects, [
    { kind: 'ServiceAccount', name: ServiceAccount?.metadata.name, namespace },
  ]);
});

test('the component for the kernel’s log adds its monitors and the right to read it', { skip }, async () => {
  const { DaemonSet } = await build(new URL('./conntrack-kernel-log/', import.meta.url));
  const container = DaemonSet?.spec?.template.spec.containers[0];
  assert.equal(container?.args.filter(arg => arg.startsWith('--config.')).length, 2);
  assert.equal(container.securityContext.privileged, true);
  assert.equal(container.securityContext.runAsNonRoot, undefined);
  assert.ok(container.volumeMounts.some(({ mountPath }) => mountPath === '/dev/kmsg'));
});
