import { z } from 'zod';
import { notifyConfigSchema } from '../../alert-rules/notify/config.ts';
import { createNotifyMetrics } from '../../alert-rules/notify/metrics.ts';
import { templateVariables } from '../../alert-rules/notify/template.ts';
import { describeKeys } from '../../exporter/config/describe.ts';
import { note, table } from './markdown.ts';

/** Every key of what `notify` takes, what its templates can use, and its metrics. */
export function notifyConfiguration(): string {
  const rows = describeKeys(notifyConfigSchema).map(({ name, description, type, required, ...key }) => [
    `\`${name}\``,
    type,
    required ? 'required' : key.default === undefined ? '' : `\`${shown(key.default)}\``,
    description,
  ]);
  const variables = Object.entries(templateVariables).map(([name, description]) => [
    `\`${name}\``,
    description,
  ]);
  const series = metricsOf().map(({ name, help, type, labelNames }) => [
    `\`${name}\``,
    type,
    labelNames.map(label => `\`${label}\``).join(', '),
    help,
  ]);
  return `# Configuration of \`notify\`

${note}
What it does and how to set it up is told in [its guide](notify.md). A dot in a name is a section, and \`[]\` an item of a list.
A fault is told with file, line and column and what is accepted, all faults at once, and the exit code is 2. Editors
complete and check the file by [notify-configuration.schema.json](notify-configuration.schema.json).

${table(['key', 'type', 'default', 'meaning'], rows)}
## Variables of a template

${table(['variable', 'value'], variables)}
## Metrics

\`/metrics\` serves these, and Node's own under \`nodejs_\` and \`process_\`.

${table(['series', 'type', 'labels', 'meaning'], series)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A metric as prom-client keeps it; its types leave these out. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

function metricsOf(): Described[] {
  const all = createNotifyMetrics([]).registry.getMetricsAsArray() as unknown as Described[];
  return all.filter(({ name }) => name.startsWith('kube_events_'));
}

/** For editors. */
export function notifyConfigurationSchema(): string {
  const schema = z.toJSONSchema(notifyConfigSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Configuration of kube-events-loki notify', ...schema }, null, 2)}\n`;
}
