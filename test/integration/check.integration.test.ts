import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RoutedRequest, RoutedServer } from '../fakes/routed-server.ts';
import { clientAuthority } from '../servers/certificate.ts';
import type { Credentials } from '../servers/kubeconfig.ts';
import { freePort } from '../servers/port.ts';
import { skipWithout } from '../servers/require.ts';
import { CheckStage, lease, namespace } from './check-stage.ts';

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

const pushPath = '/loki/api/v1/push';

describe('check before the first event, with the real servers', { skip, timeout: 300_000 }, () => {
  let stage: CheckStage;

  before(async () => {
    stage = await CheckStage.start();
  });

  after(async () => {
    await stage?.stop();
  });

  test('a sound set-up passes with exit 0, and nothing is written to Loki', async () => {
    const { code, stdout, stderr } = await stage.cli('--config', await stage.configWith({}));
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(stdout.match(/^(?:fault|warning).*/gm), null);
    for (const name of [
      'credentials',
      'events-right',
      'pods-right',
      'lease-right',
      'lease',
      'push',
      'limits',
    ]) {
      assert.match(stdout, new RegExp(`^ok +${name} `, 'm'));
    }
    assert.match(stdout, /as system:serviceaccount:default:entitled$/m);
    assert.deepEqual(await stage.stored(stage.loki.url), []);
  });

  test('the canary is one entry in a stream of its own, which is found again, with its metadata', async () => {
    for (const [index, line] of ['text', 'logfmt', 'json'].entries()) {
      const { exitCode, amiss, findings } = await stage.run({ loki: { line } }, { canary: true });
      assert.deepEqual([exitCode, amiss], [0, []]);
      assert.match(findings.find(({ check }) => check === 'canary')?.found ?? '', /^stored, and found again/);
      const entries = await stage.stored(stage.loki.url);
      assert.equal(entries.length, index + 1);
      for (const { labels } of entries) {
        assert.partialDeepStrictEqual(labels, { cluster: 'check', job: 'kube-events-check' });
      }
      const ofMetadata = entries.filter(({ metadata }) => metadata['check_id'] !== undefined);
      assert.equal(ofMetadata.length, 1);
    }
  });

  test('fault: the URL of the API server', async () => {
    const port = await freePort();
    const away = await stage.configFor('away', { token: 'a' }, { url: `https://127.0.0.1:${port}` });
    const told = await stage.run({ kubeconfig: away });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['api-server: fault']]);
    assert.match(told.of('api-server').found, /connection refused/);
    assert.match(told.of('events-right').found, /the API server is not reached/);

    const plain = await stage.configFor('plain', { token: 'a' }, { url: stage.loki.url });
    assert.match((await stage.run({ kubeconfig: plain })).of('api-server').found, /plain http:/);
    const kubeconfigOf = JSON.parse(await readFile(plain, 'utf8'));
    kubeconfigOf.clusters[0].cluster = { server: stage.loki.url, 'insecure-skip-tls-verify': true };
    await writeFile(plain, JSON.stringify(kubeconfigOf));
    assert.match(
      (await stage.run({ kubeconfig: plain })).of('api-server').found,
      /not as an API server does/,
    );
  });

  test('fault: no such host, of the API server and of Loki', async () => {
    const nowhere = await stage.configFor(
      'nowhere',
      { token: 'a' },
      { url: 'https://api.nowhere.invalid:6443' },
    );
    const told = await stage.run({ kubeconfig: nowhere, loki: { url: 'http://loki.nowhere.invalid:3100' } });
    assert.deepEqual(told.amiss, ['api-server: fault', 'loki: fault']);
    for (const name of ['api-server', 'loki']) assert.match(told.of(name).found, /: no such host \(/);
  });

  test('fault: the authority of the certificate', async () => {
    const { certificate } = await clientAuthority();
    const { token } = JSON.parse(await readFile(stage.kubeconfig, 'utf8')).users[0].user;
    const told = await stage.run({
      kubeconfig: await stage.configFor('authority', { token }, { authority: certificate }),
    });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['api-server: fault']]);
    assert.match(told.of('api-server').found, /not signed by an authority that is known here/);
    assert.match(told.of('api-server').advice ?? '', /certificate-authority/);
    // Loki's, by the API server's own certificate: any TLS server does.
    const tls = await stage.run({ loki: { url: stage.controlPlane.url } });
    assert.match(tls.of('loki').found, /not signed by an authority/);
    assert.match(tls.of('loki').advice ?? '', /loki\.tls\.caFile/);
  });

  test('fault: the token', async () => {
    const told = await stage.run({
      kubeconfig: await stage.configFor('token', { token: 'not-a-token-of-this-cluster' }),
    });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['credentials: fault']]);
    assert.match(told.of('credentials').found, /not accepted: Unauthorized/);
    assert.match(told.of('events-right').found, /have to be accepted first/);
    const none = await stage.configFor('none', {} as Credentials);
    assert.match((await stage.run({ kubeconfig: none })).of('credentials').found, /none are sent/);
  });

  const rightChecks = { events: 'events-right', pods: 'pods-right', leases: 'lease-right' };
  for (const [resource, name] of Object.entries(rightChecks)) {
    test(`fault: no right on ${resource}; what is printed grants it, and no more is needed`, async () => {
      const others = Object.keys(rightChecks).filter(other => other !== resource);
      const without = await stage.accountWith(`without-${resource}`, others);
      const told = await stage.run({ kubeconfig: without });
      assert.deepEqual([told.exitCode, told.amiss], [1, [`${name}: fault`]]);
      const verbs = resource === 'leases' ? 'get, update' : 'list, watch';
      const { found } = told.of(name);
      assert.ok(
        found.startsWith(
          `system:serviceaccount:default:without-${resource} cannot ${verbs} resource "${resource}"`,
        ),
        found,
      );
      const { code, stdout } = await stage.cli('--config', await stage.configWith({ kubeconfig: without }));
      assert.equal(code, 1);
      const [, yaml = ''] = stdout.split('kubectl apply -f - grants and makes what is missing:\n');
      await stage.controlPlane.kubectl(['apply', '-f', '-'], yaml);
      const mended = await stage.run({ kubeconfig: without });
      assert.deepEqual([mended.exitCode, mended.amiss], [0, []]);
    });
  }

  test('fault: rights per namespace are asked in each, and the one without is named', async () => {
    const told = await stage.run({
      kubeconfig: await stage.accountWith('nothing', []),
      namespaces: ['default', 'kube-system'],
      lease: undefined,
      terminations: false,
    });
    const missing = told.findings.filter(
      ({ check, status }) => check === 'events-right' && status === 'fault',
    );
    assert.deepEqual(
      missing.map(({ of }) => of),
      ['default', 'kube-system'],
    );
    assert.partialDeepStrictEqual(missing[1]?.manifests?.[0], {
      kind: 'Role',
      metadata: { namespace: 'kube-system' },
    });
  });

  test('fault: no Lease; what is printed makes it', async () => {
    const keys = { lease: `${namespace}/absent` };
    const told = await stage.run(keys);
    assert.deepEqual([told.exitCode, told.amiss], [1, ['lease: fault']]);
    assert.match(told.of('lease').found, /there is no Lease default\/absent/);
    await stage.controlPlane.kubectl(['apply', '-f', '-'], JSON.stringify(told.of('lease').manifests?.[0]));
    assert.equal((await stage.run(keys)).exitCode, 0);
  });

  test('fault: a Lease whose checkpoint can not be read', async () => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${lease}`;
    const annotate = (checkpoint: string | null) =>
      stage.controlPlane.api.patch(path, {
        metadata: { annotations: { 'kube-events-loki/checkpoint': checkpoint } },
      });
    await annotate('{}');
    const told = await stage.run({});
    await annotate(null);
    assert.deepEqual([told.exitCode, told.amiss], [1, ['lease: fault']]);
    assert.match(told.of('lease').found, /no checkpoint of version 1/);
  });

  test('fault: Loki is away', async () => {
    const told = await stage.run({ loki: { url: `http://127.0.0.1:${await freePort()}` } }, { canary: true });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['loki: fault']]);
    assert.match(told.of('loki').found, /connection refused/);
    assert.equal(told.of('canary').found, 'Loki is not reached');
  });

  test('fault: the path of Loki', async () => {
    const told = await stage.run({ loki: { url: `${stage.loki.url}/prefix` } });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['push: fault']]);
    assert.match(told.of('push').found, /no such path \(404/);
    assert.match(told.of('push').advice ?? '', /check loki\.url/);
  });

  test('fault: no tenant where Loki wants one', async () => {
    const told = await stage.run({ loki: { url: stage.tenants.url } });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['push: fault']]);
    assert.match(told.of('push').found, /Loki wants a tenant \(401/);
    assert.match(told.of('push').advice ?? '', /--tenant/);
    const right = await stage.run({ loki: { url: stage.tenants.url, tenant: 'right' } }, { canary: true });
    assert.deepEqual([right.exitCode, right.amiss], [0, []]);
  });

  test('fault: a password, and a tenant, that the gateway does not take', async () => {
    await using gateway = await RoutedServer.start({
      [pushPath]: ({ headers }: RoutedRequest) => {
        const known = headers.authorization === `Basic ${Buffer.from('me:right').toString('base64')}`;
        return known ? { status: 403, body: 'not your tenant' } : { status: 401, body: 'who?' };
      },
    });
    for (const [password, status] of [
      ['wrong', '401'],
      ['right', '403'],
    ] as const) {
      const passwordFile = join(stage.folder, 'password');
      await writeFile(passwordFile, password);
      const basicAuth = { username: 'me', passwordFile };
      const told = await stage.run({ loki: { url: gateway.url, basicAuth, tenant: 'theirs' } });
      assert.deepEqual([told.exitCode, told.amiss], [1, ['push: fault']]);
      assert.match(
        told.of('push').found,
        new RegExp(`the credentials or the tenant are not accepted \\(${status}`),
      );
    }
  });

  test('fault: structured metadata is not allowed, which a tenant of its own settings tells a canary alone', async () => {
    const told = await stage.run({ cardinality: { streams: 500 }, loki: { url: stage.narrow.url } });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['structured-metadata: fault']]);
    assert.match(
      told.of('structured-metadata').advice ?? '',
      /allow_structured_metadata.*loki\.line to logfmt/,
    );
    const inLine = { cardinality: { streams: 500 }, loki: { url: stage.narrow.url, line: 'logfmt' } };
    assert.equal((await stage.run(inLine, { canary: true })).exitCode, 0);

    const strict = { loki: { url: stage.tenants.url, tenant: 'strict' } };
    assert.equal((await stage.run(strict)).exitCode, 0);
    const pushed = await stage.run(strict, { canary: true });
    assert.deepEqual([pushed.exitCode, pushed.amiss], [1, ['canary: fault', 'structured-metadata: fault']]);
    assert.deepEqual(await stage.stored(stage.tenants.url, 'strict'), []);
  });

  test('fault: too few streams, for all tenants or for one', async () => {
    const all = await stage.run({ loki: { url: stage.narrow.url, line: 'json' } });
    assert.deepEqual([all.exitCode, all.amiss], [1, ['cardinality-budget: fault']]);
    assert.match(all.of('cardinality-budget').found, /under a limit of 1,000 \(as Loki says\): exceeds/);
    const one = await stage.run({ loki: { url: stage.tenants.url, tenant: 'small' } });
    assert.deepEqual([one.exitCode, one.amiss], [1, ['cardinality-budget: fault']]);
    assert.equal((await stage.run({ loki: { url: stage.tenants.url, tenant: 'right' } })).exitCode, 0);
    assert.match(
      (await stage.run({}, { clusters: '3' })).of('cardinality-budget').advice ?? '',
      /Set cardinality\.streams to at most/,
    );
  });

  test('fault: the streams of a tenant are used up, which a canary tells', async () => {
    const keys = { cluster: 'first', loki: { url: stage.tenants.url, tenant: 'full' } };
    const first = await stage.run(keys, { canary: true, streamLimit: '0' });
    assert.deepEqual(first.amiss, []);
    const told = await stage.run({ ...keys, cluster: 'second' }, { canary: true, streamLimit: '0' });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['canary: fault']]);
    assert.match(told.of('canary').advice ?? '', /streams are used up/);
  });

  test("fault: Loki's clock", async () => {
    const date = new Date(Date.now() + 900_000).toUTCString();
    await using ahead = await RoutedServer.start({
      [pushPath]: { status: 204 },
      '/loki/api/v1/status/buildinfo': { body: { version: '3.7.0' }, headers: { date } },
    });
    const told = await stage.run({ loki: { url: ahead.url } });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['loki-clock: fault']]);
    assert.match(told.of('loki-clock').found, /s ahead of this machine, \d+ s ahead of the API server/);
    assert.match(told.of('loki-clock').advice ?? '', /NTP/);
  });

  test('fault: a folder of the checkpoint, and of the state, that can not be written to', async () => {
    const file = join(stage.folder, 'a-file');
    await writeFile(file, '');
    const told = await stage.run({
      lease: undefined,
      checkpoint: { file: join(stage.folder, 'missing', 'checkpoint.json') },
      state: { dir: join(file, 'state') },
    });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['checkpoint: fault', 'state: fault']]);
    assert.match(told.of('checkpoint').advice ?? '', /checkpoint\.file/);
    assert.match(told.of('state').advice ?? '', /state\.dir/);
  });

  test('fault: queries that are asked where there is no Loki', async () => {
    const told = await stage.run({ loki: { readUrl: `${stage.loki.url}/prefix` } });
    assert.deepEqual([told.exitCode, told.amiss], [1, ['read: fault']]);
    assert.equal((await stage.run({ loki: { readUrl: stage.loki.url } })).exitCode, 0);
  });

  test('many faults are all told in one run', async () => {
    const told = await stage.run(
      {
        kubeconfig: await stage.accountWith('poor', []),
        lease: undefined,
        checkpoint: { file: join(stage.folder, 'missing', 'checkpoint.json') },
        loki: { url: stage.narrow.url },
      },
      { canary: true },
    );
    assert.equal(told.exitCode, 1);
    assert.deepEqual(told.amiss, [
      'checkpoint: fault',
      'events-right: fault',
      'pods-right: fault',
      'canary: fault',
      'structured-metadata: fault',
      'cardinality-budget: fault',
    ]);
  });

  test('a configuration with faults ends with 2, and all of them on stderr', async () => {
    const { code, stderr } = await stage.cli('--loki-url', 'nonsense', '--listen', 'nowhere');
    assert.equal(code, 2);
    assert.match(stderr, /--loki-url nonsense: .*/);
    assert.match(stderr, /--listen nowhere: .*/);
  });
});
