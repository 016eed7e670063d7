import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../chaos/until.ts';
import { EventWriter, idsOf } from '../integration/event-writer.ts';
import type { KubernetesObject } from '../servers/api.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { writeKubeconfig } from '../servers/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { AccessReviewer, everyAccess } from './access-review.ts';
import { execute, Helm, installableChart, type Values } from './helm.ts';

const skip = await skipWithout('helm', 'etcd', 'kubernetes', 'loki');

const main =
  process.env['KUBE_EVENTS_TEST_EXPORTER'] ||
  fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));

/** What every account may do, whoever it is: ask what it may do. */
const everybody = [
  'create authentication.k8s.io/selfsubjectreviews *',
  'create authorization.k8s.io/selfsubjectaccessreviews *',
  'create authorization.k8s.io/selfsubjectrulesreviews *',
];

describe('the rights that the chart gives', { skip, timeout: 300_000 }, () => {
  let controlPlane: ControlPlane;
  let loki: Loki;
  let helm: Helm;
  let chart: string;
  let writer: EventWriter;
  const exporters: ExporterProcess[] = [];

  before(async () => {
    [loki, controlPlane] = await Promise.all([startLoki(), startControlPlane({ controllers: false })]);
    writer = new EventWriter(controlPlane.api);
    helm = await Helm.create(controlPlane.folder, controlPlane.kubeconfig);
    chart = await installableChart(controlPlane.folder);
    for (const name of ['wide', 'pods', 'narrow', 'shop', 'web', 'other']) {
      await controlPlane.api.create('/api/v1/namespaces', { metadata: { name } });
    }
  });

  after(async () => {
    for (const exporter of exporters) await exporter.stop();
    await controlPlane?.stop();
    await loki?.stop();
  });

  /** The release is named like its namespace, and all that it makes like the release. */
  function helmRun(command: 'install' | 'upgrade', release: string, values: Values): Promise<string> {
    const named = { fullnameOverride: release, ...values };
    return helm.run([command, release, chart, '--namespace', release], named);
  }

  /** A token of the release's ServiceAccount, as the kubelet asks for one. */
  async function tokenOf(release: string): Promise<string> {
    const path = `/api/v1/namespaces/${release}/serviceaccounts/${release}/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = (await controlPlane.api.create(path, body)) as unknown as {
      status: { token: string };
    };
    return status.token;
  }

  async function reviewer(release: string): Promise<AccessReviewer> {
    return new AccessReviewer(controlPlane.url, await tokenOf(release), controlPlane.authority);
  }

  function rights(verbs: string, resources: readonly string[], namespaces: readonly string[]): string[] {
    return resources.flatMap(resource =>
      namespaces.flatMap(namespace => verbs.split(' ').map(verb => `${verb} ${resource} ${namespace}`)),
    );
  }

  const bothEvents = ['/events', 'events.k8s.io/events'];

  /** Every verb of every resource, asked one by one, and what is only about named objects. */
  async function mayDo(
    release: string,
    namespaces: readonly string[],
  ): Promise<{ all: string[]; asked: number }> {
    await using may = await reviewer(release);
    const questions = await everyAccess(controlPlane.api, namespaces);
    const leases = ['get', 'update', 'patch', 'delete', 'watch', 'list', '*'].flatMap(verb =>
      ['', ...namespaces].flatMap(namespace =>
        [release, 'kube-controller-manager'].map(name => {
          return { verb, group: 'coordination.k8s.io', resource: 'leases', namespace, name };
        }),
      ),
    );
    for (const path of ['/metrics', '/logs', '/debug/pprof', '/*'])
      assert.equal(await may.allowsPath('get', path), false, path);
    const all = await may.allowed([...questions, ...leases]);
    return { all, asked: questions.length + leases.length };
  }

  const ownLease = (release: string) =>
    rights('get update patch', ['coordination.k8s.io/leases'], [`${release}/${release}`]);

  test('all namespaces: events and its own Lease, and nothing else that there is', async t => {
    await helmRun('install', 'wide', {});
    const { all, asked } = await mayDo('wide', ['wide', 'other']);
    t.diagnostic(`${asked} questions`);
    assert.ok(asked > 2000, String(asked));
    const expected = [
      ...everybody,
      ...rights('get list watch', bothEvents, ['*', 'wide', 'other']),
      ...ownLease('wide'),
    ];
    assert.deepEqual(all, expected.sort());
  });

  test('with terminations: Pods to be listed and watched besides', async () => {
    await helmRun('install', 'pods', { config: { terminations: true } });
    await using may = await reviewer('pods');
    const questions = (await everyAccess(controlPlane.api, ['other'])).filter(
      ({ resource }) => resource === 'pods' || resource.startsWith('pods/') || resource === 'secrets',
    );
    assert.ok(questions.length > 100, String(questions.length));
    assert.deepEqual(await may.allowed(questions), rights('list watch', ['/pods'], ['*', 'other']).sort());
  });

  test('namespaces by name: their events and Pods alone', async t => {
    await helmRun('install', 'narrow', { config: { namespaces: ['shop', 'web'], terminations: true } });
    const { all, asked } = await mayDo('narrow', ['narrow', 'shop', 'web', 'other']);
    t.diagnostic(`${asked} questions`);
    const expected = [
      ...everybody,
      ...rights('get list watch', bothEvents, ['shop', 'web']),
      ...rights('list watch', ['/pods'], ['shop', 'web']),
      ...ownLease('narrow'),
    ];
    assert.deepEqual(all, expected.sort());
  });

  /** The files that a Pod of a release has, in a folder; and flags for what differs outside of a cluster. */
  async function podFiles(release: string, name: string) {
    const folder = join(controlPlane.folder, `${release}-${name}`);
    await mkdir(join(folder, 'state'), { recursive: true });
    const { data } = (await controlPlane.api.get(
      `/api/v1/namespaces/${release}/configmaps/${release}`,
    )) as KubernetesObject & { data: Record<string, string> };
    await writeFile(join(folder, 'config.yaml'), data['config.yaml'] ?? '');
    await writeFile(join(folder, 'token'), await tokenOf(release), { mode: 0o600 });
    const kubeconfig = join(folder, 'kubeconfig');
    await writeKubeconfig(kubeconfig, {
      url: controlPlane.url,
      authority: controlPlane.authority,
      credentials: { tokenFile: join(folder, 'token') },
    });
    const flags = {
      '--config': join(folder, 'config.yaml'),
      // What a Pod's own namespace would say.
      '--lease': `${release}/${release}`,
      '--state-dir': join(folder, 'state'),
    };
    return { folder, kubeconfig, flags };
  }

  /** The exporter with the configuration that the Pods of a release have, and with their rights, but outside. */
  async function replica(release: string, name: string): Promise<ExporterProcess> {
    const files = await podFiles(release, name);
    const parts = { lokiUrl: loki.url, cluster: release, checkpointFile: false };
    const exporter = await ExporterProcess.create({ ...files, ...parts });
    exporters.push(exporter);
    await exporter.start();
    return exporter;
  }

  test('what `helm test` runs finds nothing missing, and says what is where a right is gone', async () => {
    const { kubeconfig, flags } = await podFiles('pods', 'check');
    const asked = { ...flags, '--kubeconfig': kubeconfig, '--loki-url': loki.url };
    const check = () => execute(process.execPath, [main, 'check', ...Object.entries(asked).flat()]);
    const sound = await check();
    assert.equal(sound.code, 0, sound.stdout + sound.stderr);
    await controlPlane.kubectl(['delete', 'rolebinding', 'pods-lease', '--namespace=pods']);
    const faulty = await check();
    assert.equal(faulty.code, 1, faulty.stdout);
    assert.match(faulty.stdout, /^fault .*lease.* system:serviceaccount:pods:pods cannot get, update/m);
  });

  async function leads(exporter: ExporterProcess): Promise<boolean> {
    return (await exporter.metrics()).sum('kube_events_leader') === 1;
  }

  async function shippedIds(release: string): Promise<string[]> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const hour = 3_600_000_000_000n;
    return idsOf(
      await queryEntries(loki.url, `{job="kube-events", cluster="${release}"}`, now - hour, now + hour),
    );
  }

  async function leaseOf(release: string): Promise<{ holder: string; checkpoint: string; team: string }> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${release}/leases/${release}`;
    const { metadata, spec } = (await controlPlane.api.get(path)) as KubernetesObject & {
      spec: { holderIdentity?: string };
    };
    const texts = (key: string) => (metadata[key] ?? {}) as Record<string, string>;
    return {
      holder: spec.holderIdentity ?? '',
      checkpoint: texts('annotations')['kube-events-loki/checkpoint'] ?? '',
      team: texts('labels')['team'] ?? '',
    };
  }

  const revisionOf = (checkpoint: string) => {
    const { sources } = JSON.parse(checkpoint) as { sources: Record<string, { at: string }> };
    return Math.max(...Object.values(sources).map(({ at }) => Number(at)));
  };

  for (const [release, namespaces, end] of [
    ['wide', ['shop', 'other'], 'kill'],
    ['narrow', ['shop', 'web'], 'stop'],
  ] as const) {
    test(`${release}: with its rights alone two replicas ship, pass an upgrade and fail over`, async t => {
      const first = writer.revisions.length;
      const write = async (count: number) => {
        for (let index = 0; index < count; index += 1)
          await writer.write(namespaces[index % 2] ?? '', {
            message: `${release} ${writer.revisions.length}`,
          });
        const written = writer.revisions.slice(first);
        await until(`${written.length} events of ${release} are in Loki`, 30, async () => {
          const shipped = new Set(await shippedIds(release));
          return written.every(({ id }) => shipped.has(id));
        });
      };
      const one = await replica(release, 'one');
      const two = await replica(release, 'two');
      assert.deepEqual([await leads(one), await leads(two)], [true, false]);
      await write(20);
      const held = await leaseOf(release);
      assert.match(held.checkpoint, /^\{/);

      const config = release === 'narrow' ? { namespaces: ['shop', 'web'], terminations: true } : {};
      await helmRun('upgrade', release, { commonLabels: { team: 'platform' }, config });
      await write(10);
      await until('the checkpoint moves on', 10, async () => {
        const { checkpoint } = await leaseOf(release);
        return revisionOf(checkpoint) > revisionOf(held.checkpoint);
      });
      const upgraded = await leaseOf(release);
      assert.deepEqual([upgraded.holder, upgraded.team], [held.holder, 'platform']);
      assert.deepEqual([await leads(one), await leads(two)], [true, false]);

      await one[end]();
      const ended = performance.now();
      await until('the standby leads', 30, () => leads(two));
      t.diagnostic(
        `${release}: the standby leads ${Math.round(performance.now() - ended)} ms after the ${end}`,
      );
      await write(20);
      assert.notEqual((await leaseOf(release)).holder, held.holder);
      const shipped = await shippedIds(release);
      assert.equal(new Set(shipped).size, shipped.length, 'each once');
      await two.stop();
    });
  }
});
