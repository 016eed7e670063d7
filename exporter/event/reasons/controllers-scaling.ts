import { reasonsOf } from './reason.ts';

/** Autoscaling and disruption budgets. */
export const CONTROLLERS_SCALING_REASONS = [
  ...reasonsOf(['horizontal-pod-autoscaler'], {
    SuccessfulRescale: {
      type: 'Normal',
      severity: 'info',
      meaning: 'The autoscaler changed the number of replicas.',
      check:
        'Nothing to do; changes to and fro mean that the target is too tight: kubectl describe hpa NAME -n NAMESPACE.',
    },
    FailedRescale: {
      type: 'Warning',
      severity: 'critical',
      meaning: 'The autoscaler could not set the number of replicas.',
      check: 'Read the message for rights or webhooks: kubectl describe hpa NAME -n NAMESPACE.',
    },
    FailedGetScale: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The autoscaler could not read its target's size.",
      check: 'Check that spec.scaleTargetRef exists: kubectl describe hpa NAME -n NAMESPACE.',
    },
    FailedComputeMetricsReplicas: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'None or not all metrics could be read, so no new size was computed.',
      check: "Check the metrics' own events and the metrics server: kubectl get apiservices.",
    },
    FailedGetResourceMetric: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'CPU or memory usage of the pods could not be read.',
      check: 'Check the metrics server and that all containers have requests: kubectl top pods -n NAMESPACE.',
    },
    FailedGetContainerResourceMetric: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'CPU or memory usage of a named container could not be read.',
      check: "Check the container's name and requests: kubectl top pods -n NAMESPACE --containers.",
    },
    FailedGetPodsMetric: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A custom metric of the pods could not be read.',
      check: 'Ask the metrics adapter: kubectl get --raw /apis/custom.metrics.k8s.io/v1beta2.',
    },
    FailedGetObjectMetric: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A custom metric of another object could not be read.',
      check: 'Ask the metrics adapter: kubectl get --raw /apis/custom.metrics.k8s.io/v1beta2.',
    },
    FailedGetExternalMetric: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A metric from outside the cluster could not be read.',
      check: 'Ask the metrics adapter: kubectl get --raw /apis/external.metrics.k8s.io/v1beta1.',
    },
    FailedUpdateStatus: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The autoscaler could not write its status.',
      check: "Check the API server's health: kubectl get --raw /readyz.",
    },
    InvalidMetricSourceType: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'The autoscaler names a kind of metric that does not exist.',
      check: 'Check spec.metrics: kubectl get hpa NAME -n NAMESPACE -o yaml.',
    },
    SelectorRequired: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The autoscaler's target has no selector, so its pods can't be found.",
      check: "Check the target's scale subresource: kubectl describe hpa NAME -n NAMESPACE.",
    },
    InvalidSelector: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The selector of the autoscaler's target can't be read.",
      check: "Check the target's selector: kubectl describe hpa NAME -n NAMESPACE.",
    },
    AmbiguousSelector: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'Several autoscalers control the same pods, so this one does nothing.',
      check: 'Find the other one: kubectl get hpa -n NAMESPACE.',
    },
  }),
  ...reasonsOf(['controllermanager'], {
    NoPods: {
      type: 'both',
      severity: 'notice',
      meaning: 'The PodDisruptionBudget selects no pods (Normal), or they could not be read (Warning).',
      check: "Compare its selector with the pods' labels: kubectl get pods -n NAMESPACE --show-labels.",
    },
    CalculateExpectedPodCountFailed: {
      type: 'Warning',
      severity: 'warning',
      meaning:
        'The budget could not learn how many pods there should be, so it allows no eviction; drains get stuck.',
      check: "Check that the pods' owners have a scale subresource: kubectl describe pdb NAME -n NAMESPACE.",
    },
    UnmanagedPods: {
      type: 'Warning',
      severity: 'notice',
      meaning: "The budget selects pods without a controller, which it can't count.",
      check: 'Use minAvailable as a number, or narrow its selector: kubectl describe pdb NAME -n NAMESPACE.',
    },
    MultiplePodDisruptionBudgets: {
      type: 'Warning',
      severity: 'warning',
      meaning: "The pod belongs to more than one budget, so it can't be evicted.",
      check: 'Narrow the selectors: kubectl get pdb -n NAMESPACE.',
    },
    NotDeleted: {
      type: 'Warning',
      severity: 'warning',
      meaning: 'A pod whose eviction was granted is still there.',
      check: 'Look for a finalizer or a webhook: kubectl get pod POD -n NAMESPACE -o yaml.',
    },
  }),
];
