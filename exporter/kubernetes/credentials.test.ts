import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { currentCredentials, loadKubeConfig } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
after(() => rmSync(folder, { recursive: true }));

/** A kubeconfig whose one user is as given. */
function kubeconfig(user: object, cluster: object = { server: 'https://127.0.0.1:6443' }): string {
  const path = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

test('a token becomes a header', async () => {
  const { headers } = await currentCredentials(loadKubeConfig(kubeconfig({ token: 'abc' })));
  assert.deepEqual(headers, { authorization: 'Bearer abc' });
});

test('a token file is found beside the kubeconfig, loses its newline, and is read for every request', async () => {
  writeFileSync(join(folder, 'token'), 'from-file\n');
  const config = loadKubeConfig(kubeconfig({ tokenFile: 'token' }));
  assert.deepEqual((await currentCredentials(config)).headers, { authorization: 'Bearer from-file' });
  writeFileSync(join(folder, 'token'), 'rotated\n');
  assert.deepEqual((await currentCredentials(config)).headers, { authorization: 'Bearer rotated' });
});

test('a user and a password become basic auth', async () => {
  const { headers } = await currentCredentials(
    loadKubeConfig(kubeconfig({ username: 'me', password: 'pw' })),
  );
  assert.equal(headers['authorization'], `Basic ${Buffer.from('me:pw').toString('base64')}`);
});

test('certificates are handed to TLS', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const path = kubeconfig(
    { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
    {
      server: 'https://127.0.0.1:6443',
      'certificate-authority-data': base64('CA'),
      'tls-server-name': 'api',
    },
  );
  const { tls } = await currentCredentials(loadKubeConfig(path));
  assert.equal(String(tls.cert), 'CERT');
  assert.equal(String(tls.key), 'KEY');
  assert.equal(String(tls.ca), 'CA');
  assert.equal(tls.servername, 'api');
});

test('a file without a cluster, and no file at all, are errors', () => {
  const path = join(folder, 'empty');
  writeFileSync(path, '{}');
  assert.throws(() => loadKubeConfig(path), /names no cluster/);
  assert.throws(() => loadKubeConfig(join(folder, 'none')), /ENOENT/);
});
