import type { RuleGroup } from './rule.ts';
import { evictions, failedCreate, failedScheduling, preemption } from './rules/capacity.ts';
import { hpaFailing, jobFailed } from './rules/controllers.ts';
import { conntrackFull, networkNotReady } from './rules/node-network.ts';
import { kernelProblem, nodeTrouble } from './rules/node-problems.ts';
import { nodeNotReady, nodeOom, nodePressure, nodeRebooted } from './rules/nodes.ts';
import { clusterSilent, pipelineSilent, watchdog } from './rules/path.ts';
import { crashLoop, imagePullFailed, oomKill, probeFailures } from './rules/pods.ts';
import { volumeFailure, volumeLost } from './rules/volumes.ts';
import { newWarningReason, warningSpike } from './rules/warnings.ts';

/** Every alert rule, in the order of the docs. */
export const ruleGroups: readonly RuleGroup[] = [
  { name: 'kube-events-warnings', interval: '1m', rules: [warningSpike] },
  // What it reads of the day before is much, and nothing about it is urgent.
  { name: 'kube-events-new', interval: '5m', rules: [newWarningReason] },
  {
    name: 'kube-events-pods',
    interval: '1m',
    rules: [crashLoop, imagePullFailed, probeFailures, oomKill, evictions],
  },
  {
    name: 'kube-events-capacity',
    interval: '1m',
    rules: [failedScheduling, failedCreate, preemption, volumeFailure, volumeLost],
  },
  { name: 'kube-events-controllers', interval: '1m', rules: [jobFailed, hpaFailing] },
  {
    name: 'kube-events-nodes',
    interval: '1m',
    rules: [
      nodeNotReady,
      nodeRebooted,
      nodePressure,
      nodeOom,
      networkNotReady,
      conntrackFull,
      kernelProblem,
      nodeTrouble,
    ],
  },
  { name: 'kube-events-path', interval: '1m', rules: [clusterSilent, pipelineSilent, watchdog] },
];
