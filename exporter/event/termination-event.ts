import { oomKilled, type Termination } from './termination.ts';
import { describeTermination } from './termination-message.ts';
import type { CoreEvent } from './wire.ts';

/**
 * A termination as an event of its Pod. It is the same whenever it is made, of whichever of the Pod's states that show
 * the termination: all of it is told by the run itself and by what doesn't change in a Pod.
 */
export function terminationEvent(termination: Termination): CoreEvent {
  const { pod, node, container, list, run, finishedAt, unreadySince } = termination;
  const time = finishedAt ?? unreadySince;
  return {
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: pod.uid,
      resourceVersion: `${container}/${run}`,
    },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      fieldPath: `spec.${list}{${container}}`,
    },
    reason: termination.reason === oomKilled ? oomKilled : 'ContainerFailed',
    message: describeTermination(termination),
    type: 'Warning',
    source: { component: 'kube-events', host: node },
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
}
