import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import type { KubernetesApi } from './api.ts';
import type { ClientAuthority, KeyPair } from './certificate.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** Credentials in files beside a kubeconfig, which are replaced while someone uses them. */
export interface RotatingCredentials {
  /** Path of the kubeconfig; it stays as it is. */
  readonly kubeconfig: string;
  /**
   * Writes new credentials into the files, and resolves when the API server refuses the old ones.
   *
   * @throws Error where it still takes them after a minute
   */
  replace(): Promise<void>;
}

/** What the credentials are for, and who may be let in. */
export interface RotationOptions {
  /** Begins the names of files, users and bindings. */
  readonly name: string;
  readonly folder: string;
  readonly url: string;
  /** The certificates that verify the API server, PEM. */
  readonly authority: string;
  readonly api: KubernetesApi;
  readonly clients: ClientAuthority;
  /** Lets a subject list and watch events, by a ClusterRoleBinding of that name. */
  letRead(binding: string, subject: object): Promise<void>;
}

/** A ServiceAccount's token in a file. The ServiceAccount is made anew each time, which revokes its tokens. */
export async function rotatingToken(options: RotationOptions): Promise<RotatingCredentials> {
  const { name, folder, api } = options;
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const tokenFile = join(folder, `${name}.token`);
  const issue = async (): Promise<string> => {
    await api.create(accounts, { metadata: { name } });
    const { status } = (await api.create(`${accounts}/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })) as unknown as { status: { token: string } };
    await writeFile(tokenFile, status.token, { mode: 0o600 });
    return status.token;
  };
  let token = await issue();
  await options.letRead(name, { kind: 'ServiceAccount', namespace: 'default', name });
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  await writeKubeconfig(kubeconfig, { ...options, credentials: { tokenFile } });
  return {
    kubeconfig,
    async replace() {
      const old = token;
      await api.delete(`${accounts}/${name}`);
      token = await issue();
      await refused(options, 401, { token: old });
    },
  };
}

/** A client certificate in a file. Each is another user's, and only the newest user may read events. */
export async function rotatingCertificate(options: RotationOptions): Promise<RotatingCredentials> {
  const { name, folder, api, clients } = options;
  const [certificateFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  let generation = 0;
  const issue = async (): Promise<KeyPair> => {
    generation += 1;
    const user = `${name}-${generation}`;
    const pair = await clients.issue(user, ['kube-events-tests']);
    await options.letRead(user, { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user });
    await writeFile(certificateFile, pair.certificate);
    await writeFile(keyFile, pair.key, { mode: 0o600 });
    return pair;
  };
  let pair = await issue();
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  await writeKubeconfig(kubeconfig, { ...options, credentials: { certificateFile, keyFile } });
  return {
    kubeconfig,
    async replace() {
      const old = pair;
      const binding = `${name}-${generation}`;
      pair = await issue();
      await api.delete(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${binding}`);
      await refused(options, 403, old);
    },
  };
}

/** The API server remembers for seconds whom it has let in. */
async function refused(
  { url, authority }: RotationOptions,
  status: 401 | 403,
  old: { readonly token: string } | KeyPair,
): Promise<void> {
  const headers = 'token' in old ? { authorization: `Bearer ${old.token}` } : {};
  const client = 'token' in old ? {} : { cert: old.certificate, key: old.key };
  const agent = new Agent({ connect: { ca: authority, ...client } });
  const deadline = performance.now() + 60_000;
  try {
    for (;;) {
      const path = '/api/v1/events?limit=1';
      const { statusCode, body } = await agent.request({ origin: url, path, method: 'GET', headers });
      await body.dump();
      if (statusCode === status) return;
      if (performance.now() > deadline) throw new Error(`the old credentials still get ${statusCode}`);
      await sleep(200);
    }
  } finally {
    await agent.destroy();
  }
}
