import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from '../servers/api.ts';
import type { ControlPlane } from '../servers/kubernetes.ts';
import type { Kwok } from '../servers/kwok.ts';
import { Chatter } from './chatter.ts';
import { loseNode } from './lost-node.ts';
import {
  daemonSet,
  deployment,
  HEALTHY,
  jobSpec,
  NAMESPACES,
  statefulSet,
  TROUBLED,
  type Workload,
} from './shop.ts';

/** Options of {@link runScenario}. */
export interface ScenarioOptions {
  /** How long it goes on, in rounds of ten seconds: 1 is twelve of them. Default 1. */
  readonly scale?: number;
  /** Gets a line now and then. Default: nobody. */
  readonly onProgress?: (line: string) => void;
  /** Ends it early: it rejects with an AbortError then. */
  readonly signal?: AbortSignal;
}

const ROUNDS = 12;
const ROUND_MS = 10_000;

/**
 * Plays a few minutes of a shop's cluster in which much goes wrong. Measured: scale 0.5 gave about 490 events of 39
 * reasons in 60 s, scale 1 about 730 in two minutes; from scale 1 on a run of the CronJob has had the time to complete.
 * The faults go on after it until {@link freeze}.
 *
 * @throws ApiError when the API server refuses a part of it.
 */
export async function runScenario(
  controlPlane: ControlPlane,
  kwok: Kwok,
  options: ScenarioOptions = {},
): Promise<void> {
  const { api } = controlPlane;
  for (const name of NAMESPACES) await api.create('/api/v1/namespaces', { metadata: { name } });
  await Promise.all(NAMESPACES.map(namespace => serviceAccount(api, namespace)));
  await install(api);
  await Promise.all([playRounds(api, kwok, options), loseNode(api, 'node-c', options.signal)]);
}

async function playRounds(
  api: KubernetesApi,
  kwok: Kwok,
  { scale = 1, onProgress = () => undefined, signal }: ScenarioOptions,
): Promise<void> {
  const rounds = Math.max(1, Math.round(ROUNDS * scale));
  const chatter = new Chatter(api);
  for (let round = 0; round < rounds; round += 1) {
    const end = performance.now() + ROUND_MS;
    await scaleSome(api, round);
    await chatter.say(4);
    if (round % 3 === 0) await kwok.report(pick(kwok.nodes, round), 'oom-killing');
    if (round % 4 === 1) await kwok.report(pick(kwok.nodes, round), 'conntrack-full');
    if (round % 6 === 2) await rollOut(api, pick(HEALTHY, round));
    onProgress(`Scenario: round ${round + 1} of ${rounds}`);
    await sleep(Math.max(0, end - performance.now()), undefined, { signal });
  }
}

/**
 * Ends whatever writes events, so that a LIST of them stays true. The API server goes on.
 */
export async function freeze(controlPlane: ControlPlane, kwok: Kwok): Promise<void> {
  await Promise.all([
    kwok.server.stop(),
    controlPlane.servers.controllerManager.stop(),
    controlPlane.servers.scheduler.stop(),
  ]);
}

/** Everything that is there from the beginning. */
async function install(api: KubernetesApi): Promise<void> {
  await api.create('/api/v1/namespaces/payments/resourcequotas', {
    metadata: { name: 'payments-quota' },
    spec: { hard: { pods: '8' } },
  });
  for (const workload of [...HEALTHY, ...TROUBLED]) {
    await api.create(`/apis/apps/v1/namespaces/${workload.namespace}/deployments`, deployment(workload));
  }
  const postgres = { namespace: 'payments', name: 'ledger-postgres', replicas: 2 };
  await api.create('/apis/apps/v1/namespaces/payments/statefulsets', statefulSet(postgres));
  await api.create(
    '/apis/apps/v1/namespaces/kube-system/daemonsets',
    daemonSet('kube-system', 'node-exporter'),
  );
  // There is no metrics server to ask.
  await api.create('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
    metadata: { name: 'storefront' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'storefront' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  });
  await api.create('/apis/batch/v1/namespaces/batch/cronjobs', {
    metadata: { name: 'order-export' },
    spec: {
      schedule: '* * * * *',
      successfulJobsHistoryLimit: 1,
      jobTemplate: { spec: jobSpec('order-export', undefined, {}) },
    },
  });
  for (const [name, fault, more] of [
    ['sales-report', 'hangs', { activeDeadlineSeconds: 20 }],
    ['thumbnail-backfill', 'evicted', { backoffLimit: 1 }],
    ['stock-import', undefined, { completions: 4, parallelism: 2 }],
  ] as const) {
    await api.create('/apis/batch/v1/namespaces/batch/jobs', {
      metadata: { name },
      spec: jobSpec(name, fault, more),
    });
  }
  for (const [name, storageClassName] of [
    ['ledger-archive', 'fast-ssd'],
    ['receipts', ''],
  ] as const) {
    await api.create('/api/v1/namespaces/payments/persistentvolumeclaims', {
      metadata: { name },
      spec: {
        storageClassName,
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '20Gi' } },
      },
    });
  }
  await api.create('/apis/policy/v1/namespaces/search/poddisruptionbudgets', {
    metadata: { name: 'suggest' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'suggest' } } },
  });
}

/** Two Deployments go up, the two of the round before go down again. */
async function scaleSome(api: KubernetesApi, round: number): Promise<void> {
  const extra = 2 + (round % 2);
  for (const [offset, more] of [
    [0, extra],
    [1, extra],
    [-2, 0],
    [-1, 0],
  ] as const) {
    const place = round * 2 + offset;
    if (place < 0) continue;
    const workload = pick(HEALTHY, place);
    await api.patch(`/apis/apps/v1/namespaces/${workload.namespace}/deployments/${workload.name}`, {
      spec: { replicas: workload.replicas + more },
    });
  }
}

/** A new revision of a Deployment, as `kubectl rollout restart` makes one. */
async function rollOut(api: KubernetesApi, { namespace, name }: Workload): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
    spec: { template: { metadata: { annotations } } },
  });
}

/** Bare pods are refused in a namespace until its ServiceAccount is there. */
async function serviceAccount(api: KubernetesApi, namespace: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { items } = await api.list(`/api/v1/namespaces/${namespace}/serviceaccounts`);
    if (items.length > 0) return;
    await sleep(100);
  }
  throw new Error(
    `The namespace ${namespace} got no ServiceAccount in 10 s: is the controller-manager running?`,
  );
}

function pick<T>(items: readonly T[], place: number): T {
  const item = items[place % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}
