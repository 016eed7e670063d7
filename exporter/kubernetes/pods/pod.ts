import { type Fields, fields, integer, text } from '../../event/fields.ts';
import { type ContainerList, containerLists, oomKilled, type Termination } from '../../event/termination.ts';
import { signalOf } from '../../event/termination-message.ts';
import { parseTimestamp } from '../../event/timestamp.ts';
import type { ObjectMeta } from '../../event/wire.ts';
import type { Source, WatchedObject } from '../source.ts';

/**
 * What is read of a Pod: its containers' names and failed runs. Of a healthy one hardly anything is left, so a list of
 * many Pods takes no more memory than a page of it.
 * Source of the fields: core/v1 Pod (staging/src/k8s.io/api/core/v1/types.go).
 */
export interface Pod extends WatchedObject {
  readonly metadata: ObjectMeta;
  /** Of all containers that have a status, by name. */
  readonly containers: readonly string[];
  /** The failed runs that its status shows, two of a container at most; oldest first. */
  readonly failures: readonly Termination[];
}

/** The Pods of one namespace, or of all. */
export function podSource(namespace?: string): Source<Pod> {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return { path: `/api/v1${scope}/pods`, parse: parsePod };
}

/** Takes from a Pod what is read of it. Never throws: a field of another type than the API's is as if it weren't there. */
export function parsePod(raw: unknown): Pod {
  const from = fields(raw);
  const metadata = fields(from['metadata']);
  const parts: PodParts = {
    metadata: {
      name: text(metadata['name']),
      namespace: text(metadata['namespace']),
      uid: text(metadata['uid']),
      resourceVersion: text(metadata['resourceVersion']),
    },
    spec: fields(from['spec']),
    status: fields(from['status']),
    deletionAskedAt: deletionAskedAt(metadata),
  };
  const containers: string[] = [];
  const failures: Termination[] = [];
  for (const list of containerLists) {
    for (const raw of array(parts.status[statusLists[list]])) {
      const status = fields(raw);
      const name = text(status['name']);
      if (name === undefined) continue;
      containers.push(name);
      failures.push(...failedRuns(parts, list, name, status));
    }
  }
  if (failures.length > 1) failures.sort(byTime);
  return { metadata: parts.metadata, containers, failures };
}

const statusLists = {
  containers: 'containerStatuses',
  initContainers: 'initContainerStatuses',
  ephemeralContainers: 'ephemeralContainerStatuses',
} as const;

interface PodParts {
  readonly metadata: ObjectMeta;
  readonly spec: Fields;
  readonly status: Fields;
  /** Nanoseconds since 1970; undefined for a Pod that is to stay. */
  readonly deletionAskedAt: bigint | undefined;
}

/** A container's last two runs, as far as they failed. */
function failedRuns(pod: PodParts, list: ContainerList, name: string, status: Fields): Termination[] {
  const state = fields(status['state']);
  const last = fields(fields(status['lastState'])['terminated']);
  const restarts = Math.max(0, integer(status['restartCount']) ?? 0);
  const failures: Termination[] = [];
  const terminated = fields(state['terminated']);
  for (const [ended, isNewest] of [
    [last, isNewestRun(last, status, state)],
    [terminated, terminated['reason'] !== unseenEnd],
  ] as const) {
    const exitCode = integer(ended['exitCode']);
    if (exitCode === undefined) continue;
    const spec = specOf(pod, list, name);
    const termination: Termination = {
      pod: pod.metadata,
      node: text(pod.spec['nodeName']),
      container: name,
      list,
      run: isNewest ? restarts : Math.max(0, restarts - 1),
      exitCode,
      signal: integer(ended['signal']),
      reason: text(ended['reason']),
      message: text(ended['message']),
      memoryLimit: memoryLimit(spec) ?? memoryLimit(pod.spec),
      finishedAt: time(ended['finishedAt']),
      unreadySince: unreadySince(pod.status),
    };
    if (isFailure(pod, spec, termination)) failures.push(termination);
  }
  return failures;
}

/**
 * `lastState` is mostly of the run before; but a container that waits to be started again (CrashLoopBackOff) keeps the
 * count of the run that ended (convertToAPIContainerStatuses in pkg/kubelet/kubelet_pods.go). The status carries the
 * id of the newest run's container.
 */
function isNewestRun(last: Fields, status: Fields, state: Fields): boolean {
  const waiting = fields(state['waiting']);
  const id = text(last['containerID']);
  if (id === undefined) return waiting['reason'] === 'CrashLoopBackOff';
  return id === status['containerID'] && state['terminated'] === undefined;
}

/** The kubelet's word for a run whose end it didn't see; it counts the next start at once (there too). */
const unseenEnd = 'ContainerStatusUnknown';

/** The kubelet's word for a run that it ended to restart all containers of a Pod together. */
const restartedTogether = 'RestartingAllContainers';

/** A run that ran out of memory, or ended with another exit code than 0 unasked. */
function isFailure(pod: PodParts, spec: Fields, termination: Termination): boolean {
  const { exitCode, reason, list } = termination;
  if (reason === oomKilled) return true;
  if (exitCode === 0 || reason === restartedTogether) return false;
  const signal = signalOf(termination);
  if (signal !== 9 && signal !== 15) return true;
  const isSidecar = list === 'initContainers' && spec['restartPolicy'] === 'Always';
  return !(isAfterDeletion(pod, termination) || (isSidecar && isDone(pod)));
}

/** Nodes and the API server each tell the time by a clock of their own; nanoseconds. */
const clockSlack = 5_000_000_000n;

/** A Pod that is deleted has its containers ended by SIGTERM, and by SIGKILL when its grace period is over. */
function isAfterDeletion({ deletionAskedAt }: PodParts, { finishedAt }: Termination): boolean {
  if (deletionAskedAt === undefined) return false;
  const ended = parseTimestamp(finishedAt);
  return ended === undefined || ended >= deletionAskedAt - clockSlack;
}

/** A Pod's deletionTimestamp is when it is to be gone: the request and its grace period. */
function deletionAskedAt(metadata: Fields): bigint | undefined {
  const deletion = parseTimestamp(text(metadata['deletionTimestamp']));
  const graceSeconds = Math.max(0, integer(metadata['deletionGracePeriodSeconds']) ?? 0);
  return deletion === undefined ? undefined : deletion - BigInt(graceSeconds) * 1_000_000_000n;
}

/** All that the Pod was for has ended, for good; its sidecars are ended then. */
function isDone({ spec, status }: PodParts): boolean {
  const statuses = array(status['containerStatuses']);
  return (
    spec['restartPolicy'] !== 'Always' &&
    statuses.length > 0 &&
    statuses.every(container => fields(fields(container)['state'])['terminated'] !== undefined)
  );
}

function specOf(pod: PodParts, list: ContainerList, name: string): Fields {
  return fields(array(pod.spec[list]).find(container => fields(container)['name'] === name));
}

/** Of a container, or of a whole Pod, which can have resources too. */
function memoryLimit(spec: Fields): string | undefined {
  const limit = fields(fields(spec['resources'])['limits'])['memory'];
  return text(limit) ?? (typeof limit === 'number' ? String(limit) : undefined);
}

function unreadySince(status: Fields): string | undefined {
  for (const raw of array(status['conditions'])) {
    const { type, status, lastTransitionTime } = fields(raw);
    if (type === 'Ready' && status === 'False') return time(lastTransitionTime);
  }
  return undefined;
}

function byTime(a: Termination, b: Termination): number {
  const [first, second] = [parseTimestamp(a.finishedAt) ?? 0n, parseTimestamp(b.finishedAt) ?? 0n];
  return first < second ? -1 : first > second ? 1 : a.run - b.run;
}

function array(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : [];
}

/** Undefined for what is no time, which Kubernetes writes as null. */
function time(value: unknown): string | undefined {
  const rfc3339 = text(value);
  return parseTimestamp(rfc3339) === undefined ? undefined : rfc3339;
}
