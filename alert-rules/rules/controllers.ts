import { known, reasonsWhere } from '../../dashboards/reasons.ts';
import { counting, eventRule } from '../rule.ts';

/** Jobs that failed for good. */
export const jobFailed = eventRule({
  name: 'JobFailed',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: {
    reasons: known(
      'BackoffLimitExceeded',
      'DeadlineExceeded',
      'PodFailurePolicy',
      'MaxFailedIndexesExceeded',
      'FailedIndexes',
    ),
    // A pod's own deadline is told of with the same reason, as Normal.
    kinds: ['Job'],
  },
  settings: counting(1, '30m', {
    threshold: 'A Job fails for good once.',
    window: 'How long it is news. The event can arrive six minutes after its time.',
  }),
  summary: { en: 'Job {namespace}/{workload} failed', zh: '任务 {namespace}/{workload} 失败' },
  description: {
    en: '{value} of its Jobs failed for good within {window}.',
    zh: '{window} 内有 {value} 个 Job 最终失败。',
  },
  runbook: {
    meaning:
      'A Job has given up: its pods failed more often than it allows, or it took longer than it may. It is not tried again; a CronJob starts the next one at its time.',
    checks: [
      'Why: `kubectl describe job -n NAMESPACE JOB`.',
      'What its pods said: `kubectl logs -n NAMESPACE -l job-name=JOB --all-containers --tail=100`.',
      'Of a CronJob, how the runs before went: `kubectl get jobs -n NAMESPACE --sort-by=.metadata.creationTimestamp`.',
    ],
    causes: [
      'The program fails: its input, its configuration, a dependency that is away.',
      'It takes longer than `activeDeadlineSeconds`, or waited so long for a node or an image.',
      'It ran out of memory: see [OomKill](OomKill.md).',
    ],
    notes: [
      'A CronJob that starts no Job at all does not fire here: `FailedCreate`, `TooManyMissedTimes` and `UnparseableSchedule` tell of that.',
      'The pods of a failed Job may be deleted soon; their logs are in your log store, or nowhere.',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Workloads' },
});

/** Autoscalers that see or can do nothing. */
export const hpaFailing = eventRule({
  name: 'HpaFailing',
  severity: 'warning',
  for: '0s',
  by: ['namespace'],
  selection: {
    reasons: reasonsWhere(
      ({ components, severity }) =>
        components.includes('horizontal-pod-autoscaler') &&
        (severity === 'warning' || severity === 'critical'),
    ),
    kinds: ['HorizontalPodAutoscaler'],
  },
  settings: counting(30, '20m', {
    threshold:
      'An autoscaler that fails says so twice in 15 seconds: this is four to five minutes of one. Metrics that are away for a moment stay below.',
    window:
      'Past the 25th it is told of in lumps five minutes apart, six minutes late at most; two of them are always in it.',
  }),
  summary: { en: 'Autoscaling fails in {namespace}', zh: '{namespace} 的 HPA 异常' },
  description: {
    en: 'HorizontalPodAutoscalers of namespace {namespace} failed {value} times within {window}: they scale nothing.',
    zh: '命名空间 {namespace} 的 HorizontalPodAutoscaler 在 {window} 内失败 {value} 次，无法扩缩容。',
  },
  runbook: {
    meaning:
      'A HorizontalPodAutoscaler can’t read its metrics or its target, or can’t set the number of replicas. The workload keeps the size that it has, whatever its load.',
    checks: [
      'Which, and why: `kubectl get hpa -n NAMESPACE`, `kubectl describe hpa -n NAMESPACE NAME`.',
      'Whether metrics are there: `kubectl top pods -n NAMESPACE`, `kubectl get apiservices | grep metrics`.',
      "Whether every container has a request: `kubectl get deployment -n NAMESPACE NAME -o jsonpath='{..resources}'`.",
    ],
    causes: [
      'metrics-server or the adapter of custom metrics is away.',
      'Containers without a request for the resource that it scales by, sidecars too.',
      'The target or the metric was renamed or removed.',
      'Two autoscalers for the same pods (`AmbiguousSelector`).',
    ],
    notes: [
      'It sums over a namespace: where many autoscalers are in one, a minute without metrics can reach it.',
      'Pods that have just started have no metrics for a minute, which counts as well.',
    ],
  },
  panel: { dashboard: 'scheduling', title: 'HorizontalPodAutoscalers' },
});
