import type { RenderedGroup, RenderedRule } from '../render.ts';

/** An alert that mutes others while it fires. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/**
 * What mutes what. Every target is one of our rules, by its name: an Alertmanager has others' alerts as well, with the same
 * labels. `Watchdog` is never muted.
 */
export function inhibitions(groups: readonly RenderedGroup[], clusterLabel: string): readonly Inhibition[] {
  const rules = groups.flatMap(group => group.rules);
  const about = rules.filter(({ rule }) => rule.about === 'events');
  const byNode = about.filter(({ by }) => by.includes('node'));
  const byWorkload = about.filter(({ by }) => by.includes('workload'));
  const named = (name: string) => rules.filter(rule => rule.name === name);
  return [
    // A node that is gone brings everything else that is told of it.
    ...named('NodeNotReady').flatMap(({ name, by }) =>
      mute([`alertname="${name}"`], without(byNode, name), ['node!=""'], both(by, [clusterLabel, 'node'])),
    ),
    // Alerts of nodes say more than what is told of them all.
    ...named('NodeTrouble').flatMap(trouble =>
      byNode.flatMap(({ name, by, rule }) => {
        if (rule.about !== 'events' || rule.selection.reasons === undefined) return [];
        const reasons = `reason=~"${rule.selection.reasons.join('|')}"`;
        return mute([`alertname="${name}"`], [trouble], [reasons], both(by, [clusterLabel, 'reason']));
      }),
    ),
    // What is known of a cluster that says nothing is old, and resolves for want of news. Heartbeats tell it, or Prometheus.
    ...mute(['alertname="ClusterSilent"', `${clusterLabel}!=""`], about, [], [clusterLabel]),
    // Where nothing arrives at all the clusters are not at fault. Muted as they are, they still mute what is theirs.
    {
      source_matchers: ['alertname=~"PipelineSilent|KubeEventsExporterAbsent"'],
      target_matchers: ['alertname="ClusterSilent"'],
      equal: [],
    },
    ...mute(
      ['severity="critical"', anyOf(byWorkload), 'workload!=""'],
      byWorkload,
      ['severity=~"warning|info"', 'workload!=""'],
      [clusterLabel, 'namespace', 'workload'],
    ),
  ];
}

function mute(
  source: readonly string[],
  targets: readonly RenderedRule[],
  more: readonly string[],
  equal: readonly string[],
): Inhibition[] {
  if (targets.length === 0) return [];
  return [{ source_matchers: source, target_matchers: [anyOf(targets), ...more], equal }];
}

function anyOf(rules: readonly RenderedRule[]): string {
  return `alertname=~"${rules.map(({ name }) => name).join('|')}"`;
}

function without(rules: readonly RenderedRule[], other: string): readonly RenderedRule[] {
  return rules.filter(({ name }) => name !== other);
}

function both(labels: readonly string[], others: readonly string[]): readonly string[] {
  return others.filter(label => labels.includes(label));
}
