import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../chaos/until.ts';
import { writeKubeconfig } from '../servers/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';
import { ConfiguredExporter } from './configured-exporter.ts';
import { EventWriter, idsOf, newestOf, type WrittenRevision } from './event-writer.ts';

const skip = await skipWithout('etcd', 'kubernetes', 'loki');
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const readEvents = [{ apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['list', 'watch'] }];

describe('rights to the events of two namespaces', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;

  let writer: EventWriter;
  let exporters: ConfiguredExporter[];
  const isOwn = ({ namespace }: WrittenRevision) => namespace === 'pay' || namespace === 'shop';
  const each = async (work: (exporter: ConfiguredExporter) => Promise<void>) => {
    await Promise.all(exporters.map(work));
  };

  before(async () => {
    [loki, controlPlane] = await Promise.all([startLoki(), startControlPlane({ controllers: false })]);
    for (const name of ['pay', 'shop', 'other'])
      await controlPlane.api.create('/api/v1/namespaces', { metadata: { name } });
    writer = new EventWriter(controlPlane.api);
    const kubeconfig = await kubeconfigFor('reader', ['pay', 'shop']);
    const options = { within: controlPlane.folder, kubeconfig, lokiUrl: loki.url };
    exporters = [
      new ConfiguredExporter({ ...options, cluster: 'by-file', keepers: ['file'] }),
      new ConfiguredExporter({ ...options, cluster: 'by-both', keepers: ['file', 'state'] }),
    ];
  });

  after(async () => {
    if (exporters) await each(exporter => exporter.stop());
    await controlPlane?.stop();
    await loki?.stop();
  });

  /** Of a ServiceAccount that may read the events of these namespaces. */
  async function kubeconfigFor(name: string, namespaces: readonly string[]): Promise<string> {
    const { api } = controlPlane;
    await api.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name } });
    for (const namespace of namespaces) {
      const path = `${rbac}/namespaces/${namespace}`;
      await api.create(`${path}/roles`, { metadata: { name }, rules: readEvents });
      await api.create(`${path}/rolebindings`, bindingOf(name, 'Role'));
    }
    const answer = await api.create(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    });
    const { token } = (answer as unknown as { status: { token: string } }).status;
    const path = join(controlPlane.folder, `${name}.kubeconfig`);
    const { url, authority } = controlPlane;
    await writeKubeconfig(path, { url, authority, credentials: { token } });
    return path;
  }

  /** Earlier events once more, and new ones in every namespace. */
  async function writeSome(): Promise<void> {
    for (const last of newestOf(writer.revisions).slice(-6)) await writer.repeat(last);
    for (const reason of ['BackOff', 'Failed']) {
      for (const namespace of ['pay', 'shop', 'other']) {
        const first = await writer.write(namespace, { reason });
        // A first start finds the last revision only.
        if (reason === 'BackOff' && writer.revisions.length > 6) await writer.repeat(first);
      }
    }
  }

  /** @param others what is to be there of other namespaces too */
  async function assertOnce(others: readonly WrittenRevision[]): Promise<void> {
    const own = new Set(writer.ids(isOwn));
    for (const exporter of exporters) {
      const { cluster } = exporter;
      const stored = idsOf(await exporter.entries());
      assert.deepEqual(
        stored.filter(id => own.has(id)),
        writer.ids(isOwn),
        cluster,
      );
      assert.equal(new Set(stored).size, stored.length, `${cluster}: an entry is there twice`);
      assert.deepEqual(
        others.filter(({ id }) => !stored.includes(id)),
        [],
        cluster,
      );
      const troubles = (await exporter.log()).filter(line => line['class'] === 'foreign' || line['seconds']);
      assert.deepEqual(troubles, [], cluster);
    }
  }

  test('without `namespaces` it says which rights it needs, and what would do without them', async () => {
    await writeSome();
    await each(async exporter => {
      await exporter.start({}, '/healthz');
      let answer = '';
      await until('the API server has refused', 20, async () => {
        answer = await (await fetch(`${exporter.process.url}/readyz`)).text();
        return answer.includes('forbidden');
      });
      const advice =
        'grant the verbs list and watch on events in all namespaces, or name some in `namespaces`';
      assert.match(answer, /^kubernetes core\/v1\/events: Forbidden: events is forbidden/m);
      assert.ok(answer.includes(advice), answer);
      const refused = (await exporter.log()).filter(({ msg }) => msg === 'the API server refuses');
      assert.ok(refused.length > 0);
      for (const line of refused) assert.equal(line['advice'], advice);
      await exporter.stop();
      assert.deepEqual(await exporter.entries(), []);
    });
  });

  test('with them it is ready, and killed it ships their events once and no others', async () => {
    await each(exporter => exporter.start({ namespaces: ['pay', 'shop'] }));
    for (let round = 0; round < 2; round += 1) {
      const writing = writeSome();
      await each(exporter => exporter.crash());
      await writing;
    }
    await each(exporter => exporter.delivered(writer.ids(isOwn), 30));
    for (const exporter of exporters)
      assert.deepEqual(idsOf(await exporter.entries()), writer.ids(isOwn), exporter.cluster);
  });

  test('from two namespaces to all, and back and forth, nothing is lost or comes twice', async () => {
    await controlPlane.api.create(`${rbac}/clusterroles`, { metadata: { name: 'all' }, rules: readEvents });
    await controlPlane.api.create(`${rbac}/clusterrolebindings`, bindingOf('reader', 'ClusterRole', 'all'));
    const whileAll: WrittenRevision[] = [];
    for (const namespaces of [undefined, ['shop', 'pay'], undefined]) {
      await each(exporter => exporter.stop());
      await writeSome();
      await each(exporter => exporter.start(namespaces ? { namespaces } : {}));
      const before = writer.revisions.length;
      const writing = writeSome();
      await each(exporter => exporter.crash());
      await writing;
      if (!namespaces) whileAll.push(...writer.revisions.slice(before));
      const expected = [...writer.ids(isOwn), ...whileAll.map(({ id }) => id)];
      await each(exporter => exporter.delivered(expected, 30));
      await assertOnce(whileAll);
    }
  });

  test('the occurrences of every event add up to its count', async () => {
    for (const exporter of exporters) {
      const sums = new Map<string, number>();
      for (const { metadata } of await exporter.entries()) {
        const uid = metadata['event_uid'] ?? '';
        sums.set(uid, (sums.get(uid) ?? 0) + Number(metadata['occurrences']));
      }
      const newest = newestOf(writer.revisions).filter(isOwn);
      assert.deepEqual(
        newest.map(({ uid }) => [uid, sums.get(uid)]),
        newest.map(({ uid, count }) => [uid, count]),
        exporter.cluster,
      );
    }
  });
});

function bindingOf(account: string, kind: 'Role' | 'ClusterRole', role = account): object {
  return {
    metadata: { name: role },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: account }],
  };
}
