import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { FakeApiServer } from '../../test/fakes/api-server.ts';
import { Cluster } from './cluster.ts';
import { eventSource } from './event-source.ts';
import { list } from './list.ts';

const source = eventSource('core/v1');
const never = new AbortController().signal;

let api: FakeApiServer;
let cluster: Cluster;

beforeEach(async () => {
  api = await new FakeApiServer().start();
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'fake', server: api.url, skipTLSVerify: true }, { name: 'fake' });
  cluster = new Cluster(config);
});

afterEach(async () => {
  await cluster.close();
  await api.stop();
});

const limits = () => api.requests.map(({ query }) => Number(query.get('limit')));

test('a page that is too large is asked for again with fewer items, and more when they are small again', async () => {
  for (let index = 0; index < 100; index += 1) {
    const name = `e${String(index).padStart(3, '0')}`;
    // The first twenty are 60 MB together.
    const message = index < 20 ? 'm'.repeat(3_000_000) : 'small';
    const metadata = { name, namespace: 'a', uid: name, resourceVersion: String(10 + index) };
    api.append({ type: 'ADDED', object: { metadata, message } });
  }
  const names: (string | undefined)[] = [];
  for await (const { items, revision } of list(cluster, source, undefined, never)) {
    assert.equal(revision, 109n);
    names.push(...items.map(({ object }) => object.metadata?.name));
  }
  assert.deepEqual(
    names,
    Array.from({ length: 100 }, (_, index) => `e${String(index).padStart(3, '0')}`),
  );
  assert.deepEqual(limits().slice(0, 3), [500, 63, 8]);
  assert.ok((limits().at(-1) ?? 0) > 8);
});

test('what is no list is told so, without a part of it', async () => {
  const cases: [body: string, message: RegExp][] = [
    ['password=hunter2', /^the list is not JSON$/],
    ['null', /^the list carries no resourceVersion$/],
    ['[]', /^the list carries no resourceVersion$/],
    ['7', /^the list carries no resourceVersion$/],
    ['{"metadata":null}', /^the list carries no resourceVersion$/],
    ['{"metadata":{"resourceVersion":"9223372036854775808"}}', /^the list carries no resourceVersion$/],
  ];
  for (const [body, message] of cases) {
    api.answerNext(1, { status: 200, body });
    await assert.rejects(list(cluster, source, undefined, never).next(), { name: 'ApiError', message });
  }
});

test('items that are none are counted, and the others read', async () => {
  const good = { metadata: { name: 'a', uid: 'u', resourceVersion: '5' } };
  const items = [null, 5, 'x', [], {}, { metadata: { resourceVersion: 5 } }, good];
  api.answerNext(1, { status: 200, body: JSON.stringify({ metadata: { resourceVersion: '9' }, items }) });
  const { value } = await list(cluster, source, undefined, never).next();
  assert.deepEqual([value?.malformed, value?.items.length], [6, 1]);
});

test('an error with a body without end is told by its beginning', async () => {
  function* pieces(): Generator<Buffer> {
    for (;;) yield Buffer.from('overloaded '.repeat(10_000));
  }
  api.answerNext(1, { status: 503, pieces });
  await assert.rejects(list(cluster, source, undefined, never).next(), {
    status: 503,
    message: /^overloaded/,
  });
});
