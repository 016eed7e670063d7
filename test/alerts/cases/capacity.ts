import { type AlertCase, type ExpectedAlert, leaving } from '../case.ts';
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

/** Pods that get no node, and that may not be made. */
export const capacityCases: readonly AlertCase[] = [...scheduling, ...creation];
