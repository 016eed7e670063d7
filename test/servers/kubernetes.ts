import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubernetesApi } from './api.ts';
import { apiServer } from './api-server.ts';
import { type Binaries, needBinaries } from './binaries.ts';
import { clientAuthority } from './certificate.ts';
import { type Etcd, etcd } from './etcd.ts';
import { type Credentials, writeKubeconfig } from './kubeconfig.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';
import { type RotatingCredentials, rotatingCertificate, rotatingToken } from './rotation.ts';
import { temporaryFolder } from './warden.ts';

/** Options of {@link startControlPlane}. */
export interface ControlPlaneOptions {
  /** How long events are kept, as Go writes a duration (`--event-ttl`). Default `1h`. */
  readonly eventTtl?: string;
  /** How often etcd is compacted, which makes older resourceVersions answer 410. Default `5m`. */
  readonly compactionInterval?: string;
  /** Without controller-manager and scheduler, for tests that write their events themselves. Default true. */
  readonly controllers?: boolean;
}

/** A running Kubernetes control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
export interface ControlPlane extends AsyncDisposable {
  /** The API server, https on 127.0.0.1. */
  readonly url: string;
  /** Path of a kubeconfig with an administrator's bearer token. */
  readonly kubeconfig: string;
  /** Path of the kubectl that fits the API server. */
  readonly kubectlPath: string;
  /** The certificates that verify the API server, PEM. */
  readonly authority: string;
  /** A client with the administrator's rights. */
  readonly api: KubernetesApi;
  /** A folder that is gone after `stop()`, for the files of a test. */
  readonly folder: string;
  /** What the API server keeps everything in. */
  readonly store: Etcd;
  /** Each server on its own: `kill()` it as a crash would, `start()` it again on the same port and data. */
  readonly servers: {
    readonly etcd: ServerProcess;
    readonly apiServer: ServerProcess;
    readonly controllerManager: ServerProcess;
    readonly scheduler: ServerProcess;
  };
  /**
   * Runs kubectl as the administrator and resolves to its stdout.
   *
   * @throws Error with its stderr when it fails.
   */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** Path of a kubeconfig with a client certificate, for a user that may only list and watch events. */
  clientCertKubeconfig(): Promise<string>;
  /**
   * Path of a kubeconfig that reads the token of a new ServiceAccount in `default` from a file; it may only list and
   * watch events.
   */
  serviceAccountKubeconfig(name: string): Promise<string>;
  /** A token of a ServiceAccount, in a file, that can be replaced; it may only list and watch events. */
  rotatingToken(name: string): Promise<RotatingCredentials>;
  /** A client certificate in a file, that can be replaced; its user may only list and watch events. */
  rotatingCertificate(name: string): Promise<RotatingCredentials>;
  /** Ends all servers and removes their data. */
  stop(): Promise<void>;
}

const EVENTS_READER = 'kube-events-reader';

/**
 * Starts a control plane on 127.0.0.1 in a temporary folder and waits until it's ready. TLS is real: the API server's
 * own certificate is in the kubeconfigs. Nodes come with kwok (`startKwok`).
 *
 * @throws Error where its programs can't be had, or one ends before it's ready.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await needBinaries('kubernetes');
  const folder = temporaryFolder('control-plane');
  const started: ServerProcess[] = [];
  async function stop(): Promise<void> {
    for (const server of started.toReversed()) await server.stop();
    await folder.remove();
  }
  try {
    const clients = await clientAuthority();
    const token = randomBytes(24).toString('hex');
    const store = await etcd(folder.path);
    const api = await apiServer({
      command: binaries['kube-apiserver'],
      folder: folder.path,
      etcdUrl: store.url,
      adminToken: token,
      clientAuthority: clients.certificate,
      options,
    });
    for (const server of [store.server, api.server]) {
      started.push(server);
      await server.start();
    }
    const authority = await readFile(api.certificateFile, 'utf8');
    const kubeconfigOf = async (name: string, credentials: Credentials): Promise<string> => {
      const path = join(folder.path, `${name}.kubeconfig`);
      await writeKubeconfig(path, { url: api.url, authority, credentials });
      return path;
    };
    const kubeconfig = await kubeconfigOf('admin', { token });
    const client = new KubernetesApi(api.url, token, authority);

    const manager = await controllerManager(binaries, folder.path, kubeconfig, api);
    const planner = await scheduler(binaries, folder.path, kubeconfig);
    if (options.controllers !== false) {
      started.push(manager, planner);
      await Promise.all([manager.start(), planner.start()]);
      await serviceAccountsExist(client);
    }
    await client.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: EVENTS_READER },
      rules: [{ apiGroups: [''], resources: ['events'], verbs: ['list', 'watch'] }],
    });
    const letRead = async (name: string, subject: object): Promise<void> => {
      await client.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: EVENTS_READER },
        subjects: [subject],
      });
    };
    const rotation = (name: string) => {
      return { name, folder: folder.path, url: api.url, authority, api: client, clients, letRead };
    };
    const stopAll = async (): Promise<void> => {
      await client[Symbol.asyncDispose]();
      await stop();
    };

    return {
      url: api.url,
      kubeconfig,
      kubectlPath: binaries.kubectl,
      authority,
      api: client,
      folder: folder.path,
      store,
      servers: {
        etcd: store.server,
        apiServer: api.server,
        controllerManager: manager,
        scheduler: planner,
      },
      kubectl: (args, stdin) => run(binaries.kubectl, [`--kubeconfig=${kubeconfig}`, ...args], stdin),
      async clientCertKubeconfig() {
        const user = `certificate-${randomBytes(3).toString('hex')}`;
        await letRead(user, { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user });
        return kubeconfigOf(user, await clients.issue(user, ['kube-events-tests']));
      },
      async serviceAccountKubeconfig(name) {
        await client.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name } });
        await letRead(name, { kind: 'ServiceAccount', namespace: 'default', name });
        const answer = await client.create(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: 3600 },
        });
        const { status } = answer as unknown as { status: { token: string } };
        const tokenFile = join(folder.path, `${name}.token`);
        await writeFile(tokenFile, status.token, { mode: 0o600 });
        return kubeconfigOf(name, { tokenFile });
      },
      rotatingToken: name => rotatingToken(rotation(name)),
      rotatingCertificate: name => rotatingCertificate(rotation(name)),
      stop: stopAll,
      [Symbol.asyncDispose]: stopAll,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function controllerManager(
  binaries: Binaries<'kubernetes'>,
  folder: string,
  kubeconfig: string,
  api: { readonly certificateFile: string; readonly serviceAccountKeyFile: string },
): Promise<ServerProcess> {
  return controller('kube-controller-manager', binaries, folder, kubeconfig, [
    `--service-account-private-key-file=${api.serviceAccountKeyFile}`,
    `--root-ca-file=${api.certificateFile}`,
    // Everything that Kubernetes is patient about happens within a test. The grace period exceeds kwok's heartbeat.
    '--node-monitor-period=1s',
    '--node-monitor-grace-period=12s',
    '--node-startup-grace-period=20s',
    '--node-eviction-rate=10',
    '--secondary-node-eviction-rate=10',
    '--horizontal-pod-autoscaler-sync-period=5s',
    '--horizontal-pod-autoscaler-initial-readiness-delay=1s',
    '--pvclaimbinder-sync-period=5s',
    '--resource-quota-sync-period=5s',
  ]);
}

function scheduler(
  binaries: Binaries<'kubernetes'>,
  folder: string,
  kubeconfig: string,
): Promise<ServerProcess> {
  return controller('kube-scheduler', binaries, folder, kubeconfig, []);
}

async function controller(
  name: 'kube-controller-manager' | 'kube-scheduler',
  binaries: Binaries<'kubernetes'>,
  folder: string,
  kubeconfig: string,
  args: readonly string[],
): Promise<ServerProcess> {
  const port = await freePort();
  const certificates = join(folder, name);
  return new ServerProcess({
    name,
    command: binaries[name],
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${certificates}`,
      // The defaults (20 and 50 a second) would stretch a busy scenario.
      '--kube-api-qps=200',
      '--kube-api-burst=300',
      ...args,
    ],
    logFile: join(folder, `${name}.log`),
    ready: answersOk(`https://127.0.0.1:${port}/healthz`, () =>
      readFile(join(certificates, `${name}.crt`), 'utf8'),
    ),
  });
}

/** Pods are refused until their namespace has its ServiceAccount, so only then is the control plane of use. */
async function serviceAccountsExist(api: KubernetesApi): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await api.get('/api/v1/namespaces/default/serviceaccounts/default');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

function run(command: string, args: readonly string[], stdin = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) return resolve(Buffer.concat(stdout).toString());
      reject(new Error(`kubectl ${args.slice(1).join(' ')}: exit code ${code}: ${Buffer.concat(stderr)}`));
    });
    child.stdin.end(stdin);
  });
}
