import type { KubernetesApi } from '../servers/api.ts';
import type { StoredEntry } from '../servers/loki-query.ts';

/** What a test says of an event; the rest is filled in. */
export interface EventFields {
  readonly kind?: string;
  readonly reason?: string;
  readonly type?: 'Normal' | 'Warning';
  readonly message?: string;
  /** The object is in no namespace; its event is in `default`. */
  readonly clusterScoped?: boolean;
}

/** One revision of an event, as it was written. */
export interface WrittenRevision extends Required<EventFields> {
  readonly namespace: string;
  /** The event's own name. */
  readonly name: string;
  /** `event_uid@resource_version` */
  readonly id: string;
  readonly uid: string;
  readonly count: number;
}

/** Writes core/v1 events as client-go's recorder does, and keeps account of every revision. */
export class EventWriter {
  readonly revisions: WrittenRevision[] = [];
  readonly #api: KubernetesApi;
  #names = 0;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  /** An event of an object of its own. */
  async write(namespace: string, fields: EventFields = {}): Promise<WrittenRevision> {
    const { kind = 'Pod', reason = 'BackOff', type = 'Warning', clusterScoped = false } = fields;
    this.#names += 1;
    const object = `object-${this.#names}`;
    const { message = `message of ${object}` } = fields;
    const name = `${object}.1`;
    const now = new Date().toISOString();
    const { metadata } = await this.#api.create(`/api/v1/namespaces/${namespace}/events`, {
      metadata: { name, namespace },
      involvedObject: { kind, name: object, ...(!clusterScoped && { namespace }) },
      ...{ reason, type, message, count: 1, firstTimestamp: now, lastTimestamp: now },
      source: { component: 'test' },
    });
    return this.#keep({ namespace, name, kind, reason, type, message, clusterScoped, count: 1 }, metadata);
  }

  /** It occurred once more, perhaps as another type. */
  async repeat(
    { id: _id, uid: _uid, ...before }: WrittenRevision,
    type: 'Normal' | 'Warning' = before.type,
  ): Promise<WrittenRevision> {
    const count = before.count + 1;
    const { metadata } = await this.#api.patch(
      `/api/v1/namespaces/${before.namespace}/events/${before.name}`,
      {
        ...{ count, type, lastTimestamp: new Date().toISOString() },
      },
    );
    return this.#keep({ ...before, type, count }, metadata);
  }

  /** The identities of the revisions that a test is about, in order. */
  ids(wanted: (revision: WrittenRevision) => boolean = () => true): string[] {
    return this.revisions
      .filter(wanted)
      .map(({ id }) => id)
      .sort();
  }

  #keep(
    written: Omit<WrittenRevision, 'id' | 'uid'>,
    metadata: { uid?: string; resourceVersion?: string },
  ): WrittenRevision {
    const uid = metadata.uid ?? '';
    const revision = { ...written, uid, id: `${uid}@${metadata.resourceVersion}` };
    this.revisions.push(revision);
    return revision;
  }
}

/** `event_uid@resource_version` of an entry. */
export function idOf({ metadata }: StoredEntry): string {
  return `${metadata['event_uid']}@${metadata['resource_version']}`;
}

/** The identities of entries, in order; one that is there twice is there twice. */
export function idsOf(entries: readonly StoredEntry[]): string[] {
  return entries.map(idOf).sort();
}

/** The last revision of each event, in the order in which the events were first written. */
export function newestOf(revisions: readonly WrittenRevision[]): WrittenRevision[] {
  return [...new Map(revisions.map(revision => [revision.uid, revision])).values()];
}
