import { cardinalitySchema } from '../../exporter/config/cardinality-schema.ts';
import { describeKeys } from '../../exporter/config/describe.ts';
import { maxAge } from '../../exporter/loki/cardinality/fold-state.ts';
import { maxValueBytes } from '../../exporter/loki/cardinality/label-values.ts';
import {
  defaultStreamLimit,
  formatCount,
  judgeTenant,
  usableShare,
} from '../../exporter/loki/cardinality/tenant-limit.ts';
import { note, table } from './markdown.ts';
import { series } from './metrics.ts';

const defaults = cardinalitySchema.parse({});
/** A tick is two minutes. */
const idleHours = maxAge / 30;
/** A small budget beside the default one, for the table. */
const smallBudget = 1000;
const percent = `${usableShare * 100} %`;

/** How streams are bounded, and what that means for a tenant's limit. */
export function cardinality(): string {
  const keys = describeKeys().filter(({ name }) => name.startsWith('cardinality.'));
  return `# Bounded labels: the cardinality budget

${note}
Loki keeps a stream for each combination of label values, and a tenant may have only so many active ones:
\`max_global_streams_per_user\`, ${formatCount(defaultStreamLimit)} by default. The labels \`namespace\`, \`kind\` and \`reason\` come from the cluster: one
operator that writes a pod's name into \`reason\`, or a namespace for each build, would use that up, and Loki would refuse
new streams, the important ones too. So the exporter has a budget, and keeps to it whatever the cluster does. No event is
lost by it: what doesn't fit shares the label value \`__other__\`, and its real value stands in structured metadata.

## The budget

${table(
  ['key', 'default', 'meaning'],
  keys.map(({ name, description, default: value }) => [
    `\`${name}\``,
    formatCount(Number(value)),
    description,
  ]),
)}
- A stream is one combination of \`cluster\`, \`namespace\`, \`kind\`, \`reason\`, \`type\` and the labels of a route. It is active
  until no entry of it has come for ${idleHours} hours of event time. Loki counts no more than that: it lets an idle stream go after
  about half an hour (\`chunk_idle_period\`, unless that is set above ${idleHours} hours).
- First come stays: a stream that is active goes on as it is, and only what would be a new one folds.
- A value leaves when the last stream with it does, and its place is free for another.
- The budget is that of one exporter with all its routes and replicas. Its state is part of the checkpoint, so after a
  restart, or when a standby takes over, the same events fold the same way.
- Values longer than ${maxValueBytes} bytes always fold. \`type\` has three values, and needs no budget.

## What folds first

| order | label | a new stream folds it when | the real value is in |
| --- | --- | --- | --- |
| 1 | \`reason\`, where Kubernetes itself doesn't give it ([list](reasons.md)) | half of the streams are in use, or two thirds of the values | \`event_reason\` |
| 2 | \`kind\` | 70 % of the streams are in use, or all values | \`event_kind\` |
| 3 | any \`reason\` | 85 % of the streams are in use, or all values | \`event_reason\` |
| 4 | \`namespace\` | all streams are in use, or all values | \`event_namespace\` |

So an operator's flood of reasons leaves room for a new namespace, and Kubernetes' own reasons, which alert rules ask for,
stay labels the longest. Three streams for each route, one a type, are kept for what folds wholly: the bound holds for
certain.

## Find what folded

The real values are there like any other metadata ([with \`loki.line: logfmt\` or \`json\`](line-formats.md) put \`| logfmt\` or
\`| json\` after the selector):

\`\`\`logql
{job="kube-events", reason="__other__"} | event_reason="MyReason"
\`\`\`

One reason, whether it folded or not; and how often it occurred:

\`\`\`logql
{job="kube-events", reason=~"MyReason|__other__"} | reason="MyReason" or event_reason="MyReason"
\`\`\`

\`\`\`logql
sum(sum_over_time({job="kube-events", reason=~"MyReason|__other__"} | reason="MyReason" or event_reason="MyReason" | unwrap occurrences [1h]))
\`\`\`

Which values fold? In a small window, because Loki answers no more than 500 series (\`max_query_series\`):

\`\`\`logql
sum by (event_reason) (sum_over_time({job="kube-events", reason="__other__"} | unwrap occurrences [5m]))
\`\`\`

Where there are more, \`/loki/api/v1/detected_field/event_reason/values?query={job="kube-events",reason="__other__"}\` lists some
of them, as Logs Drilldown does.

If what folds is of no use to you, leave it out: a rule in \`filters.exclude\` ([configuration](configuration.md)) costs no
streams. If it is, a larger budget gives it labels again, within two hours.

## Budget and tenant

The budgets of all exporters that write to a tenant, and the streams of everything else in it, have to fit under its
limit. Keep to ${percent} of it: Loki gives each ingester its share of the limit, and streams don't spread over them evenly.

    cardinality.streams × clusters + other streams  ≤  ${percent} of max_global_streams_per_user

\`kube-events-loki check --config FILE --clusters 3 --stream-limit 5000\` says whether they do, and what to set where they
don't.

${budgets()}
- Clusters with a tenant each count as one.
- Where [routes](configuration.md) send a cluster's events to several tenants, its whole budget counts in each of them:
  all of it may go to one.
- A tenant that also takes the logs of applications has their streams as well: often thousands. A tenant of its own for
  events is simpler.
- Without \`cluster\` in the configuration, two clusters share their streams. That saves streams, and tells nobody where
  an event was.

In Loki, for all tenants or for one (\`runtime_config\`):

\`\`\`yaml
limits_config:
  max_global_streams_per_user: ${formatCount(judgeTenant({ streams: defaults.streams, clusters: 10 }).fittingLimit).replace(',', '')}
\`\`\`

\`\`\`yaml
overrides:
  platform:
    max_global_streams_per_user: ${formatCount(judgeTenant({ streams: defaults.streams, clusters: 10 }).fittingLimit).replace(',', '')}
\`\`\`

## Watch it

${table(
  ['where', 'series', 'tells'],
  [
    ['exporter', code(series('kube_events_active_streams')), 'streams in use, of `cardinality.streams`'],
    ['exporter', code(series('kube_events_label_values')), 'values in use, by label'],
    [
      'exporter',
      code(series('kube_events_folded_revisions_total')),
      'entries with `__other__`, by label: whether anything folds',
    ],
    [
      'exporter',
      code(series('kube_events_parked_streams')),
      "streams that wait because the tenant's limit is reached all the same; their entries are kept",
    ],
    ['Loki', '`loki_ingester_memory_streams{tenant="…"}`', 'active streams of the tenant, by ingester'],
    ['Loki', '`loki_discarded_samples_total{reason="stream_limit"}`', 'entries refused for the limit'],
  ],
)}
When a label begins to fold the log says so, with the label and the first value, and says it again where it hadn't folded
for two hours.
`;
}

function budgets(): string {
  const rows = [1, 2, 5, 10, 50].map(clusters => {
    const limitFor = (streams: number) => formatCount(judgeTenant({ streams, clusters }).fittingLimit);
    const { fittingBudget } = judgeTenant({ streams: defaults.streams, clusters });
    return [
      String(clusters),
      fittingBudget === undefined ? 'none: raise the limit' : formatCount(fittingBudget),
      limitFor(smallBudget),
      limitFor(defaults.streams),
    ];
  });
  return table(
    [
      'clusters in the tenant',
      `\`cardinality.streams\` that fits under ${formatCount(defaultStreamLimit)}`,
      `limit for ${formatCount(smallBudget)} each`,
      `limit for ${formatCount(defaults.streams)} each`,
    ],
    rows,
  );
}

function code(text: string): string {
  return `\`${text}\``;
}
