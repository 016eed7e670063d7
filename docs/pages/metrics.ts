import { createMetrics } from '../../exporter/telemetry/metrics.ts';
import { note, table } from './markdown.ts';

/** Every series of the exporter's own. */
export function metrics(): string {
  const rows = own().map(({ name, help, type, labelNames }) => [
    `\`${name}\``,
    type,
    labelNames.map(label => `\`${label}\``).join(', '),
    help,
  ]);
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

/** A series' name, for other pages. @throws where there is none of that name any more */
export function series(name: string): string {
  if (!own().some(metric => metric.name === name)) throw new Error(`no metric ${name}`);
  return name;
}

function own(): Described[] {
  const all = createMetrics().registry.getMetricsAsArray() as unknown as Described[];
  return all.filter(({ name }) => name.startsWith('kube_events_'));
}
