import { streamLabels, structuredMetadata } from '../../exporter/loki/schema.ts';
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
`;
}
