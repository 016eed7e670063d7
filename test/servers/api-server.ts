import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlaneOptions } from './kubernetes.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';

/** What {@link apiServer} needs to know. */
export interface ApiServerOptions {
  /** Path of kube-apiserver. */
  readonly command: string;
  /** Its keys, certificates and log go there. */
  readonly folder: string;
  readonly etcdUrl: string;
  /** A bearer token for the group system:masters. */
  readonly adminToken: string;
  /** Client certificates that this one signed are accepted, PEM. */
  readonly clientAuthority: string;
  readonly options: ControlPlaneOptions;
}

/** An API server on 127.0.0.1, not started yet. */
export interface ApiServer {
  readonly url: string;
  readonly server: ServerProcess;
  /** Its self-made certificate with its authority, PEM; there once it runs, and kept over restarts. */
  readonly certificateFile: string;
  /** The key that signs ServiceAccount tokens. */
  readonly serviceAccountKeyFile: string;
}

/** Writes an API server's files; `server.start()` starts it. */
export async function apiServer(setup: ApiServerOptions): Promise<ApiServer> {
  const folder = join(setup.folder, 'api-server');
  await mkdir(folder);
  const serviceAccountKeyFile = join(folder, 'service-account.key');
  const tokenFile = join(folder, 'tokens.csv');
  const clientAuthorityFile = join(folder, 'client-ca.crt');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(serviceAccountKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  await writeFile(tokenFile, `${setup.adminToken},test-admin,test-admin,system:masters\n`, { mode: 0o600 });
  await writeFile(clientAuthorityFile, setup.clientAuthority);

  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const certificateFile = join(folder, 'apiserver.crt');
  const server = new ServerProcess({
    name: 'kube-apiserver',
    command: setup.command,
    args: [
      `--etcd-servers=${setup.etcdUrl}`,
      `--etcd-compaction-interval=${setup.options.compactionInterval ?? '5m'}`,
      `--event-ttl=${setup.options.eventTtl ?? '1h'}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
      // A loopback address is refused as an endpoint, and nothing here asks for one.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${serviceAccountKeyFile}`,
      `--service-account-signing-key-file=${serviceAccountKeyFile}`,
      `--token-auth-file=${tokenFile}`,
      `--client-ca-file=${clientAuthorityFile}`,
      '--authorization-mode=RBAC',
      '--default-not-ready-toleration-seconds=5',
      '--default-unreachable-toleration-seconds=5',
    ],
    logFile: join(folder, 'kube-apiserver.log'),
    // Anonymous requests may ask for readiness.
    ready: answersOk(`${url}/readyz`, () => readFile(certificateFile, 'utf8')),
  });
  return { url, server, certificateFile, serviceAccountKeyFile };
}
