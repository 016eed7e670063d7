import { z } from 'zod';
import { describeKeys } from '../../exporter/config/describe.ts';
import { flags } from '../../exporter/config/flags.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { note, table } from './markdown.ts';

/** Every key and flag. */
export function configuration(): string {
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

/** For editors. */
export function configurationSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Configuration of kube-events-loki', ...schema }, null, 2)}\n`;
}
