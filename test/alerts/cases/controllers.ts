import { type AlertCase, type ExpectedAlert, leaving, staySeconds } from '../case.ts';
import { countedCases } from '../counted.ts';
import type { Incident } from '../incident.ts';

const waiting: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-7c9d8b6f5-x2x4z',
  reason: 'FailedScheduling',
  message: '0/3 nodes are available: 3 Insufficient cpu.',
  type: 'Warning',
  component: 'default-scheduler',
  newStyle: true,
};

const scaleUp: Omit<Incident, 'counts'> = {
  ...waiting,
  reason: 'TriggeredScaleUp',
  message: 'pod triggered scale-up: [{pool-1 1->2 (max: 9)}]',
  type: 'Normal',
  component: 'cluster-autoscaler',
  newStyle: false,
};

function unscheduled(times: number, rest: Partial<ExpectedAlert> = {}): ExpectedAlert {
  return {
    rule: 'FailedScheduling',
    severity: 'warning',
    labels: { namespace: 'shop', workload: 'web' },
    summary: 'No node for shop/web',
    description: `The scheduler found no node ${times} times within 45m.`,
    newest: `Pod/web-7c9d8b6f5-x2x4z: ${waiting.message}`,
    ...rest,
  };
}

const scheduling: readonly AlertCase[] = [
  ...countedCases({
    rule: 'FailedScheduling',
    severity: 'warning',
    windowMinutes: 45,
    threshold: 3,
    event: waiting,
    labels: { namespace: 'shop', workload: 'web' },
    summary: 'No node for shop/web',
    description: times => `The scheduler found no node ${times} times within 45m.`,
    // The scheduler writes a series every half an hour, and what it wrote came six minutes late.
    lasting: [[36 * 60, 7]],
  }),
  {
    rule: 'FailedScheduling',
    title: 'a node is ordered',
    events: [
      { ...waiting, counts: [[leaving(45) - 300, 3]] },
      { ...scaleUp, counts: [[leaving(45), 1]] },
    ],
    alerts: [],
  },
  {
    rule: 'FailedScheduling',
    title: 'a node is ordered and does not come',
    events: [
      { ...scaleUp, counts: [[30 * 60, 1]] },
      {
        ...waiting,
        counts: [
          [30 * 60, 2],
          [30 * 60 - 601, 3],
        ],
      },
    ],
    alerts: [unscheduled(3, { resolves: false })],
  },
];

const refused: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'ReplicaSet',
  name: 'web-7c9d8b6f5',
  reason: 'FailedCreate',
  message:
    'Error creating: pods "web-7c9d8b6f5-x2x4z" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=10, limited: cpu=10',
  type: 'Warning',
  component: 'replicaset-controller',
};

function notCreated(times: number, rest: Partial<ExpectedAlert> = {}): ExpectedAlert {
  return {
    rule: 'FailedCreate',
    severity: 'warning',
    labels: { namespace: 'shop', workload: 'web' },
    summary: 'shop/web can’t create its pods',
    description: `The API server refused what the controller wanted to create ${times} times within 1h.`,
    newest: `ReplicaSet/web-7c9d8b6f5: ${refused.message}`,
    ...rest,
  };
}

/** The first of it leaves the window, and with it the time that it lasted. */
const over = leaving(60);

const creation: readonly AlertCase[] = [
  {
    rule: 'FailedCreate',
    title: 'for two minutes',
    events: [
      {
        ...refused,
        counts: [
          [over, 1],
          [over - 120, 3],
        ],
      },
    ],
    alerts: [notCreated(3)],
  },
  {
    rule: 'FailedCreate',
    title: 'below the threshold',
    events: [
      {
        ...refused,
        counts: [
          [over, 1],
          [over - 120, 2],
        ],
      },
    ],
    alerts: [],
  },
  {
    rule: 'FailedCreate',
    title: 'not for two minutes',
    events: [
      {
        ...refused,
        counts: [
          [over, 1],
          [over - 119, 12],
        ],
      },
    ],
    alerts: [],
  },
  {
    rule: 'FailedCreate',
    title: 'of unknown age',
    events: [
      { ...refused, counts: [[over, 5]], before: 'unknown' },
      { ...refused, name: 'web-5d8f9b7c6', counts: [[over - 600, 20]], before: 'unknown' },
    ],
    alerts: [],
  },
  {
    // Past its first tries a controller waits for 17 minutes.
    rule: 'FailedCreate',
    title: 'late entries',
    events: [
      {
        ...refused,
        counts: [
          [57 * 60, 1],
          [40 * 60, 2],
          [23 * 60, 3],
        ],
      },
    ],
    alerts: [notCreated(3, { resolves: false })],
  },
  {
    rule: 'FailedCreate',
    title: 'a reason that is folded',
    events: [
      {
        ...refused,
        folds: ['reason'],
        counts: [
          [over, 1],
          [over - 120, 3],
        ],
      },
    ],
    alerts: [notCreated(3)],
  },
  {
    rule: 'FailedCreate',
    title: 'a namespace that is folded',
    events: [
      {
        ...refused,
        folds: ['namespace'],
        counts: [
          [over, 1],
          [over - 120, 3],
        ],
      },
    ],
    alerts: [
      notCreated(3, {
        labels: { namespace: '__other__', workload: 'web' },
        summary: '__other__/web can’t create its pods',
      }),
    ],
  },
  {
    rule: 'FailedCreate',
    title: 'what is created',
    events: [
      {
        ...refused,
        reason: 'SuccessfulCreate',
        message: 'Created pod: web-7c9d8b6f5-x2x4z',
        type: 'Normal',
        counts: [
          [over, 1],
          [over - 300, 9],
        ],
      },
    ],
    alerts: [],
  },
];

const mount: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'Pod',
  name: 'db-0',
  reason: 'FailedMount',
  message: 'MountVolume.SetUp failed for volume "config" : configmap "db" not found',
  type: 'Warning',
  component: 'kubelet',
  node: 'node-1',
};

const claim: Omit<Incident, 'counts'> = {
  namespace: 'shop',
  kind: 'PersistentVolumeClaim',
  name: 'data-db-0',
  reason: 'FailedBinding',
  message: 'no persistent volumes available for this claim and no storage class is set',
  type: 'Normal',
  component: 'persistentvolume-controller',
};

const volumes: readonly AlertCase[] = [
  ...countedCases({
    rule: 'VolumeFailure',
    severity: 'warning',
    windowMinutes: 60,
    threshold: 10,
    event: mount,
    labels: { namespace: 'shop', reason: 'FailedMount' },
    summary: 'FailedMount: volumes fail in shop',
    description: times =>
      `FailedMount ${times} times in namespace shop within 1h. Pods that need the volume wait.`,
    // A try in five minutes, one of which has not arrived.
    lasting: Array.from({ length: 10 }, (_, index) => [(56 - 5 * index) * 60, index + 1]),
  }),
  {
    rule: 'VolumeFailure',
    title: 'a claim that nothing is bound to, which is Normal',
    events: [{ ...claim, counts: [[leaving(60), 10]] }],
    alerts: [
      {
        rule: 'VolumeFailure',
        severity: 'warning',
        labels: { namespace: 'shop', reason: 'FailedBinding' },
        summary: 'FailedBinding: volumes fail in shop',
        description: 'FailedBinding 10 times in namespace shop within 1h. Pods that need the volume wait.',
        newest: `PersistentVolumeClaim/data-db-0: ${claim.message}`,
      },
    ],
  },
  {
    rule: 'VolumeFailure',
    title: 'a claim that waits for its pod',
    events: [
      {
        ...claim,
        reason: 'WaitForFirstConsumer',
        message: 'waiting for first consumer to be created before binding',
        counts: [[leaving(60), 40]],
      },
    ],
    alerts: [],
  },
  ...countedCases({
    rule: 'VolumeLost',
    severity: 'critical',
    windowMinutes: 6 * 60,
    threshold: 1,
    event: {
      ...claim,
      reason: 'ClaimLost',
      message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      type: 'Warning',
    },
    labels: { namespace: 'shop', reason: 'ClaimLost' },
    summary: 'A claim of shop has lost its volume',
    description: times =>
      `ClaimLost ${times} times in namespace shop within 6h: a bound claim has no volume of its own any more.`,
  }),
  {
    rule: 'VolumeLost',
    title: 'a claim that is not bound yet',
    events: [{ ...claim, counts: [[leaving(60), 3]] }],
    alerts: [],
  },
];

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

const controllers: readonly AlertCase[] = [
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

export const controllerCases: readonly AlertCase[] = [...scheduling, ...creation, ...volumes, ...controllers];
