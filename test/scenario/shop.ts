import { FAULT_LABEL, type Fault } from '../servers/kwok.ts';

/** The namespaces of a small online shop. */
export const NAMESPACES = ['shop', 'payments', 'search', 'batch', 'ingress-nginx'] as const;

/** A workload whose pods kwok plays. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly fault?: Fault;
  /** Requested from the scheduler, `{ cpu: '100m' }`. */
  readonly requests?: Readonly<Record<string, string>>;
}

/** Those that get scaled up and down. */
export const HEALTHY: readonly Workload[] = [
  { namespace: 'shop', name: 'storefront', replicas: 3 },
  { namespace: 'shop', name: 'cart', replicas: 2 },
  { namespace: 'shop', name: 'catalog', replicas: 2 },
  { namespace: 'payments', name: 'payment-gateway', replicas: 2 },
  { namespace: 'search', name: 'query-api', replicas: 2 },
  { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', replicas: 2 },
];

/** Those that are in trouble for as long as they are there. */
export const TROUBLED: readonly Workload[] = [
  { namespace: 'shop', name: 'checkout', replicas: 2, fault: 'unhealthy' },
  { namespace: 'shop', name: 'recommendations', replicas: 1, fault: 'back-off' },
  { namespace: 'shop', name: 'image-resizer', replicas: 1, fault: 'evicted' },
  { namespace: 'payments', name: 'fraud-scorer', replicas: 1, fault: 'failed-mount' },
  { namespace: 'search', name: 'indexer', replicas: 2, fault: 'back-off' },
  // No node has a GPU.
  { namespace: 'search', name: 'embedding-worker', replicas: 1, requests: { 'nvidia.com/gpu': '1' } },
  // The quota of its namespace has no room for all of these.
  { namespace: 'payments', name: 'invoice-mailer', replicas: 6 },
];

/** An apps/v1 Deployment. */
export function deployment({ namespace, name, replicas, fault, requests }: Workload): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, fault, requests),
    },
  };
}

/** An apps/v1 StatefulSet whose pods have names that are numbered. */
export function statefulSet({ namespace, name, replicas }: Workload): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      serviceName: name,
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, undefined, undefined),
    },
  };
}

/** An apps/v1 DaemonSet. */
export function daemonSet(namespace: string, name: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: name } }, template: podTemplate(name, undefined, undefined) },
  };
}

/** The spec of a batch/v1 Job. */
export function jobSpec(name: string, fault: Fault | undefined, more: object): object {
  const { metadata, spec } = podTemplate(name, fault, undefined);
  return { template: { metadata, spec: { ...spec, restartPolicy: 'Never' } }, ...more };
}

function podTemplate(
  name: string,
  fault: Fault | undefined,
  requests: Readonly<Record<string, string>> | undefined,
) {
  // An extended resource must be limited as it's requested.
  const resources = requests === undefined ? {} : { requests, limits: requests };
  return {
    metadata: { labels: { app: name, ...(fault === undefined ? {} : { [FAULT_LABEL]: fault }) } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: `registry.shop.example/${name}:1.14.2`, resources }],
    },
  };
}
