import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployment } from '../scenario/shop.ts';
import { KubernetesApi } from '../servers/api.ts';
import { clientAuthority } from '../servers/certificate.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { startKwok } from '../servers/kwok.ts';
import { startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';

const MINUTE = 60_000;

const skipLoki = await skipWithout('loki');
const skipControlPlane = await skipWithout('etcd', 'kubernetes');
const skipNodes = await skipWithout('etcd', 'kubernetes', 'kwok');

function isAlive(pid: number | undefined): boolean {
  assert.ok(pid !== undefined);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('Loki keeps its port and data over a crash and leaves nothing after stop', {
  skip: skipLoki,
}, async () => {
  await using loki = await startLoki({ own: true, limits: { max_line_size: '10KB' } });
  const { folder, url } = loki;
  assert.ok(folder !== undefined);
  const now = BigInt(Date.now()) * 1_000_000n;
  const push = async (line: string): Promise<number> => {
    const streams = [{ stream: { job: 'servers-test' }, values: [[String(now), line, { name: 'a' }]] }];
    const response = await fetch(`${url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams }),
    });
    return response.status;
  };
  assert.equal(await push('before the crash'), 204);
  assert.equal(await push('x'.repeat(11 * 1024)), 400);
  await loki.kill();
  await loki.start();
  const query = new URLSearchParams({ query: '{job="servers-test"} | name="a"', since: '1h' });
  const answer = await (await fetch(`${url}/loki/api/v1/query_range?${query}`)).json();
  const { data } = answer as { data: { result: { values: [string, string][] }[] } };
  assert.deepEqual(
    data.result.flatMap(({ values }) => values),
    [[String(now), 'before the crash']],
  );
  const { pid } = loki;
  assert.ok(isAlive(pid));
  await loki.stop();
  assert.equal(isAlive(pid), false);
  assert.equal(existsSync(folder), false);
});

test('a control plane gives its three kinds of kubeconfig, survives crashes and leaves nothing after stop', {
  skip: skipControlPlane,
  timeout: 5 * MINUTE,
}, async () => {
  await using controlPlane = await startControlPlane();
  const { folder, servers, kubeconfig, api } = controlPlane;
  const may = async (file: string, verb: string, resource: string): Promise<string> => {
    // kubectl exits with 1 after a "no".
    const args = [`--kubeconfig=${file}`, 'auth', 'can-i', verb, resource, '--all-namespaces'];
    return (await controlPlane.kubectl(args).catch(() => 'no')).trim();
  };
  const readers = [
    await controlPlane.clientCertKubeconfig(),
    await controlPlane.serviceAccountKubeconfig('exporter'),
  ];
  for (const file of readers) {
    assert.deepEqual(
      [
        await may(file, 'list', 'events'),
        await may(file, 'watch', 'events'),
        await may(file, 'list', 'pods'),
      ],
      ['yes', 'yes', 'no'],
    );
    await controlPlane.kubectl([`--kubeconfig=${file}`, 'get', 'events', '--all-namespaces']);
  }
  assert.equal(await may(kubeconfig, 'delete', 'nodes'), 'yes');
  const { certificate } = await clientAuthority();
  await using distrustful = new KubernetesApi(controlPlane.url, 'a-token', certificate);
  await assert.rejects(distrustful.get('/version'), { code: /CERT|ISSUER/ });

  await api.create('/api/v1/namespaces', { metadata: { name: 'kept' } });
  await servers.apiServer.kill();
  await assert.rejects(api.get('/api/v1/namespaces/kept'));
  await servers.apiServer.start();
  assert.equal((await api.get('/api/v1/namespaces/kept')).metadata.name, 'kept');
  await servers.etcd.kill();
  await servers.etcd.start();
  await until(async () => (await api.get('/api/v1/namespaces/kept')).metadata.name === 'kept');

  const pids = Object.values(servers).map(({ pid }) => pid);
  assert.deepEqual(pids.map(isAlive), [true, true, true, true]);
  await controlPlane.stop();
  assert.deepEqual(pids.map(isAlive), [false, false, false, false]);
  assert.equal(existsSync(folder), false);
});

test("kwok's stages play the kubelet and node-problem-detector", {
  skip: skipNodes,
  timeout: 5 * MINUTE,
}, async () => {
  await using controlPlane = await startControlPlane();
  await using kwok = await startKwok(controlPlane, { nodes: ['node-1'] });
  const { api } = controlPlane;
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  await api.create(deployments, deployment({ namespace: 'default', name: 'well', replicas: 1 }));
  for (const fault of ['back-off', 'unhealthy', 'failed-mount', 'evicted'] as const) {
    await api.create(deployments, deployment({ namespace: 'default', name: fault, replicas: 1, fault }));
  }
  await kwok.report('node-1', 'oom-killing');
  await untilEvents(controlPlane, [
    'OOMKilling',
    'Started',
    'FailedMount',
    'BackOff',
    'Unhealthy',
    'Evicted',
  ]);
  await kwok.report('node-1', 'conntrack-full');
  await api.delete(`${deployments}/well`);
  await untilEvents(controlPlane, ['Pulled', 'Created', 'ConntrackFull', 'Killing']);
  // A fault's event repeats, and its recorder counts it.
  await until(async () => {
    const { items } = await api.list('/api/v1/events?fieldSelector=reason%3DBackOff');
    return items.some(event => Number(event['count']) > 1);
  });
});

/** Until the test's own timeout. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await sleep(200);
}

async function untilEvents({ api }: ControlPlane, reasons: readonly string[]): Promise<void> {
  await until(async () => {
    const { items } = await api.list('/api/v1/events');
    const seen = new Set(items.map(event => event['reason']));
    return reasons.every(reason => seen.has(reason));
  });
}
