import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../delivery/checkpoint.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

/** How long a holder's term outlives its last renewal, in seconds. */
export const leaseSeconds = 10;

/** Far below the lease, so that a request that hangs leaves time for others before the lease runs out. */
const requestTimeoutMs = 3000;

const group = 'coordination.k8s.io';

/** The annotation that holds the checkpoint. */
const checkpointAnnotation = 'kube-events-loki/checkpoint';

/** A Lease of coordination.k8s.io/v1. What isn't named here is kept as it was read. */
export interface LeaseObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
    readonly [key: string]: unknown;
  };
}

/** What is asked of the API server when a request fails. */
type LeaseRequest = 'read' | 'create' | 'update';

/** One named Lease on the API server. Every failure is an ApiError whose message says what to grant or to create. */
export class Lease {
  readonly namespace: string;
  readonly name: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, { namespace, name }: { namespace: string; name: string }) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.name = name;
  }

  /** Its newest state, never a cached one; undefined where there is no such Lease. @throws ApiError */
  async read(): Promise<LeaseObject | undefined> {
    try {
      return await this.#request('read', 'GET', this.#path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** @throws ApiError, with status 409 where it exists by now */
  create(object: LeaseObject): Promise<LeaseObject> {
    const body = { apiVersion: `${group}/v1`, kind: 'Lease', ...object };
    return this.#request('create', 'POST', this.#collection, body);
  }

  /** Writes it whole. @throws ApiError, with status 409 where it isn't as it was read any more */
  update(object: LeaseObject): Promise<LeaseObject> {
    return this.#request('update', 'PUT', this.#path, object);
  }

  /** The checkpoint on it; undefined where there is none. @throws ApiError where there is one that can't be read */
  checkpointOf(object: LeaseObject): Checkpoint | undefined {
    const text = object.metadata.annotations?.[checkpointAnnotation];
    if (text === undefined) return undefined;
    const checkpoint = parseCheckpoint(text);
    if (checkpoint) return checkpoint;
    throw new ApiError(
      `the annotation ${checkpointAnnotation} on the Lease ${this.namespace}/${this.name} is no checkpoint of ` +
        'version 1; remove the annotation to start anew, which ships again what the API server still has',
      0,
    );
  }

  get #collection(): string {
    return `/apis/${group}/v1/namespaces/${encodeURIComponent(this.namespace)}/leases`;
  }

  get #path(): string {
    return `${this.#collection}/${encodeURIComponent(this.name)}`;
  }

  async #request(
    what: LeaseRequest,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object,
  ): Promise<LeaseObject> {
    try {
      return await this.#cluster.json<LeaseObject>(method, path, body, requestTimeoutMs);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      const { status, retryAfterMs } = error;
      throw new ApiError(`${error.message}; ${this.#advice(what)}`, status, { retryAfterMs, cause: error });
    }
  }

  #advice(what: LeaseRequest): string {
    const { namespace, name } = this;
    if (what === 'create') {
      const manifest = { apiVersion: `${group}/v1`, kind: 'Lease', metadata: { name, namespace } };
      return `the Lease does not exist; create it empty: echo '${JSON.stringify(manifest)}' | kubectl apply -f -`;
    }
    return `grant the verbs get and update on leases (${group}) named ${name} in namespace ${namespace}`;
  }
}

/** What a holder writes of its term. */
export interface Tenure {
  /** Empty releases the Lease. */
  readonly holder: string;
  readonly checkpoint: Checkpoint | undefined;
}

/** The Lease at the start of a term; a transition is counted where another holder came before. */
export function taken(object: LeaseObject, tenure: Tenure): LeaseObject {
  const { leaseTransitions = 0, holderIdentity } = object.spec ?? {};
  // Our own name is on it where we took it and the answer was lost.
  const isTransition = !neverHeld(object) && holderIdentity !== tenure.holder;
  const spec = {
    ...object.spec,
    acquireTime: microTime(),
    leaseTransitions: leaseTransitions + (isTransition ? 1 : 0),
  };
  return renewed({ ...object, spec }, tenure);
}

/** The Lease renewed, with the checkpoint; all that others wrote on it stays. */
export function renewed(object: LeaseObject, { holder, checkpoint }: Tenure): LeaseObject {
  const { metadata } = object;
  const annotations = checkpoint && {
    ...metadata.annotations,
    [checkpointAnnotation]: formatCheckpoint(checkpoint),
  };
  return {
    ...object,
    metadata: { ...metadata, ...(annotations && { annotations }) },
    spec: {
      ...object.spec,
      holderIdentity: holder,
      leaseDurationSeconds: leaseSeconds,
      renewTime: microTime(),
    },
  };
}

/** Whether no one has held it since it was made, as after its manifest was applied. */
export function neverHeld({ spec }: LeaseObject): boolean {
  return !spec?.holderIdentity && spec?.acquireTime === undefined;
}

/** A MicroTime has six digits, no more and no fewer (apimachinery, pkg/apis/meta/v1). */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
