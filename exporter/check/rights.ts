import type { Config } from '../config/schema.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { LeasePlace } from '../lease-place.ts';
import type { CheckName, Finding } from './finding.ts';
import { grantOf } from './grant.ts';
import { requestTimeoutMs } from './timeout.ts';

/** What has to be allowed of one resource, as RBAC has it. */
export interface Right {
  readonly check: CheckName;
  readonly verbs: readonly string[];
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  /** All of them where undefined. */
  readonly namespace: string | undefined;
  /** Of this name alone. */
  readonly name?: string;
}

/** The rights that a configuration needs, and no others. */
export function neededRights(
  { namespaces, eventsApi, terminations }: Pick<Config, 'namespaces' | 'eventsApi' | 'terminations'>,
  lease: LeasePlace | undefined,
): Right[] {
  const verbs = ['list', 'watch'];
  const group = eventsApi === 'events.k8s.io/v1' ? 'events.k8s.io' : '';
  const rights: Right[] = [];
  for (const namespace of namespaces ?? [undefined]) {
    rights.push({ check: 'events-right', verbs, group, resource: 'events', namespace });
    if (terminations) rights.push({ check: 'pods-right', verbs, group: '', resource: 'pods', namespace });
  }
  if (lease) {
    const group = 'coordination.k8s.io';
    const right = { check: 'lease-right', verbs: ['get', 'update'], group, resource: 'leases' } as const;
    rights.push({ ...right, ...lease });
  }
  return rights;
}

/** Asks the API server what this user may do. @param user as the API server names it */
export async function checkRight(cluster: Cluster, right: Right, user: string | undefined): Promise<Finding> {
  const { check, namespace, verbs } = right;
  const base = { check, ...(namespace !== undefined && { of: namespace }) };
  let missing: string[];
  try {
    const allowed = await Promise.all(verbs.map(verb => isAllowed(cluster, { ...right, verb })));
    missing = verbs.filter((_, index) => !allowed[index]);
  } catch (error) {
    return {
      ...base,
      status: 'not checked',
      found: `a SelfSubjectAccessReview is refused: ${(error as Error).message}`,
      advice: 'see that the ClusterRole system:basic-user is bound to system:authenticated',
    };
  }
  const what = describe(right);
  if (missing.length === 0) return { ...base, status: 'ok', found: `can ${verbs.join(', ')} ${what}` };
  return {
    ...base,
    status: 'fault',
    found: `${user ?? 'this user'} cannot ${missing.join(', ')} ${what}`,
    advice: `grant the verbs ${verbs.join(', ')}: apply what stands below`,
    manifests: grantOf(right, user),
  };
}

/** @throws ApiError */
export async function isAllowed(
  cluster: Cluster,
  { verb, group, resource, namespace, name }: Omit<Right, 'check' | 'verbs'> & { readonly verb: string },
): Promise<boolean> {
  const review = await cluster.json<{ status?: { allowed?: boolean } } | null>(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, namespace, name } },
    },
    requestTimeoutMs,
  );
  return review?.status?.allowed === true;
}

/** In the API server's own words. */
function describe({ group, resource, namespace, name }: Right): string {
  const named = name === undefined ? '' : ` "${name}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `resource "${resource}"${named} in API group "${group}" ${where}`;
}
