import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { FaultyProxy } from './proxy.ts';

/** A server that answers each chunk with itself, behind a proxy, and one connection through it. */
async function echo(): Promise<
  { proxy: FaultyProxy; client: Socket; received: () => string } & AsyncDisposable
> {
  const server = createServer(socket => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy = await FaultyProxy.start(`http://127.0.0.1:${port}`);
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => undefined);
  await once(client, 'connect');
  let text = '';
  client.on('data', chunk => {
    text += chunk;
  });
  return {
    proxy,
    client,
    received: () => text,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await proxy[Symbol.asyncDispose]();
      server.close();
    },
  };
}

test('passes bytes and the end of a connection', async () => {
  await using link = await echo();
  link.client.end('hello');
  await once(link.client, 'close');
  assert.equal(link.received(), 'hello');
});

test('cuts after exactly so many bytes of answers', async () => {
  await using link = await echo();
  const cut = link.proxy.cutAfter(3);
  link.client.write('hello');
  await assert.rejects(once(link.client, 'close'), { code: 'ECONNRESET' });
  await cut;
  assert.ok(link.received().length <= 3, link.received());
});

test('stalls after so many bytes of answers, and goes on', async () => {
  await using link = await echo();
  const stalled = link.proxy.stallAfter(3);
  link.client.write('hello');
  await stalled;
  if (link.received() !== 'hel') await once(link.client, 'data');
  assert.equal(link.received(), 'hel');
  link.proxy.resume();
  await once(link.client, 'data');
  assert.equal(link.received(), 'hello');
});

test('forgets the connections that there are, and lets new ones pass', async () => {
  await using link = await echo();
  link.proxy.forget();
  link.client.write('lost');
  const other = connect(link.proxy.port, '127.0.0.1', () => other.write('heard'));
  const [chunk] = await once(other, 'data');
  other.destroy();
  assert.equal(String(chunk), 'heard');
  assert.equal(link.received(), '');
});
