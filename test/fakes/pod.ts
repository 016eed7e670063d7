import { terminationEvent } from '../../exporter/event/termination-event.ts';
import { parsePod } from '../../exporter/kubernetes/pods/pod.ts';

/** What the API would send of a terminated state. */
export function ended(exitCode: number, more: object = {}): object {
  return {
    exitCode,
    reason: 'Error',
    finishedAt: '2026-05-01T10:00:00Z',
    containerID: 'containerd://a',
    ...more,
  };
}

export const oom = ended(137, { reason: 'OOMKilled' });
export const running = { running: { startedAt: '2026-05-01T10:00:05Z' } };
export const crashLoop = { waiting: { reason: 'CrashLoopBackOff' } };

/** A Pod with one container, `app`, in this status. */
export function pod(
  status: object,
  more: { metadata?: object; spec?: object; status?: object } = {},
): object {
  return {
    metadata: { name: 'web-1', namespace: 'shop', uid: 'uid-1', resourceVersion: '7', ...more.metadata },
    spec: {
      nodeName: 'node-a',
      restartPolicy: 'Always',
      containers: [{ name: 'app', resources: { limits: { memory: '128Mi' } } }],
      ...more.spec,
    },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, ...status }], ...more.status },
  };
}

export const init = (status: object, spec: object = {}, more: { status?: object; spec?: object } = {}) =>
  pod(
    { state: running },
    {
      spec: { initContainers: [{ name: 'setup', ...spec }], ...more.spec },
      status: { initContainerStatuses: [{ name: 'setup', restartCount: 0, ...status }], ...more.status },
    },
  );

/** The deletion was asked for at 10:00:00, and ends 30 s later at the latest. */
export const deleted = { deletionTimestamp: '2026-05-01T10:00:30Z', deletionGracePeriodSeconds: 30 };
export const done = {
  containerStatuses: [{ name: 'app', restartCount: 0, state: { terminated: ended(0) } }],
};

/** A Pod, and what is to be told of it. */
export interface PodCase {
  readonly name: string;
  readonly pod: unknown;
  /** As {@link terminationsOf} has them. */
  readonly entries: readonly string[];
}

/** Of each termination that a Pod shows: reason, `container/run`, the message without the container's name, its time. */
export function terminationsOf(raw: unknown): string[] {
  return parsePod(raw).failures.map(failure => {
    const { reason, message, metadata, lastTimestamp } = terminationEvent(failure);
    const said = message?.replace(/^(?:Init c|Ephemeral c|C)ontainer \S+ /, '');
    return `${reason} ${metadata?.resourceVersion} ${said} @${lastTimestamp?.slice(11, 19)}`;
  });
}
