import { KubernetesApi } from '../servers/api.ts';

/** A question to the API server's authorizer, as SelfSubjectAccessReview has it. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  /** `pods`, `pods/log` */
  readonly resource: string;
  /** All namespaces, or what is in none, where it is empty. */
  readonly namespace: string;
  readonly name?: string;
}

/** Whether the one that asks may do it. */
export class AccessReviewer implements AsyncDisposable {
  readonly #api: KubernetesApi;

  /** @param token of the one whose rights are asked for @param authority of the API server, PEM */
  constructor(url: string, token: string, authority: string) {
    this.#api = new KubernetesApi(url, token, authority);
  }

  async allows({ resource: path, ...access }: Access): Promise<boolean> {
    const [resource, subresource] = path.split('/', 2);
    return this.#review({ resourceAttributes: { ...access, resource, ...(subresource && { subresource }) } });
  }

  /** The same for a path that is of no resource, as `/metrics`. */
  allowsPath(verb: string, path: string): Promise<boolean> {
    return this.#review({ nonResourceAttributes: { verb, path } });
  }

  /** Those that are allowed, as `verb group/resource namespace/name`, in order. */
  async allowed(questions: readonly Access[]): Promise<string[]> {
    const found: string[] = [];
    const rest = questions.values();
    const ask = async (): Promise<void> => {
      for (const access of rest) {
        if (await this.allows(access)) found.push(describeAccess(access));
      }
    };
    await Promise.all(Array.from({ length: 16 }, ask));
    return found.sort();
  }

  async #review(spec: object): Promise<boolean> {
    const answer = await this.#api.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec,
    });
    return (answer['status'] as { allowed: boolean }).allowed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
  }
}

/** `list events.k8s.io/events shop` */
export function describeAccess({ verb, group, resource, namespace, name }: Access): string {
  const place = name === undefined ? namespace : `${namespace}/${name}`;
  return `${verb} ${group}/${resource} ${place || '*'}`;
}

interface DiscoveredResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What there is to be done to resources in general, besides what each names itself. */
const commonVerbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  '*',
] as const;

/** Verbs that RBAC knows beside those of the API, and what they are about. */
const furtherVerbs: readonly Pick<Access, 'verb' | 'group' | 'resource'>[] = [
  { verb: 'impersonate', group: '', resource: 'users' },
  { verb: 'impersonate', group: '', resource: 'groups' },
  { verb: 'impersonate', group: '', resource: 'serviceaccounts' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'approve', group: 'certificates.k8s.io', resource: 'signers' },
  { verb: 'sign', group: 'certificates.k8s.io', resource: 'signers' },
  { verb: '*', group: '*', resource: '*' },
];

/**
 * Every verb on every resource and subresource that the API server has, in all namespaces and in each of the given ones.
 */
export async function everyAccess(api: KubernetesApi, namespaces: readonly string[]): Promise<Access[]> {
  const everywhere = ['', ...namespaces];
  const known = (await discover(api)).flatMap(({ group, resources }) =>
    resources.flatMap(({ name: resource, namespaced, verbs }) =>
      [...new Set([...commonVerbs, ...verbs])].flatMap(verb =>
        (namespaced ? everywhere : ['']).map(namespace => ({ verb, group, resource, namespace })),
      ),
    ),
  );
  const further = furtherVerbs.flatMap(access => everywhere.map(namespace => ({ ...access, namespace })));
  // A group has several versions, and rights are on the group.
  return [...new Map([...known, ...further].map(access => [describeAccess(access), access])).values()];
}

async function discover(
  api: KubernetesApi,
): Promise<{ group: string; resources: readonly DiscoveredResource[] }[]> {
  const read = async (group: string, path: string) => {
    const { resources } = await api.get<{ resources: DiscoveredResource[] }>(path);
    return { group, resources };
  };
  const { groups } = await api.get<{ groups: { name: string; versions: { groupVersion: string }[] }[] }>(
    '/apis',
  );
  const versions = groups.flatMap(({ name, versions }) =>
    versions.map(({ groupVersion }) => read(name, `/apis/${groupVersion}`)),
  );
  return Promise.all([read('', '/api/v1'), ...versions]);
}
