import type { ExporterRule, RuleGroup } from '../rule.ts';
import { lagging, lokiRefusing, notDelivering, streamBudgetReached } from './loki.ts';
import { dropping, gap } from './loss.ts';
import { clusterSilentOnMetrics, exporterAbsent } from './presence.ts';

/** Every rule about the exporter's own metrics, in the order of the docs. */
export const exporterRuleGroups: readonly RuleGroup<ExporterRule>[] = [
  {
    name: 'kube-events-exporter',
    interval: '1m',
    rules: [
      exporterAbsent,
      clusterSilentOnMetrics,
      notDelivering,
      lokiRefusing,
      lagging,
      dropping,
      gap,
      streamBudgetReached,
    ],
  },
];
