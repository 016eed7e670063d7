import { ApiError } from '../kubernetes/api-error.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { Lease } from '../kubernetes/lease.ts';
import type { LeasePlace } from '../lease-place.ts';
import type { Finding } from './finding.ts';
import { isAllowed } from './rights.ts';

const group = 'coordination.k8s.io';

/** Whether the Lease is there, who holds it, and whether the checkpoint on it can be read. */
export async function checkLease(cluster: Cluster, place: LeasePlace): Promise<Finding> {
  const check = 'lease';
  const called = `${place.namespace}/${place.name}`;
  const lease = new Lease(cluster, place);
  try {
    const object = await lease.read();
    if (!object) return await missingLease(cluster, place);
    const checkpoint = lease.checkpointOf(object);
    const holder = object.spec?.holderIdentity;
    const held = holder ? `held by ${holder}` : 'free';
    const carried = checkpoint ? 'with a checkpoint' : 'without a checkpoint yet';
    return { check, status: 'ok', found: `${called} is there, ${held}, ${carried}` };
  } catch (error) {
    // Which right is missing is told by the check of the right.
    if (error instanceof ApiError && error.status === 403) {
      return { check, status: 'not checked', found: `${called} may not be read` };
    }
    return {
      check,
      status: 'fault',
      found: `${called} can't be used: ${(error as Error).message}`,
      advice: 'mend it: no replica leads before',
    };
  }
}

async function missingLease(cluster: Cluster, { namespace, name }: LeasePlace): Promise<Finding> {
  const check = 'lease';
  const found = `there is no Lease ${namespace}/${name}`;
  const create = { verb: 'create', group, resource: 'leases', namespace };
  if (await isAllowed(cluster, create).catch(() => false)) {
    return { check, status: 'ok', found: `${found} yet; it may be created, and is at the start` };
  }
  return {
    check,
    status: 'fault',
    found,
    advice:
      'create it empty, because the right to create one can not be bound to a name: apply what stands below',
    manifests: [{ apiVersion: `${group}/v1`, kind: 'Lease', metadata: { name, namespace } }],
  };
}
