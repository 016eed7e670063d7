import { reasonsOf } from './reason.ts';

/** Deployments, ReplicaSets, DaemonSets and StatefulSets. */
export const CONTROLLERS_WORKLOAD_REASONS = [
  ...reasonsOf(['deployment-controller'], {
    ScalingReplicaSet: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The Deployment changed the size of one of its ReplicaSets: a rollout or a scaling.',
      check: 'Nothing to do; kubectl rollout status deployment NAME -n NAMESPACE follows it.',
    },
    ReplicaSetCreateError: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The Deployment could not make its new ReplicaSet.',
      check:
        'Read the message for a quota, an admission webhook or an invalid template: kubectl describe deployment NAME -n NAMESPACE.',
    },
    SelectingAll: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The Deployment's selector is empty, which would take every pod; it does nothing.",
      check: 'Set spec.selector: kubectl get deployment NAME -n NAMESPACE -o yaml.',
    },
    DeploymentRollback: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'The Deployment went back to an earlier revision (by the old rollback annotation).',
      check: 'Check who asked for it: kubectl rollout history deployment NAME -n NAMESPACE.',
    },
    DeploymentRollbackRevisionNotFound: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The revision to go back to does not exist (any more).',
      check: 'List what is there: kubectl rollout history deployment NAME -n NAMESPACE.',
    },
    DeploymentRollbackTemplateUnchanged: {
      type: 'Warning',
      severity: 'notice',
      meaning: 'Going back changes nothing: that revision has the same pod template.',
      check: 'Choose another revision: kubectl rollout history deployment NAME -n NAMESPACE.',
    },
  }),
  ...reasonsOf(
    ['replicaset-controller', 'replication-controller', 'daemonset-controller', 'job-controller'],
    {
      SuccessfulCreate: {
        type: 'Normal',
        severity: 'info',
        meaning: 'The controller created a pod.',
        check: 'Nothing to do.',
      },
      SuccessfulDelete: {
        type: 'Normal',
        severity: 'info',
        meaning: 'The controller deleted a pod.',
        check: 'Nothing to do; a scaling, a rollout or the end of the work is the usual cause.',
      },
      FailedCreate: {
        type: 'Warning',
        severity: 'warning',
        meaning: 'The controller could not create a pod.',
        check:
          'Read the message for a quota, pod security or an admission webhook: kubectl describe quota -n NAMESPACE.',
      },
      FailedDelete: {
        type: 'Warning',
        severity: 'warning',
        meaning: 'The controller could not delete a pod.',
        check: 'Read the message for rights or webhooks: kubectl get pods -n NAMESPACE.',
      },
    },
  ),
  ...reasonsOf(['daemonset-controller'], {
    FailedDaemonPod: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A pod of the DaemonSet failed on a node and is deleted to be made anew.',
      check: 'Find why on that node: kubectl get pods -n NAMESPACE -o wide.',
    },
    SucceededDaemonPod: {
      type: 'Normal',
      severity: 'notice',
      meaning: 'A pod of the DaemonSet ended with success, though it should run for ever, and is made anew.',
      check: 'Check that the program does not exit: kubectl logs POD -n NAMESPACE --previous.',
    },
    SelectingAll: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The DaemonSet's selector is empty, which would take every pod; it does nothing.",
      check: 'Set spec.selector: kubectl get daemonset NAME -n NAMESPACE -o yaml.',
    },
  }),
  ...reasonsOf(['statefulset-controller'], {
    SuccessfulCreate: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The StatefulSet created a pod or a claim.',
      check: 'Nothing to do.',
    },
    SuccessfulDelete: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The StatefulSet deleted a pod.',
      check: 'Nothing to do; a scaling or a rollout is the usual cause.',
    },
    SuccessfulUpdate: {
      type: 'Normal',
      severity: 'info',
      meaning: "The StatefulSet corrected a pod's identity or storage.",
      check: 'Nothing to do.',
    },
    FailedCreate: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The StatefulSet could not create a pod or a claim; those after it wait.',
      check:
        'Read the message for a quota, pod security, webhook or storage class: kubectl describe statefulset NAME -n NAMESPACE.',
    },
    FailedDelete: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The StatefulSet could not delete a pod.',
      check: 'Read the message for rights or webhooks: kubectl describe statefulset NAME -n NAMESPACE.',
    },
    FailedUpdate: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The StatefulSet could not correct a pod or its claims.',
      check: 'Read the message for rights or webhooks: kubectl describe statefulset NAME -n NAMESPACE.',
    },
    ConflictingController: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        "A claim belongs to another controller too, so the StatefulSet's retention policy is not applied to it.",
      check: 'Look at its owner references: kubectl get pvc -n NAMESPACE -o yaml.',
    },
  }),
];
