/**
 * Writes the reference pages from the code that they describe. `--check` writes nothing and fails where a page is out
 * of step.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { describeKeys } from '../exporter/config/describe.ts';
import { flags } from '../exporter/config/flags.ts';
import { configSchema } from '../exporter/config/schema.ts';
import { streamLabels, structuredMetadata } from '../exporter/loki/schema.ts';
import { createMetrics } from '../exporter/telemetry/metrics.ts';

const pages: Readonly<Record<string, () => string>> = {
  'configuration.md': configuration,
  'configuration.schema.json': configurationSchema,
  'metrics.md': metrics,
  'stream-schema.md': streamSchema,
};

const note = '<!-- Written by `npm run generate` from the code; edit the descriptions there. -->\n';

function configuration(): string {
  const rows = describeKeys().map(({ name, description, type, required, ...key }) => [
    `\`${name}\``,
    flags.filter(flag => flag.key.join('.') === name).map(({ flag, value }) => `\`${flag} ${value}\``)[0] ??
      '',
    type,
    required ? 'required' : key.default === undefined ? '' : `\`${shown(key.default)}\``,
    description,
  ]);
  return `# Configuration

${note}
\`kube-events-loki run\` takes a YAML file (\`--config FILE\`), flags, or both; flags win. A dot in a name is a section:
\`loki.url\` is \`url\` in the section \`loki\`. A fault is told with file, line and column and what is accepted, all
faults at once, and the exit code is 2. Secrets come from files and environment variables, never from the file itself.
Editors complete and check it by [configuration.schema.json](configuration.schema.json), named in its first line:

\`\`\`yaml
# yaml-language-server: $schema=configuration.schema.json
cluster: prod
checkpoint:
  file: /var/lib/kube-events-loki/checkpoint.json
loki:
  url: http://loki-gateway.monitoring:80
  tenant: platform
\`\`\`

${table(['key', 'flag', 'type', 'default', 'meaning'], rows)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function configurationSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Configuration of kube-events-loki', ...schema }, null, 2)}\n`;
}

function metrics(): string {
  const rows = createMetrics()
    .registry.getMetricsAsArray()
    .filter(metric => metric.name.startsWith('kube_events_'))
    .map(metric => {
      const { name, help, type, labelNames } = metric as unknown as Described;
      return [`\`${name}\``, type, labelNames.map(label => `\`${label}\``).join(', '), help];
    });
  return `# Metrics

${note}
\`/metrics\` serves these, and Node's own under \`nodejs_\` and \`process_\`. Every revision of an event that arrives ends
in exactly one counter, so at every scrape

    received = delivered + filtered + dropped + in flight

${table(['series', 'type', 'labels', 'meaning'], rows)}`;
}

/** A metric as prom-client keeps it; its types leave these out. */
interface Described {
  name: string;
  help: string;
  type: string;
  labelNames: string[];
}

function streamSchema(): string {
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

const check = process.argv.includes('--check');
for (const [name, write] of Object.entries(pages)) {
  const file = new URL(name, import.meta.url);
  const wanted = write();
  if (!check) {
    writeFileSync(file, wanted);
  } else if (read(file) !== wanted) {
    console.error(`docs/${name} is out of step with the code: run \`npm run generate\``);
    process.exitCode = 1;
  }
}

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
