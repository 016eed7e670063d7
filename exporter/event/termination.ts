import { parseTimestamp } from './timestamp.ts';
import type { ObjectMeta } from './wire.ts';

/** The lists of a Pod's spec that a container can be in; each has its `…Statuses` in the Pod's status. */
export const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
export type ContainerList = (typeof containerLists)[number];

/** One failed run of one container: how it ended, and in which Pod. */
export interface Termination {
  readonly pod: ObjectMeta;
  readonly node: string | undefined;
  readonly container: string;
  readonly list: ContainerList;
  /** Which run it was, from 0: the container's `restartCount` while it ran. */
  readonly run: number;
  readonly exitCode: number;
  /** Few runtimes fill it in; an exit code above 128 says the same. */
  readonly signal: number | undefined;
  /** The runtime's or the kubelet's: `OOMKilled`, `Error`, `StartError`, … */
  readonly reason: string | undefined;
  /** What the container left as its termination message, or why it could not be started. */
  readonly message: string | undefined;
  /** A quantity, as in `128Mi`; undefined where there is no limit. */
  readonly memoryLimit: string | undefined;
  /** RFC 3339; undefined where nobody saw the end, as of a node that was lost. */
  readonly finishedAt: string | undefined;
  /** Since when the Pod has not been ready, RFC 3339: the next best time. */
  readonly unreadySince: string | undefined;
}

/** How the kubelet calls a container that the kernel killed for lack of memory. */
export const oomKilled = 'OOMKilled';

/** What a termination is told by, besides its run: containers of all lists share the names of one Pod. */
export function containerKey(pod: ObjectMeta, container: string): string {
  return `${pod.uid ?? `${pod.namespace}/${pod.name}`}/${container}`;
}

/** When it ended, in nanoseconds since 1970; the next best time where nobody saw it, and undefined without one. */
export function terminationTime({ finishedAt, unreadySince }: Termination): bigint | undefined {
  return parseTimestamp(finishedAt) ?? parseTimestamp(unreadySince);
}
