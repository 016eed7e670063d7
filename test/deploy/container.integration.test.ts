import assert from 'node:assert/strict';
import { chown, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../chaos/until.ts';
import { EventWriter, idsOf } from '../integration/event-writer.ts';
import { Exposition } from '../servers/exposition.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries } from '../servers/loki-query.ts';
import { freePort } from '../servers/port.ts';
import { answersOk, type ServerProcess } from '../servers/process.ts';
import { skipWithout } from '../servers/require.ts';
import { HttpProxy } from './http-proxy.ts';
import { Image, noImage } from './image.ts';

const skip = noImage || (await skipWithout('etcd', 'kubernetes', 'loki'));

/** Where a pod has its credentials. */
const serviceAccountFolder = 'var/run/secrets/kubernetes.io/serviceaccount';
const namespace = 'kube-events';
const lease = 'kube-events-loki';

describe('the bundle in the root file system of the image', { skip }, () => {
  let loki: Loki;
  let controlPlane: ControlPlane;
  let image: Image;
  let writer: EventWriter;
  let token: string;
  let certificate: Record<string, string>;
  const containers = new Map<string, { process: ServerProcess; url: string }>();

  before(async () => {
    [loki, controlPlane] = await Promise.all([startLoki(), startControlPlane({ controllers: false })]);
    image = await Image.make(controlPlane.folder);
    writer = new EventWriter(controlPlane.api);
    await image.mount('etc/hosts', '127.0.0.1 localhost\n');
    const tokenUser = await userOf(await controlPlane.serviceAccountKubeconfig('exporter'));
    token = await readFile(tokenUser['tokenFile'] ?? '', 'utf8');
    certificate = await userOf(await controlPlane.clientCertKubeconfig());
    for (let count = 0; count < 20; count += 1) await writer.write('default');
  });

  after(async () => {
    for (const { process } of containers.values()) await process.stop();
    await controlPlane?.stop();
    await loki?.stop();
  });

  /** Starts one, whose label `cluster` is its name, and waits until it is ready. */
  async function start(
    name: string,
    options: { args?: string[]; env?: Record<string, string>; state?: string },
  ) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const process = image.container({
      name,
      args: [
        // By a name, so that the C library has to look it up.
        ...['run', '--cluster', name, '--loki-url', loki.url.replace('127.0.0.1', 'localhost')],
        ...['--listen', `127.0.0.1:${port}`, ...(options.args ?? [])],
      ],
      ...(options.env && { env: options.env }),
      ...(options.state && { state: options.state }),
      logFile: join(controlPlane.folder, `${name}.log`),
      ready: answersOk(`${url}/readyz`),
    });
    containers.set(name, { process, url });
    await process.start();
    return { process, url };
  }

  /** Waits until Loki has every event that was written, once. */
  async function shipped(name: string): Promise<void> {
    const ids = writer.revisions.map(({ id }) => id).sort();
    const entries = async () => {
      const end = BigInt(Date.now() + 60_000) * 1_000_000n;
      return idsOf(await queryEntries(loki.url, `{cluster="${name}"}`, end - 7_200_000_000_000n, end)).sort();
    };
    await until(
      `${name} has shipped ${ids.length} events`,
      30,
      async () => (await entries()).length >= ids.length,
    );
    assert.deepEqual(await entries(), ids);
  }

  test('in a pod, as its ServiceAccount: it takes the Lease, ships, and has nothing to do harm with', async t => {
    await grant();
    const { port } = new URL(controlPlane.url);
    await image.mount(`${serviceAccountFolder}/namespace`, namespace);
    await image.mount(`${serviceAccountFolder}/ca.crt`, controlPlane.authority);
    await image.mount(`${serviceAccountFolder}/token`, token);
    const state = join(controlPlane.folder, 'state');
    await mkdir(state);
    const [uid = 0, gid = 0] = image.user.split(':').map(Number);
    await chown(state, uid, gid);
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port };
    const checked = await image.run(['check', '--loki-url', loki.url, '--cluster', 'pod'], env);
    assert.match(checked, /^ok +lease-right +kube-events: can get, update/m);
    const { process, url } = await start('pod', { args: ['--state-dir', '/state'], env, state });
    await shipped('pod');
    const pid = process.pid;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'));
    assert.match(status, new RegExp(`^Gid:\\s+${gid}\\s+${gid}\\s+${gid}\\s+${gid}$`, 'm'));
    assert.match(status, /^CapEff:\s+0+$/m);
    // The mounts as the process sees them: the first is its root.
    const [root = ''] = (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).split('\n');
    assert.equal(root.split(' ')[4], '/');
    assert.match(root.split(' ')[5] ?? '', /^ro,/);
    const files = await readdir(image.root, { recursive: true });
    assert.deepEqual(
      files.filter(file => /(?:^|\/)(?:ba|da)?sh$|busybox|s?bin\//.test(file)),
      [],
    );
    assert.ok((await readdir(state)).length > 0, 'the state is in the one folder that can be written');
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${lease}`;
    const { spec } = (await controlPlane.api.get(path)) as unknown as { spec: { holderIdentity: string } };
    assert.ok(spec.holderIdentity);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const metrics = new Exposition(await (await fetch(`${url}/metrics`)).text());
    t.diagnostic(`${metrics.sum('process_resident_memory_bytes') >> 20} MiB resident`);

    const more = await writer.write('default');
    await until('an event that came later is in Loki', 30, async () => {
      const end = BigInt(Date.now() + 60_000) * 1_000_000n;
      const entries = await queryEntries(loki.url, '{cluster="pod"}', end - 7_200_000_000_000n, end);
      return idsOf(entries).includes(more.id);
    });
    await process.stop();
    assert.match(await process.log(), /"msg":"stopped"\}\s*$/);
  });

  test('by client certificate, token file, exec plugins, and through a proxy', async () => {
    const proxy = await HttpProxy.start();
    const plugin = (status: object) =>
      `process.stdout.write(${JSON.stringify(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }))})`;
    const pem = (name: string) => Buffer.from(certificate[name] ?? '', 'base64').toString();
    const exec = (file: string) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: '/nodejs/node',
        args: [file],
        interactiveMode: 'Never',
      },
    });
    await image.mount('config/token', `${token}\n`);
    await image.mount('config/tls.crt', pem('client-certificate-data'));
    await image.mount('config/tls.key', pem('client-key-data'));
    await image.mount('config/token.cjs', plugin({ token }));
    await image.mount(
      'config/certificate.cjs',
      plugin({
        clientCertificateData: pem('client-certificate-data'),
        clientKeyData: pem('client-key-data'),
      }),
    );
    const ways: Record<string, { user: object; cluster?: object; env?: Record<string, string> }> = {
      certificate: { user: certificate },
      'certificate-files': { user: { 'client-certificate': 'tls.crt', 'client-key': '/config/tls.key' } },
      'token-file': { user: { tokenFile: 'token' } },
      'exec-token': { user: exec('/config/token.cjs') },
      'exec-certificate': { user: exec('/config/certificate.cjs') },
      proxy: { user: certificate, cluster: { 'proxy-url': proxy.url }, env: { HTTP_PROXY: proxy.url } },
    };
    try {
      const starting = Object.entries(ways).map(async ([name, { user, cluster = {}, env = {} }]) => {
        await image.mount(`config/${name}.yaml`, kubeconfig(user, cluster));
        await start(name, { args: ['--kubeconfig', `/config/${name}.yaml`], env });
        await shipped(name);
      });
      await Promise.all(starting);
      const hosts = [new URL(controlPlane.url).host, `localhost:${new URL(loki.url).port}`];
      assert.deepEqual([...proxy.targets].sort(), hosts.sort());
    } finally {
      for (const name of Object.keys(ways)) await containers.get(name)?.process.stop();
      await proxy.stop();
    }
  });

  function kubeconfig(user: object, cluster: object): string {
    const authority = Buffer.from(controlPlane.authority).toString('base64');
    return JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: { server: controlPlane.url, 'certificate-authority-data': authority, ...cluster },
        },
      ],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
  }

  /** The rights on the Lease, beside those on events that the ServiceAccount has. */
  async function grant(): Promise<void> {
    const { api } = controlPlane;
    await api.create('/api/v1/namespaces', { metadata: { name: namespace } });
    await api.create(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
      metadata: { name: lease },
    });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await api.create(`${rbac}/roles`, {
      metadata: { name: lease },
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          resourceNames: [lease],
          verbs: ['get', 'update', 'patch'],
        },
      ],
    });
    await api.create(`${rbac}/rolebindings`, {
      metadata: { name: lease },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: lease },
      subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'exporter' }],
    });
  }
});

async function userOf(file: string): Promise<Record<string, string>> {
  const { users } = JSON.parse(await readFile(file, 'utf8')) as { users: { user: Record<string, string> }[] };
  const [first] = users;
  assert.ok(first);
  return first.user;
}
