import { type AlertCase, leaving, staySeconds } from '../case.ts';
import { countedCases } from '../counted.ts';
import type { Incident } from '../incident.ts';

const job: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'Job',
  name: 'report-29123456',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
  type: 'Warning',
  component: 'job-controller',
};

const hpa: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'HorizontalPodAutoscaler',
  name: 'web',
  reason: 'FailedGetResourceMetric',
  message:
    'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
  type: 'Warning',
  component: 'horizontal-pod-autoscaler',
};

export const controllerCases: readonly AlertCase[] = [
  ...countedCases({
    rule: 'JobFailed',
    severity: 'warning',
    windowMinutes: 30,
    threshold: 1,
    event: job,
    labels: { namespace: 'shop', workload: 'report' },
    summary: 'Job shop/report failed',
    description: times => `${times} of its Jobs failed for good within 30m.`,
  }),
  {
    rule: 'JobFailed',
    title: 'a pod that took too long',
    events: [
      {
        ...job,
        kind: 'Pod',
        name: 'report-29123456-x2x4z',
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
        type: 'Normal',
        component: 'kubelet',
        counts: [[leaving(30), 1]],
      },
      {
        ...job,
        reason: 'Completed',
        message: 'Job completed',
        type: 'Normal',
        counts: [[leaving(30), 1]],
      },
    ],
    alerts: [],
  },
  ...countedCases({
    rule: 'HpaFailing',
    severity: 'warning',
    windowMinutes: 20,
    threshold: 30,
    event: hpa,
    labels: { namespace: 'shop' },
    summary: 'Autoscaling fails in shop',
    description: times =>
      `HorizontalPodAutoscalers of namespace shop failed ${times} times within 20m: they scale nothing.`,
    lasting: [
      [16 * 60, 20],
      [11 * 60, 40],
    ],
  }),
  {
    rule: 'HpaFailing',
    title: 'what is scaled',
    events: [
      {
        ...hpa,
        reason: 'SuccessfulRescale',
        message: 'New size: 5; reason: cpu resource utilization (percentage of request) above target',
        type: 'Normal',
        counts: [[20 * 60 - staySeconds, 40]],
      },
    ],
    alerts: [],
  },
];
