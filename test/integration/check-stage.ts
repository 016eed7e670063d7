import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../exporter/check/finding.ts';
import { type CheckOptions, check } from '../../exporter/commands/check.ts';
import type { KubernetesObject } from '../servers/api.ts';
import { type Credentials, type KubeconfigOptions, writeKubeconfig } from '../servers/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../servers/kubernetes.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, type StoredEntry } from '../servers/loki-query.ts';

const main =
  process.env['KUBE_EVENTS_TEST_EXPORTER'] ||
  fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));

export const namespace = 'default';
/** The Lease that is there. */
export const lease = 'kube-events-loki';

/** A configuration beside `loki.url`, which stands in `loki`. */
export type Keys = { readonly loki?: object } & Readonly<Record<string, unknown>>;

/** What `check` says. */
export interface Told {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  /** `check: status` of each fault and warning. */
  readonly amiss: readonly string[];
  /** The first finding of a check that isn't ok. */
  of(name: string): Finding;
}

const limitsOfTenants = {
  strict: { allow_structured_metadata: false },
  small: { max_global_streams_per_user: 1000 },
  full: { max_global_streams_per_user: 1 },
};

/** What `check` is tried against: a sound set-up of real servers, and others with faults. */
export class CheckStage {
  readonly controlPlane: ControlPlane;
  /** Without tenants, as it comes. */
  readonly loki: Loki;
  /** With tenants, some of which have limits of their own; it publishes the one of streams. */
  readonly tenants: Loki;
  /** Takes no structured metadata, and few streams. */
  readonly narrow: Loki;
  #kubeconfig = '';

  private constructor(controlPlane: ControlPlane, [loki, tenants, narrow]: [Loki, Loki, Loki]) {
    this.controlPlane = controlPlane;
    this.loki = loki;
    this.tenants = tenants;
    this.narrow = narrow;
  }

  static async start(): Promise<CheckStage> {
    const controlPlane = await startControlPlane({ controllers: false });
    const file = join(controlPlane.folder, 'overrides.yaml');
    await writeFile(file, JSON.stringify({ overrides: limitsOfTenants }));
    const lokis = await Promise.all([
      startLoki({ own: true }),
      startLoki({
        own: true,
        config: {
          auth_enabled: true,
          runtime_config: { file },
          tenant_limits_allow_publish: ['max_global_streams_per_user'],
        },
      }),
      startLoki({
        own: true,
        limits: { allow_structured_metadata: false, max_global_streams_per_user: 1000 },
      }),
    ]);
    const stage = new CheckStage(controlPlane, lokis);
    stage.#kubeconfig = await stage.accountWith('entitled', ['events', 'pods', 'leases']);
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    await controlPlane.api.create(leases, { metadata: { name: lease } });
    return stage;
  }

  async stop(): Promise<void> {
    await Promise.all([this.loki, this.tenants, this.narrow].map(loki => loki.stop()));
    await this.controlPlane.stop();
  }

  /** For files, gone at the end. */
  get folder(): string {
    return this.controlPlane.folder;
  }

  /** Of a ServiceAccount with every right that is needed here, and no other. */
  get kubeconfig(): string {
    return this.#kubeconfig;
  }

  /** A kubeconfig for the API server, or for what the options say. */
  async configFor(
    name: string,
    credentials: Credentials,
    options: Partial<KubeconfigOptions> = {},
  ): Promise<string> {
    const path = join(this.folder, `${name}.check.kubeconfig`);
    const { url, authority } = this.controlPlane;
    await writeKubeconfig(path, { url, authority, credentials, ...options });
    return path;
  }

  /** A kubeconfig of a new ServiceAccount with the rights on these resources, and no other. */
  async accountWith(name: string, resources: readonly string[]): Promise<string> {
    const { api } = this.controlPlane;
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await api.create(accounts, { metadata: { name } });
    const verbs = ['list', 'watch'];
    const read = resources.filter(resource => resource !== 'leases');
    await this.#grant(
      name,
      'ClusterRole',
      read.map(resource => ({ apiGroups: [''], resources: [resource], verbs })),
    );
    if (resources.includes('leases')) {
      const resourceNames = [lease, 'absent'];
      const verbs = ['get', 'update'];
      await this.#grant(name, 'Role', [
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames, verbs },
      ]);
    }
    const { status } = (await api.create(`${accounts}/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    })) as KubernetesObject & { status: { token: string } };
    return this.configFor(name, { token: status.token });
  }

  /** A file with all that the exporter can need, and all of it there; then the keys over it. */
  async configWith(keys: Keys): Promise<string> {
    const file = join(this.folder, 'check.yaml');
    const sound = {
      kubeconfig: this.kubeconfig,
      cluster: 'check',
      terminations: true,
      lease: `${namespace}/${lease}`,
    };
    await writeFile(file, JSON.stringify({ ...sound, ...keys, loki: { url: this.loki.url, ...keys.loki } }));
    return file;
  }

  /** `check`, in this process. */
  async run(keys: Keys, options: CheckOptions = {}): Promise<Told> {
    let output = '';
    const file = await this.configWith(keys);
    const write = (part: string) => {
      output += part;
    };
    const exitCode = await check(file, {}, { ...options, format: 'json' }, { write });
    const { findings } = JSON.parse(output) as { findings: Finding[] };
    const told = findings.filter(({ status }) => status === 'fault' || status === 'warning');
    return {
      exitCode,
      findings,
      amiss: told.map(({ check, status }) => `${check}: ${status}`),
      of(name) {
        const finding = findings.find(({ check, status }) => check === name && status !== 'ok');
        return finding ?? assert.fail(`${name} is well, or not checked at all: ${output}`);
      },
    };
  }

  /** `check`, by its command line. */
  async cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [main, 'check', ...args]);
    const ended = once(child, 'exit') as Promise<[number]>;
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: (await ended)[0], stdout, stderr };
  }

  /** All that a Loki has of the last hour. */
  async stored(url: string, tenant?: string): Promise<StoredEntry[]> {
    const end = BigInt(Date.now() + 60_000) * 1_000_000n;
    return queryEntries(url, '{job=~".+"}', end - 3_600_000_000_000n, end, tenant);
  }

  async #grant(name: string, kind: 'Role' | 'ClusterRole', rules: readonly object[]): Promise<void> {
    const { api } = this.controlPlane;
    const scope = kind === 'Role' ? `/namespaces/${namespace}` : '';
    const path = `/apis/rbac.authorization.k8s.io/v1${scope}/${kind.toLowerCase()}`;
    await api.create(`${path}s`, { metadata: { name }, rules });
    await api.create(`${path}bindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    });
  }
}
