import type { RuleGroup } from './rule.ts';
import { nodeNotReady } from './rules/nodes.ts';
import { watchdog } from './rules/path.ts';
import { crashLoop } from './rules/pods.ts';
import { newWarningReason, warningSpike } from './rules/warnings.ts';

/** Every alert rule, in the order of the docs. */
export const ruleGroups: readonly RuleGroup[] = [
  { name: 'kube-events-warnings', interval: '1m', rules: [warningSpike] },
  // What it reads of the day before is much, and nothing about it is urgent.
  { name: 'kube-events-new', interval: '5m', rules: [newWarningReason] },
  { name: 'kube-events-pods', interval: '1m', rules: [crashLoop] },
  { name: 'kube-events-nodes', interval: '1m', rules: [nodeNotReady] },
  { name: 'kube-events-path', interval: '1m', rules: [watchdog] },
];
