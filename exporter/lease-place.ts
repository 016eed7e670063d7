import type { KubeConfig } from '@kubernetes/client-node';
import type { Config } from './config/schema.ts';

/** The Lease of a pod that names none. */
const defaultLease = 'kube-events-loki';

/** Where a Lease is. */
export interface LeasePlace {
  readonly namespace: string;
  readonly name: string;
}

/** The Lease to elect on; undefined where one process is all that there is. */
export function leasePlace(
  { lease, kubeconfig, checkpoint, output }: Pick<Config, 'lease' | 'kubeconfig' | 'checkpoint' | 'output'>,
  kubeConfig: KubeConfig,
): LeasePlace | undefined {
  if (output === 'dry-run') return undefined;
  const inPod = !kubeconfig && !checkpoint.file && process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  const given = lease ?? (inPod ? defaultLease : undefined);
  if (given === undefined) return undefined;
  const [name = '', namespace] = given.split('/').reverse();
  const own = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ?? 'default';
  return { name, namespace: namespace ?? own };
}
