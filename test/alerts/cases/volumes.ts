import { type AlertCase, leaving } from '../case.ts';
import { countedCases } from '../counted.ts';
import type { Incident } from '../incident.ts';

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

export const volumeCases: readonly AlertCase[] = [
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
