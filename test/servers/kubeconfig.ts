import { writeFile } from 'node:fs/promises';

/** How a kubeconfig's user proves who it is. */
export type Credentials =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly certificate: string; readonly key: string }
  | { readonly certificateFile: string; readonly keyFile: string };

/** What {@link writeKubeconfig} puts in the file. */
export interface KubeconfigOptions {
  readonly url: string;
  /** The certificates that verify the server, PEM. */
  readonly authority: string;
  readonly credentials: Credentials;
}

/** Writes a kubeconfig with one context, readable by its owner only. */
export async function writeKubeconfig(path: string, options: KubeconfigOptions): Promise<void> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: options.url, 'certificate-authority-data': base64(options.authority) },
      },
    ],
    users: [{ name: 'test', user: user(options.credentials) }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  // JSON is YAML.
  await writeFile(path, JSON.stringify(kubeconfig, null, 2), { mode: 0o600 });
}

function user(credentials: Credentials): Readonly<Record<string, string>> {
  if ('certificateFile' in credentials) {
    return { 'client-certificate': credentials.certificateFile, 'client-key': credentials.keyFile };
  }
  if ('certificate' in credentials) {
    return {
      'client-certificate-data': base64(credentials.certificate),
      'client-key-data': base64(credentials.key),
    };
  }
  return credentials;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
