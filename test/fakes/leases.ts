import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type ScriptedAnswer, ScriptedAnswers, sendScripted } from './scripted-answers.ts';
import { failure, type Status } from './status.ts';

/** A Lease, in its own words apart from the exporter's types. */
export interface FakeLease {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
    strategy?: string;
  };
}

/** What a request asks of a Lease. */
export type LeaseVerb = 'get' | 'create' | 'update';

const verbs: Readonly<Record<string, LeaseVerb>> = { GET: 'get', POST: 'create', PUT: 'update' };
const path = /^\/apis\/coordination\.k8s\.io\/v1\/namespaces\/([^/]+)\/leases(?:\/([^/]+))?$/;
const microTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** The Leases of a fake API server, with the real one's optimistic locking. */
export class FakeLeases {
  /** The verbs that were asked for so far, in order. */
  readonly requests: LeaseVerb[] = [];
  /** Answered 403, as where no Role grants them. */
  readonly forbidden = new Set<LeaseVerb>();
  /** Carried out, and then the connection breaks before the answer. */
  readonly breakAfter = new Set<LeaseVerb>();
  /** While true no request is carried out or answered. */
  hangs = false;
  readonly #answers = new ScriptedAnswers();
  readonly #leases = new Map<string, FakeLease>();
  #revision = 100;

  serves(pathname: string): boolean {
    return path.test(pathname);
  }

  /** The Lease as it stands. */
  get(namespace: string, name: string): FakeLease | undefined {
    return structuredClone(this.#leases.get(`${namespace}/${name}`));
  }

  /** Writes a Lease past all checks, as another client does. */
  put(lease: FakeLease): void {
    const { namespace, name } = lease.metadata;
    this.#store(`${namespace}/${name}`, lease);
  }

  delete(namespace: string, name: string): void {
    this.#leases.delete(`${namespace}/${name}`);
  }

  /** Answers the next requests (of one verb, or any) with this instead. */
  answerNext(count: number, answer: ScriptedAnswer, verb?: LeaseVerb): void {
    this.#answers.add(count, answer, asked => verb === undefined || asked === verb);
  }

  async answer(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const [, namespace = '', name = ''] = path.exec(pathname) ?? [];
    const verb = verbs[request.method ?? ''];
    if (verb === undefined) return send(response, failure(405, 'the method is not allowed'));
    const body = verb === 'get' ? undefined : ((await json(request)) as FakeLease);
    this.requests.push(verb);
    if (this.hangs) return;
    const scripted = this.#answers.take(verb);
    if (scripted !== undefined) {
      const usual = failure(scripted.status, 'answered so by the test');
      return sendScripted(response, scripted, 'application/json', JSON.stringify(usual));
    }
    const answer = this.#carryOut(verb, namespace, name, body);
    if (this.breakAfter.delete(verb)) response.destroy();
    else send(response, answer);
  }

  #carryOut(
    verb: LeaseVerb,
    namespace: string,
    name: string,
    body: FakeLease | undefined,
  ): FakeLease | Status {
    const called = body?.metadata.name ?? name;
    const what = `leases.coordination.k8s.io "${called}"`;
    if (this.forbidden.has(verb)) {
      return failure(403, `${what} is forbidden: User "test" cannot ${verb} resource "leases"`);
    }
    const key = `${namespace}/${called}`;
    const stored = this.#leases.get(key);
    if (verb === 'create') {
      if (stored) return failure(409, `${what} already exists`, { reason: 'AlreadyExists' });
    } else if (!stored) {
      return failure(404, `${what} not found`);
    }
    if (body === undefined) return stored ?? failure(404, `${what} not found`);
    for (const time of [body.spec?.acquireTime, body.spec?.renewTime]) {
      if (time !== undefined && !microTime.test(time)) return failure(400, `no MicroTime: ${time}`);
    }
    const { uid, resourceVersion } = body.metadata;
    if (stored && (uid !== stored.metadata.uid || resourceVersion !== stored.metadata.resourceVersion)) {
      return failure(409, `Operation cannot be fulfilled on ${what}: the object has been modified`, {
        reason: 'Conflict',
      });
    }
    return this.#store(key, body);
  }

  #store(key: string, lease: FakeLease): FakeLease {
    this.#revision += 1;
    const uid = this.#leases.get(key)?.metadata.uid ?? `uid-${this.#revision}`;
    const metadata = { ...lease.metadata, uid, resourceVersion: String(this.#revision) };
    const stored = { ...structuredClone(lease), metadata };
    this.#leases.set(key, stored);
    return stored;
  }
}

function send(response: ServerResponse, answer: FakeLease | Status): void {
  const code = answer.kind === 'Status' && 'code' in answer ? answer.code : 200;
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}
