import {
  heartbeatLabels,
  heartbeatMetadata,
  streamLabels,
  structuredMetadata,
} from '../../exporter/loki/schema.ts';
import { note, table } from './markdown.ts';

/** Labels, structured metadata, how to count. */
export function streamSchema(): string {
  const rows = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([name, description]) => [`\`${name}\``, description]);
  return `# What an event looks like in Loki

${note}
A Kubernetes event is a log line about an object. \`Kind/name: message\` is the line, a few bounded facts are stream
labels, and everything else is structured metadata.

## Stream labels

${table(['label', 'value'], rows(streamLabels))}
## Structured metadata

A name without a value is left out.

${table(['name', 'value'], rows(structuredMetadata))}
## Timestamp

The last occurrence, to the nanosecond that the API gives: the first of \`series.lastObservedTime\`, \`lastTimestamp\`,
\`eventTime\`, \`firstTimestamp\` and \`metadata.creationTimestamp\` that is a time.

## How to count

An event that repeats is one object whose count rises, and each rise is an entry. Sum \`occurrences\`; counting lines
counts too few, and summing \`count\` far too many.

\`\`\`logql
sum by (reason) (sum_over_time({job="kube-events", type="Warning"} | unwrap occurrences [1h]))
\`\`\`

Entries with \`baseline="unknown"\` carry an event's whole count, because what of it was new could not be known; leave
them out (\`| baseline=""\`) where a first start must not look like a spike.

## The heartbeat

With [\`heartbeat: 1m\`](run.md#what-if-a-cluster-falls-silent) the exporter that leads also writes an entry a minute to a
stream of its own. It is no event: it is in no count, in no budget, and lost where Loki doesn't take it at once.

${table(['label', 'value'], rows(heartbeatLabels))}
${table(['metadata', 'value'], rows(heartbeatMetadata))}
With \`loki.line: logfmt\` or \`json\` the same fields stand in the line, \`detected_level\` as \`level\`.
`;
}
