import { toEntry } from '../../exporter/loki/entry.ts';
import {
  fieldName,
  type LineFormat,
  labelFields,
  messageField,
  withFieldsInLine,
} from '../../exporter/loki/line.ts';
import { structuredMetadata } from '../../exporter/loki/schema.ts';
import { note, table } from './markdown.ts';

const message = 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z';
const sample = toEntry(
  {
    metadata: { namespace: 'shop', uid: '5d0f6c1e-7a37-4f5c-8a55-1b1f4a0f3a11', resourceVersion: '812' },
    involvedObject: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'web-5d4f8c7b9-x2x4z',
      uid: 'c2b0e7f4-0c0e-4a0f-9d3e-6a4b6f0f2b22',
      fieldPath: 'spec.containers{app}',
    },
    reason: 'BackOff',
    message,
    type: 'Warning',
    source: { component: 'kubelet', host: 'worker-1' },
    count: 5,
    firstTimestamp: '2026-05-01T10:00:00Z',
    lastTimestamp: '2026-05-01T10:05:00Z',
  },
  3,
  { job: 'kube-events', cluster: 'prod' },
  0n,
);

const examples: Readonly<Record<LineFormat, string>> = {
  text: sample.line,
  message,
  logfmt: withFieldsInLine({ ...sample, line: message }, 'logfmt').line,
  json: withFieldsInLine({ ...sample, line: message }, 'json').line,
};

/** What the line may be, how it is read, and how it stands to that of other exporters. */
export function lineFormats(): string {
  const fields = [...labelFields, ...Object.keys(structuredMetadata).map(fieldName), messageField];
  return `# Line formats

${note}
\`loki.line\` says what the line of an entry is. Stream labels and times are the same in all of them.

| \`loki.line\` | the line | structured metadata |
| --- | --- | --- |
| \`text\` (default) | \`Kind/name: message\`, so that a search for a pod's name finds it | yes |
| \`message\` | the event's message alone | yes |
| \`logfmt\` | every field, as logfmt | none is sent |
| \`json\` | every field, as one JSON object | none is sent |

The same event in each:

${(Object.keys(examples) as LineFormat[]).map(format => `    ${examples[format]}\n`).join('\n')}
## Which one

- **\`text\`**, unless there is a reason against it. Metadata needs no parser in a query, is fast to filter by, and the
  line can be read.
- **\`logfmt\`** or **\`json\`** for a Loki that takes no structured metadata (\`allow_structured_metadata: false\`, or a schema
  before v13). Loki refuses metadata there: \`stream '…' includes structured metadata, but this feature is disallowed\`.
- **\`logfmt\`** or **\`json\`** also for pipelines, alert templates and scripts made for the lines of Grafana Alloy
  ([below](#lines-of-grafana-alloy)).
- **\`message\`** where something reads the message as a whole, such as a pattern or a JSON parser for messages that are
  JSON.

It can be changed at any time; entries keep the line that they had. Queries over both have to read both.

## Fields in the line

${fields.map(field => `\`${field}\``).join(', ')}: the names of the [stream schema](stream-schema.md), in this order, with
\`${messageField}\` for the message and \`${fieldName('detected_level')}\` for \`detected_level\`, because that is where Loki reads a level from. So queries are the
same but for the parser:

\`\`\`logql
{job="kube-events", reason="BackOff"} | logfmt | node="worker-1"
\`\`\`

\`\`\`logql
sum by (namespace, reason) (sum_over_time({job="kube-events", type="Warning"} | logfmt | unwrap occurrences [1h]))
\`\`\`

- A field without a value is left out. Only \`${messageField}\` is always there, and is the last one, but for an \`event_time\` that came when
  Loki would not take the entry at its time.
- \`kind\`, \`reason\` and \`type\` are labels and fields, so that the line can be read, searched and copied alone. After a
  parser Loki shows such a field as \`reason_extracted\`. Where a label is folded to \`__other__\`, the line has the real value.
- \`namespace\`, \`cluster\` and \`job\` are labels only, as with Alloy.
- In JSON \`count\` and \`occurrences\` are numbers; all else is text.
- A value in logfmt stands in quotes where it isn't plain ASCII without spaces, \`=\` and \`"\`; escapes are those of JSON. What
  is no valid Unicode becomes U+FFFD, which Loki's parsers show as a space. No line contains a control character: newlines
  and terminal escapes are always escaped.
- A value is cut where it takes more than 2,048 bytes as it is written, and the message where the line would not fit into
  Loki's 256 KiB; it then ends with \`… [N bytes cut]\`. The line stays whole: it never ends inside a field.

## Lines of Grafana Alloy

\`loki.source.kubernetes_events\` of Alloy, and the Kubernetes Monitoring chart that uses it, write logfmt, or JSON with
\`log_format = "json"\`. What reads them reads these lines too, where it asks for these:

${table(
  ['Alloy', 'here', ''],
  [
    ['`name`, `kind`, `action`, `reason`, `type`, `msg`', 'the same', ''],
    [
      '`count`',
      'the same',
      'for events of the new style too, where Alloy has none; sum `occurrences`, not `count`',
    ],
    ['`sourcecomponent`, `reportingcontroller`', '`component`', 'the first of the two that is there'],
    ['`sourcehost`', '`node`', 'found in more places; the chart calls it `node` as well'],
    ['`eventRV`', '`resource_version`', ''],
    ['`objectAPIversion`, `objectRV`, `reportinginstance`', 'none', ''],
    ['none', '`level`', 'which the chart derives from `type`'],
    [
      'none',
      '`workload`, `container`, `object_uid`, `event_uid`, `occurrences`, `baseline`, `first_seen`',
      '',
    ],
    [
      'labels `namespace`, `job`, `instance`',
      '`namespace`, `job`',
      '`kind`, `reason`, `type` are labels too',
    ],
  ],
)}
- Dashboards and rules for \`job="integrations/kubernetes/eventhandler"\` find these entries with
  \`job: integrations/kubernetes/eventhandler\` in the configuration. Don't let both write under it: each event would be
  there twice.
- For events of cluster-scoped objects Alloy's label \`namespace\` is empty, here it is \`default\`.
- Alloy quotes \`msg\` as Go does: a control character becomes \`\\x1b\`, which Loki's \`| logfmt\` can't read, and \`msg\` is
  missing then. Values other than \`msg\` stand without quotes, whatever is in them. Neither happens here.
- A field that another tool wants under its old name, in a query:

\`\`\`logql
{job="kube-events"} | logfmt | label_format sourcecomponent=component, sourcehost=node
\`\`\`
`;
}
