import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { clientAuthority, type KeyPair } from '../../test/servers/certificate.ts';
import { LokiClient, type LokiOptions } from './client.ts';
import { encodeEntry } from './encode.ts';

const folder = mkdtempSync(join(tmpdir(), 'loki-client-'));
after(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const opened: { close(): unknown }[] = [];
/** What came, in order. */
let came: { request: IncomingMessage; body: Buffer; peer: string | undefined }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  came = [];
});

async function listen(server: Server, scheme: 'http' | 'https'): Promise<string> {
  server.on('request', async (request, response) => {
    const peer = (request.socket as TLSSocket).getPeerCertificate?.().subject?.CN;
    came.push({ request, body: await buffer(request), peer: peer?.toString() });
    response.writeHead(204).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function push(options: Partial<LokiOptions> & { url: string }): Promise<LokiClient> {
  const client = new LokiClient({ tenant: undefined, timeoutMs: 5000, ...options });
  opened.push(client);
  await pushAgain(client);
  return client;
}

async function pushAgain(client: LokiClient): Promise<void> {
  const result = await client.push(client.encode([entry]), never);
  assert.deepEqual(result, { kind: 'accepted' });
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const entry = encodeEntry({
  labels: { job: 'kube-events', reason: 'a"b\\c\n' },
  timestamp: 1_750_000_000_123_456_789n,
  line: 'Pod/web: said "hi"\nand ü',
  metadata: { name: 'web', workload: '', count: '3' },
});

test('a push in JSON says the same, gzip-compressed', async () => {
  await push({ url: await listen(createServer(), 'http'), encoding: 'json', tenant: 'team-a' });
  const { request, body } = came[0] ?? assert.fail();
  assert.equal(request.headers['content-type'], 'application/json');
  assert.equal(request.headers['content-encoding'], 'gzip');
  assert.equal(request.headers['x-scope-orgid'], 'team-a');
  assert.deepEqual(JSON.parse(gunzipSync(body).toString()), {
    streams: [
      {
        stream: { job: 'kube-events', reason: 'a"b\\c\n' },
        values: [['1750000000123456789', 'Pod/web: said "hi"\nand ü', { name: 'web', count: '3' }]],
      },
    ],
  });
});

test('a password and a token are read for every push, and further headers go with it', async () => {
  const url = await listen(createServer(), 'http');
  const password = file('password', 'one\n');
  const client = await push({
    url,
    basicAuth: { username: 'me', password: { file: password } },
    headers: { 'X-Gateway': 'blue' },
  });
  file('password', 'two\n');
  await pushAgain(client);
  process.env['LOKI_CLIENT_TEST_TOKEN'] = 'from-env';
  await push({ url, bearerToken: { env: 'LOKI_CLIENT_TEST_TOKEN' } });
  assert.deepEqual(
    came.map(({ request }) => request.headers.authorization),
    [`Basic ${btoa('me:one')}`, `Basic ${btoa('me:two')}`, 'Bearer from-env'],
  );
  assert.equal(came[0]?.request.headers['x-gateway'], 'blue');
});

test('a secret that is not there is a push to try again, and says what is missing', async () => {
  const client = new LokiClient({
    url: 'http://127.0.0.1:9',
    tenant: undefined,
    timeoutMs: 5000,
    bearerToken: { file: join(folder, 'gone') },
  });
  opened.push(client);
  const result = await client.push(client.encode([entry]), never);
  assert.equal(result.kind, 'retry');
  assert.match(result.kind === 'retry' ? result.message : '', /ENOENT.*gone/);
});

test('both sides show a certificate, and one that is replaced is shown from the next push on', async () => {
  const authority = await clientAuthority();
  const own = await authority.issue('127.0.0.1', []);
  const client = async (name: string): Promise<KeyPair> => {
    const pair = await authority.issue(name, []);
    file('client.crt', pair.certificate);
    file('client.key', pair.key);
    return pair;
  };
  await client('one');
  const options = { cert: own.certificate, key: own.key, ca: authority.certificate };
  const server = createTlsServer({ ...options, requestCert: true, rejectUnauthorized: true });
  const url = await listen(server as unknown as Server, 'https');
  const tls = {
    certFile: join(folder, 'client.crt'),
    keyFile: join(folder, 'client.key'),
    // The test's authority issues certificates for clients, which name no host.
    insecureSkipVerify: true,
  };
  const loki = await push({ url, tls });
  await client('two');
  await pushAgain(loki);
  assert.deepEqual(
    came.map(({ peer }) => peer),
    ['one', 'two'],
  );
  const verifying = new LokiClient({ url, tenant: undefined, timeoutMs: 5000, tls: {} });
  opened.push(verifying);
  const refused = await verifying.push(verifying.encode([entry]), never);
  assert.match(refused.kind === 'retry' ? refused.message : '', /certificate/i);
});

test('a proxy is taken from the environment', async t => {
  t.after(() => Reflect.deleteProperty(process.env, 'http_proxy'));
  process.env['http_proxy'] = await listen(createServer(), 'http');
  await push({ url: 'http://loki.invalid:3100' });
  assert.equal(came[0]?.request.url, 'http://loki.invalid:3100/loki/api/v1/push');
});
