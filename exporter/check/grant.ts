import type { Right } from './rights.ts';

const rbac = 'rbac.authorization.k8s.io';

/**
 * The role and the binding that grant a right. Their names are of this resource alone, so that applying them takes
 * nothing away that another role grants.
 * @param user as the API server names it; a placeholder stands for one that isn't known
 */
export function grantOf({ verbs, group, resource, namespace, name }: Right, user = 'USER'): object[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `kube-events-loki-${resource}`, ...(namespace !== undefined && { namespace }) };
  const apiVersion = `${rbac}/v1`;
  const rule = {
    apiGroups: [group],
    resources: [resource],
    ...(name !== undefined && { resourceNames: [name] }),
    verbs,
  };
  return [
    { apiVersion, kind, metadata, rules: [rule] },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: rbac, kind, name: metadata.name },
      subjects: [subjectOf(user)],
    },
  ];
}

/** A ServiceAccount is a user by a name of four parts (apiserver, pkg/authentication/serviceaccount). */
function subjectOf(user: string): object {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace !== undefined && name !== undefined) return { kind: 'ServiceAccount', namespace, name };
  return { apiGroup: rbac, kind: 'User', name: user };
}
