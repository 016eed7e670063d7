import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { delimiter, dirname, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';

/**
 * Loads the credentials that kubectl would use: the given file, else `KUBECONFIG` or ~/.kube/config, else the
 * pod's ServiceAccount.
 * @throws where the file can't be read or names no cluster
 */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (file) config.loadFromFile(file);
  else if (process.env['KUBERNETES_SERVICE_HOST'] && !process.env['KUBECONFIG']) config.loadFromCluster();
  else config.loadFromDefault();
  // What client-node falls back to where it finds nothing.
  if (!file && config.getCurrentContext() === 'loaded-context') {
    throw new Error('none found: KUBECONFIG is not set, there is no ~/.kube/config, and this is no pod');
  }
  if (!config.getCurrentCluster()) {
    throw new Error(`the current context "${config.getCurrentContext() ?? ''}" names no cluster`);
  }
  const files = file ? [file] : (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  for (const path of files) adoptTokenFile(config, path);
  return config;
}

/**
 * client-node overlooks `tokenFile`, which client-go reads and re-reads. Its own authenticator for a pod's token
 * does the same under another name, so the user is handed to that one.
 */
function adoptTokenFile(config: KubeConfig, path: string): void {
  const user = config.getCurrentUser();
  if (!user || user.token) return;
  const raw = parse(readFileSync(path, 'utf8')) as {
    users?: { name?: string; user?: { tokenFile?: string } }[];
  };
  const tokenFile = raw.users?.find(entry => entry.name === user.name)?.user?.tokenFile;
  if (!tokenFile) return;
  const authProvider = { name: 'tokenFile', config: { tokenFile: resolve(dirname(path), tokenFile) } };
  config.users = config.users.map(known => (known === user ? { ...user, authProvider } : known));
}

/** What one request to the API server needs; asked for anew before each, because tokens and certificates rotate. */
export interface Credentials {
  readonly headers: Record<string, string>;
  readonly tls: Pick<
    RequestOptions,
    'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
  >;
}

/** The credentials as they are now: files are read again, exec plugins asked again when theirs have expired. */
export async function currentCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token file ends in a newline more often than not, and a header can't.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  const tokenFile: unknown = config.getCurrentUser()?.authProvider?.config?.tokenFile;
  if (typeof tokenFile === 'string') {
    // client-node keeps a token for a minute, in which one that was revoked is refused.
    headers['authorization'] = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
  }
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const tls = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
  return { headers, tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)) };
}
