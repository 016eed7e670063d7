import { stringify } from 'yaml';
import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { exporterRuleGroups } from '../../alert-rules/exporter-rules/catalogue.ts';
import { renderRecording } from '../../alert-rules/recording.ts';
import { expressionOf } from '../../alert-rules/render.ts';
import type { Rule } from '../../alert-rules/rule.ts';
import { note, table } from './markdown.ts';
import { groupingOf, queryLanguage, renderedRule, settingsTable } from './runbook.ts';

/** What a team might write; that it is accepted is checked where the page is written. */
const example = {
  language: 'zh',
  labels: { team: 'platform' },
  grafana: 'https://grafana.example.com',
  rules: {
    WarningSpike: { threshold: 200 },
    ProbeFailures: { threshold: 60, window: '30m' },
    Preemption: { enabled: false },
    NodeRebooted: { severity: 'info' },
  },
} as const;

/** Every alert rule, with its query, its settings and why they are what they are. */
export function alertRules(): string {
  rulesConfigSchema.parse(example);
  const recording = renderRecording(rulesConfigSchema.parse({}));
  return `# Alert rules

${note}
Rules for what is worth a message. Those of the default configuration are in [alert-rules/out](../alert-rules/out), ready to
load; \`kube-events-loki rules\` writes them as you want them (in a checkout: \`npm run -s cli -- rules\`).
[Alerts](alerting.md) says how they get to Loki's ruler, to Grafana or into a cluster, and from there to people.

## The rules

Each name leads to its runbook: what it means, what to look at first, what the causes are.

${table(['rule', 'severity', 'an alert for each', 'says'], ruleGroups.flatMap(group => group.rules).map(row))}
\`ClusterSilent\` and \`PipelineSilent\` are there with \`heartbeat: true\`, for exporters that [write heartbeats](configuration.md);
a cluster in which nothing happens is no reason for an alert. \`Watchdog\` fires always: send it to something that alerts when
it hears nothing.

${table(["rule of the exporter's own metrics, for Prometheus", 'severity', 'an alert for each', 'says'], exporterRuleGroups.flatMap(group => group.rules).map(row))}
## How they count

- **Occurrences, never lines.** Kubernetes lets 25 repeats of what one component says of one object through, then writes
  once in five minutes, and counts on meanwhile; the scheduler writes a series of repeats every 30 minutes. So an entry may
  stand for many occurrences, which come in lumps: windows are longer than the time between them. What the budget of 25 keeps
  back is counted with the next write of the same message; one that is never written again is known to nobody.
- **By the time of the event**, to which an entry can be six minutes late. Every window holds that, the time between lumps, the
  interval of the evaluation and \`for\`. One that would lose what is late is refused.
- **Nothing that is old.** A first start finds the events of the last hour, with counts that rose nobody knows when
  (\`baseline="unknown"\`): they don't count. Rules about a state (NodeNotReady, NodePressure, NetworkNotReady) read them: who
  said what last is known all the same.
- **Whatever the type.** \`NodeNotReady\`, \`Preempted\`, \`TaintManagerEviction\`, \`FailedBinding\` and more are of type Normal. Only
  WarningSpike and NewWarningReason, which are about Warnings, select by type.
- **Bounded.** Loki answers 500 series at most, so rules group by namespace, kind and reason, and by workload where they name
  their reasons: never by pod. Rules about nodes group by node, and not by namespace, because events of nodes are in
  \`default\`, and would go to its owner. Where more nodes are in trouble than Loki gives series for, NodeTrouble still fires.
- **Folded labels are read.** Where the [cardinality budget](cardinality.md) is used up, the label is \`__other__\` and the
  value in metadata: rules look there, too. The alert then says \`__other__\` in place of that namespace or reason; its newest
  entry tells which.
- **Resolved** means that nothing more was said for a whole window, or, of a state, that its end was: not always that all is well.
- The name of an object is in no label. The annotation \`logql\` asks for the newest entries behind an alert, and
  \`kube-events-loki notify\` puts their names on the message.

## Change them

\`--config FILE\` takes a YAML file. Every key is in [its reference](rules-configuration.md); a rule has \`enabled\`,
\`severity\`, \`for\`, \`interval\`, and its own settings below. A fault is told with its line and what is accepted.

\`\`\`yaml
${stringify(example)}\`\`\`

## My events come from something else

\`profile\` (or \`--profile\`) says who wrote them, as for [dashboards](dashboards.md#my-events-come-from-something-else). Without
repeats every line counts as one: past the 25th, one in five minutes is all that comes, however often it occurs. Then set
\`threshold\` of ProbeFailures and HpaFailing to 10 and that of WarningSpike to 30 or so, and their \`window\` to \`30m\`. Without
workloads an alert is of a namespace. OomKill, ClusterSilent and PipelineSilent need this exporter.

${ruleGroups.map(({ name, interval, rules }) => group(name, interval, rules)).join('')}${exporterRuleGroups.map(({ name, interval, rules }) => group(name, interval, rules)).join('')}## Recording rules

The target \`recording\` writes occurrences by cluster and one field each, for a ruler that sends samples to Prometheus
(\`ruler.remote_write\`). No alert rests on them.

${recording.rules.map(({ record, expr }) => `\`${record}\`\n\n\`\`\`logql\n${expr}\n\`\`\`\n`).join('\n')}`;
}

function row(rule: Rule): string[] {
  const { severity, summary } = renderedRule(rule);
  return [
    page(rule),
    severity === 'critical' ? `**${severity}**` : severity,
    groupingOf(rule),
    summary.replaceAll(/\{(\w+)\}/g, (_, name: string) => `*${name}*`),
  ];
}

function group(name: string, interval: string, rules: readonly Rule[]): string {
  return `## Group ${name}\n\nEvaluated every \`${interval}\`.\n\n${rules.map(section).join('')}`;
}

function section(rule: Rule): string {
  const settings = Object.keys(rule.settings).length + (rule.for === '0s' ? 0 : 1);
  return `### ${rule.name}

**${rule.severity}**, by ${groupingOf(rule)}. Runbook: ${page(rule)}.

\`\`\`${queryLanguage(rule)}
${expressionOf(renderedRule(rule))}
\`\`\`

${settings === 0 ? '' : `${settingsTable(rule)}\n`}`;
}

function page({ name }: Rule): string {
  return `[${name}](runbooks/${name}.md)`;
}
