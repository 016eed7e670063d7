import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { FakeApiServer } from './api-server.ts';
import type { EventList } from './event-list.ts';
import { parseFrames, type WatchFrame } from './frame.ts';
import { failure, type Status } from './status.ts';

function frame(type: WatchFrame['type'], name: string, revision: number, message = ''): WatchFrame {
  const [namespace = '', ofName = ''] = name.split('/');
  const metadata = { namespace, name: ofName, uid: `uid-${name}`, resourceVersion: String(revision) };
  return { type, object: { kind: 'Event', apiVersion: 'v1', metadata, message } };
}

/** What either answer has, as a client that doesn't look at the kind sees it. */
type Answer = Omit<EventList, 'kind'> & Omit<Status, 'kind' | 'metadata'>;

async function ask(
  server: FakeApiServer,
  query: string,
): Promise<{ status: number; body: Answer; headers: Headers }> {
  const response = await fetch(`${server.url}/api/v1/events?${query}`);
  const body = (await response.json()) as Answer;
  return { status: response.status, body, headers: response.headers };
}

async function openWatch(server: FakeApiServer, query: string): Promise<IncomingMessage> {
  const request = get(`${server.url}/api/v1/events?watch=true&${query}`, { agent: false });
  const [response] = await once(request, 'response');
  return response;
}

interface Watched {
  text: string;
  complete: boolean;
}

async function readAll(response: IncomingMessage): Promise<Watched> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
  } catch (error) {
    assert.equal(error instanceof Error && 'code' in error && error.code, 'ECONNRESET');
  }
  return { text, complete: response.complete };
}

const types = ({ text }: Watched) =>
  parseFrames(text).map(({ type, object }) => `${type} ${object.metadata.name}`);
const names = (body: Pick<EventList, 'items'>) =>
  body.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe('LIST', () => {
  it('pages in key order, all pages at the revision of the first', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/z', 10), frame('ADDED', 'a-b/y', 11), frame('ADDED', 'b/x', 12));
    server.append(frame('ADDED', 'a/old', 13), frame('DELETED', 'a/old', 14));
    const first = await ask(server, 'limit=2');
    assert.deepEqual(names(first.body), ['a-b/y', 'a/z']);
    assert.equal(first.body.metadata.resourceVersion, '14');
    assert.equal(first.body.metadata.remainingItemCount, 1);
    assert.equal('kind' in (first.body.items[0] ?? {}), false);

    server.append(frame('ADDED', 'b/new', 15));
    const token = first.body.metadata.continue;
    const second = await ask(server, `limit=2&continue=${token}`);
    assert.deepEqual(names(second.body), ['b/x']);
    assert.equal(second.body.metadata.resourceVersion, '14');
    assert.equal(second.body.metadata.continue, undefined);

    const both = await ask(server, `limit=2&continue=${token}&resourceVersion=14`);
    assert.equal(both.status, 400);
    assert.match(both.body.message, /not allowed when using continue/);
  });

  it('shows the state exactly at a revision', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/x', 10, 'first'), frame('MODIFIED', 'a/x', 20, 'second'));
    server.append(frame('DELETED', 'a/x', 30));
    const messages = async (revision: number) => {
      const { body } = await ask(server, `resourceVersion=${revision}&resourceVersionMatch=Exact`);
      assert.equal(body.metadata.resourceVersion, String(revision));
      return body.items.map(item => item['message']);
    };
    assert.deepEqual(await messages(9), []);
    assert.deepEqual(await messages(19), ['first']);
    assert.deepEqual(await messages(29), ['second']);
    assert.deepEqual(await messages(30), []);
  });

  it('refuses what is compacted with 410, and goes on from its token at the newest revision', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/1', 10), frame('ADDED', 'a/2', 11));
    const first = await ask(server, 'limit=1');
    server.append(frame('ADDED', 'a/3', 12));
    server.compact(12n);
    const exact = await ask(server, 'resourceVersion=11&resourceVersionMatch=Exact');
    assert.deepEqual([exact.status, exact.body.reason], [410, 'Expired']);
    assert.equal((await ask(server, 'resourceVersion=12&resourceVersionMatch=Exact')).status, 200);

    const expired = await ask(server, `limit=5&continue=${first.body.metadata.continue}`);
    assert.equal(expired.status, 410);
    const rest = await ask(server, `limit=5&continue=${expired.body.metadata.continue}`);
    assert.deepEqual(names(rest.body), ['a/2', 'a/3']);
    assert.equal(rest.body.metadata.resourceVersion, '12');
  });

  it('answers 504 for a revision from the future', async () => {
    await using server = await new FakeApiServer({ head: 5n }).start();
    const { status, body } = await ask(server, 'resourceVersion=6&resourceVersionMatch=Exact');
    assert.equal(status, 504);
    assert.equal(body.details?.causes?.[0]?.reason, 'ResourceVersionTooLarge');
  });
});

describe('WATCH', () => {
  it('replays what follows a revision, then what happens, and ends after its timeout', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/x', 10), frame('MODIFIED', 'a/x', 20));
    const response = await openWatch(server, 'resourceVersion=10&timeoutSeconds=1');
    assert.equal(response.headers['transfer-encoding'], 'chunked');
    server.append(frame('DELETED', 'a/x', 30), frame('ADDED', 'a/y', 31));
    const watched = await readAll(response);
    assert.equal(watched.complete, true);
    assert.deepEqual(types(watched), ['MODIFIED x', 'DELETED x', 'ADDED y']);
  });

  it('begins with every live event where no revision is given', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/x', 10), frame('ADDED', 'a/y', 11), frame('MODIFIED', 'a/x', 12));
    const response = await openWatch(server, '');
    server.endWatches();
    assert.deepEqual(types(await readAll(response)), ['ADDED x', 'ADDED y']);
  });

  it('shows one namespace', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/x', 10), frame('ADDED', 'b/y', 11));
    const response = await fetch(`${server.url}/api/v1/namespaces/b/events`);
    assert.deepEqual(names((await response.json()) as EventList), ['b/y']);
  });

  it('answers 200 and an ERROR frame for a compacted revision, but not for the one before it', async () => {
    await using server = await new FakeApiServer().start();
    server.append(frame('ADDED', 'a/1', 10), frame('ADDED', 'a/2', 11), frame('ADDED', 'a/3', 12));
    server.compact(12n);
    const expired = await openWatch(server, 'resourceVersion=10');
    assert.equal(expired.statusCode, 200);
    const { type, object } = JSON.parse((await readAll(expired)).text);
    assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired']);

    const fine = await openWatch(server, 'resourceVersion=11');
    server.endWatches();
    assert.deepEqual(types(await readAll(fine)), ['ADDED 3']);
  });

  it('is silent about a revision from the future', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=50');
    server.append(frame('ADDED', 'a/x', 50), frame('ADDED', 'a/y', 51));
    server.endWatches();
    assert.deepEqual(types(await readAll(response)), ['ADDED y']);
  });

  it('is cut in the middle of a frame', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=1');
    server.append(frame('ADDED', 'a/x', 10));
    server.cutWatches();
    const { text, complete } = await readAll(response);
    assert.equal(complete, false);
    const [whole, part = ''] = text.split('\n');
    assert.ok(whole?.endsWith('}'));
    assert.ok(part.length > 0);
    assert.throws(() => JSON.parse(part), SyntaxError);
  });

  it('comes in chunks that split a character, and with lines that are none', async () => {
    await using server = await new FakeApiServer().start();
    server.setChunkBytes(1);
    const response = await openWatch(server, 'resourceVersion=1');
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    server.append(frame('ADDED', 'a/x', 10, 'größer 漢字 🚀'));
    server.injectLine('{"type":');
    server.endWatches();
    await once(response, 'end');
    assert.deepEqual([...new Set(chunks.map(({ length }) => length))], [1]);
    const [first = '', second] = Buffer.concat(chunks).toString().split('\n');
    assert.equal(JSON.parse(first).object.message, 'größer 漢字 🚀');
    assert.equal(second, '{"type":');
  });

  it('holds frames back for a client that does not read', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=1');
    response.pause();
    const message = 'x'.repeat(1 << 20);
    const frames = Array.from({ length: 40 }, (_, index) =>
      frame('ADDED', `a/${index}`, 10 + index, message),
    );
    await server.play(frames);
    assert.equal(server.store.length, 40);
    assert.equal(server.caughtUp, false);
    server.endWatches();
    const { text, complete } = await readAll(response);
    assert.equal(complete, true);
    const received = parseFrames(text).length;
    assert.ok(
      received > 0 && received < 40,
      `${received} of 40 frames were written to a client that did not read`,
    );
  });

  it('fails with an ERROR frame, and then ends', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=1');
    assert.equal(server.openWatches, 1);
    server.failWatches(failure(500, 'etcdserver: no leader'));
    assert.equal(server.openWatches, 0);
    const { text, complete } = await readAll(response);
    assert.equal(complete, true);
    const { type, object } = JSON.parse(text);
    assert.deepEqual([type, object.code, object.reason], ['ERROR', 500, 'InternalError']);
  });

  it('follows what is played, in its order', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=1');
    const frames = Array.from({ length: 250 }, (_, index) => frame('ADDED', `a/${index}`, 10 + index));
    await server.play(frames.slice(0, 240));
    await server.play(frames.slice(240), { paceMs: 1 });
    server.endWatches();
    assert.deepEqual(
      parseFrames((await readAll(response)).text).map(({ object }) => object.metadata.name),
      frames.map(({ object }) => object.metadata.name),
    );
    await assert.rejects(
      server.play([frame('ADDED', 'a/late', 999)], { signal: AbortSignal.abort() }),
      /abort/i,
    );
  });

  it('stalls, and goes on where it was', async () => {
    await using server = await new FakeApiServer().start();
    const response = await openWatch(server, 'resourceVersion=1');
    server.stall();
    server.append(frame('ADDED', 'a/x', 10));
    assert.equal(server.caughtUp, false);
    server.resume();
    server.endWatches();
    assert.deepEqual(types(await readAll(response)), ['ADDED x']);
  });
});

it('answers as told for the next requests only, of one verb', async () => {
  await using server = await new FakeApiServer().start();
  server.answerNext(1, { status: 429, retryAfterSeconds: 3 }, 'list');
  server.answerNext(1, { status: 500, body: 'etcd is on fire' }, 'watch');
  const refused = await ask(server, '');
  assert.deepEqual([refused.status, refused.body.reason], [429, 'TooManyRequests']);
  assert.equal(refused.headers.get('retry-after'), '3');
  assert.equal((await ask(server, '')).status, 200);
  const response = await openWatch(server, 'resourceVersion=1');
  assert.deepEqual([response.statusCode, (await readAll(response)).text], [500, 'etcd is on fire']);
  assert.deepEqual(
    server.requests.map(({ verb }) => verb),
    ['list', 'list', 'watch'],
  );
});

it('wants its token, which its kubeconfig carries', async () => {
  await using server = await new FakeApiServer({ token: 'secret' }).start();
  assert.equal((await ask(server, '')).status, 401);
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  try {
    const file = join(folder, 'config');
    await server.writeKubeconfig(file);
    const config = new KubeConfig();
    config.loadFromString(await readFile(file, 'utf8'));
    assert.equal(config.getCurrentCluster()?.server, server.url);
    const token = config.getCurrentUser()?.token;
    const response = await fetch(`${server.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 200);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('stops, and starts again on its port with what it held', async () => {
  await using server = await new FakeApiServer().start();
  server.append(frame('ADDED', 'a/x', 10));
  const { url } = server;
  await server.stop();
  await assert.rejects(ask(server, ''), /fetch failed/);
  await server.start();
  assert.equal(server.url, url);
  assert.deepEqual(names((await ask(server, '')).body), ['a/x']);
});

it('refuses a frame whose revision is not newer', async () => {
  const server = new FakeApiServer({ head: 999_999n });
  server.append(frame('ADDED', 'a/x', 1_000_000));
  assert.throws(() => server.append(frame('ADDED', 'a/y', 1_000_000)), RangeError);
});

it('names the line of a recording that is no frame', () => {
  const good = JSON.stringify(frame('ADDED', 'a/x', 10));
  assert.equal(parseFrames(`${good}\n\n`).length, 1);
  assert.throws(() => parseFrames(`${good}\n{"type":"BOOKMARK"}\n`), /line 2/);
});
