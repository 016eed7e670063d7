import { reasonsOf } from './reason.ts';

/**
 * The scheduler; with a scheduler name of your own in a profile, the events bear that name as their
 * component.
 */
export const SCHEDULER_REASONS = [
  ...reasonsOf(['default-scheduler'], {
    Scheduled: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The pod was given a node.',
      check: 'Nothing to do; the kubelet of that node goes on.',
    },
    FailedScheduling: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'No node can take the pod now; the message counts the reasons by node.',
      check:
        'Compare requests, taints, affinity and volumes with the nodes: kubectl describe pod POD -n NAMESPACE.',
    },
    Preempted: {
      type: 'Normal',
      severity: 'warning',
      meaning: 'The pod was ended to make room for one of higher priority.',
      check: 'Check priority classes and spare capacity: kubectl get pods -n NAMESPACE -o wide.',
    },
    BindingConditionsPending: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The pod waits for a device to become ready before it is bound to its node.',
      check: 'Check the conditions of its device: kubectl describe resourceclaim -n NAMESPACE.',
    },
  }),
];
