import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantOf } from './grant.ts';
import { neededRights } from './rights.ts';

const config = { namespaces: undefined, eventsApi: 'core/v1', terminations: false } as const;

/** `verbs group/resource name@namespace` of each right. */
function told(...arguments_: Parameters<typeof neededRights>): string[] {
  return neededRights(...arguments_).map(({ check, verbs, group, resource, namespace, name }) => {
    return `${check}: ${verbs} ${group}/${resource} ${name ?? '*'}@${namespace ?? '*'}`;
  });
}

test('no more than the configuration reads and writes is needed', () => {
  assert.deepEqual(told(config, undefined), ['events-right: list,watch /events *@*']);
  assert.deepEqual(told({ ...config, eventsApi: 'events.k8s.io/v1' }, undefined), [
    'events-right: list,watch events.k8s.io/events *@*',
  ]);
  assert.deepEqual(
    told(
      { ...config, terminations: true, namespaces: ['shop', 'web'] },
      { namespace: 'ops', name: 'leader' },
    ),
    [
      'events-right: list,watch /events *@shop',
      'pods-right: list,watch /pods *@shop',
      'events-right: list,watch /events *@web',
      'pods-right: list,watch /pods *@web',
      'lease-right: get,update coordination.k8s.io/leases leader@ops',
    ],
  );
});

test('a grant is a role of its own and its binding, for a ServiceAccount or a user', () => {
  const [events, lease] = neededRights(config, { namespace: 'ops', name: 'leader' });
  assert.ok(events && lease);
  assert.deepEqual(grantOf(events, 'system:serviceaccount:ops:exporter'), [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'kube-events-loki-events' },
      rules: [{ apiGroups: [''], resources: ['events'], verbs: ['list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'kube-events-loki-events' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'kube-events-loki-events',
      },
      subjects: [{ kind: 'ServiceAccount', namespace: 'ops', name: 'exporter' }],
    },
  ]);
  const [role, binding] = grantOf(lease, 'ann');
  const metadata = { name: 'kube-events-loki-leases', namespace: 'ops' };
  assert.partialDeepStrictEqual(role, { kind: 'Role', metadata, rules: [{ resourceNames: ['leader'] }] });
  assert.partialDeepStrictEqual(binding, {
    kind: 'RoleBinding',
    metadata,
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
  });
});
