import { reasonsOf } from './reason.ts';

/** This project's own, made of Pods' statuses where `terminations` is on: Kubernetes has no event for them. */
export const TERMINATION_REASONS = reasonsOf(['kube-events'], {
  OOMKilled: {
    type: 'Warning',
    severity: 'critical',
    meaning:
      'The kernel killed a container for lack of memory: its own above its limit, or its node had none left.',
    check:
      'Compare its use with the limit in the message, then raise it or mend the leak: kubectl top pod POD -n NAMESPACE --containers.',
  },
  ContainerFailed: {
    type: 'Warning',
    severity: 'warning',
    meaning: 'A container ended with another exit code than 0, or could not be started.',
    check: 'Read what it said last: kubectl logs POD -n NAMESPACE -c CONTAINER --previous.',
  },
});
