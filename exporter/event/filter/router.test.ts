import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routesSchema } from '../../config/filter-schema.ts';
import { Router } from './router.ts';

const router = new Router(
  routesSchema.parse([
    { name: 'nodes', match: { clusterScoped: true }, tenant: 'platform' },
    { name: 'shop', match: [{ namespace: 'shop-*' }, { namespace: 'shop' }], labels: { team: 'shop' } },
    { name: 'pods', match: { kind: 'Pod' } },
  ]),
);

test('the first route that matches takes an event', () => {
  const pod = (namespace: string) => ({
    metadata: { namespace: 'x' },
    involvedObject: { kind: 'Pod', namespace },
  });
  assert.deepEqual(router.routeOf(pod('shop')), {
    name: 'shop',
    tenant: undefined,
    labels: { team: 'shop' },
  });
  assert.equal(router.routeOf(pod('shop-eu')), router.routeOf(pod('shop')));
  assert.deepEqual(router.routeOf(pod('bank')), { name: 'pods', tenant: undefined, labels: {} });
  assert.equal(router.routeOf({ involvedObject: { kind: 'Job', namespace: 'bank' } }), undefined);
});

test('objects without a namespace have a route of their own', () => {
  const node = { metadata: { namespace: 'default' }, involvedObject: { kind: 'Node', name: 'a' } };
  assert.deepEqual(router.routeOf(node), { name: 'nodes', tenant: 'platform', labels: {} });
});
