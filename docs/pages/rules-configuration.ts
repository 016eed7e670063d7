import { z } from 'zod';
import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { rulesConfigFlags } from '../../alert-rules/config-flags.ts';
import { exporterRuleGroups } from '../../alert-rules/exporter-rules/catalogue.ts';
import { describeKeys, type KeyReference } from '../../exporter/config/describe.ts';
import { note, table } from './markdown.ts';

/** Keys that every rule has. */
const common = ['enabled', 'severity', 'for', 'interval'];

/** Characters of a default; a longer one is an example of its own. */
const maxDefaultLength = 60;

interface Group {
  readonly interval: string;
  readonly rules: readonly { readonly name: string; readonly severity: string; readonly for: string }[];
}

/** Every key of what `rules` takes, and every rule's settings. */
export function rulesConfiguration(): string {
  const keys = describeKeys(rulesConfigSchema);
  const below = (section: string) => keys.filter(({ name }) => name.startsWith(`${section}.`));
  const sections = ['rules', 'exporterRules', 'recording', 'notifications'];
  const general = keys.filter(({ name }) => !sections.some(section => name.startsWith(`${section}.`)));
  return `# Configuration of alert rules

${note}
\`kube-events-loki rules\` takes a YAML file (\`--config FILE\`), flags, or both; flags win. Nothing is needed: without a file
every default holds. A dot in a name is a section. A fault is told with file, line and column and what is accepted, all
faults at once, and the exit code is 2. Editors complete and check it by
[rules-configuration.schema.json](rules-configuration.schema.json), named in its first line:

\`\`\`yaml
# yaml-language-server: $schema=rules-configuration.schema.json
grafana: https://grafana.example.com
labels:
  team: platform
rules:
  CrashLoop:
    threshold: 5
  HpaFailing:
    enabled: false
\`\`\`

[Alerts](alerting.md) says how the rules get to what evaluates them.

${table(['key', 'flag', 'type', 'default', 'meaning'], general.map(generalRow))}
## Rules

A rule's section is \`rules.NAME\`.

${table(['key', 'meaning'], commonRows(below('rules')))}
A window has to be at least as long as \`for\`, the interval and six minutes together: so late can an entry arrive.

${rulesTables('rules', ruleGroups, below('rules'))}
## Rules about the exporter

They read the exporter's metrics in Prometheus (targets \`prometheus\` and \`prometheus-operator\`). Their section is
\`exporterRules.NAME\`, with the same keys.

${rulesTables('exporterRules', exporterRuleGroups, below('exporterRules'))}
## Recording rules

The target \`recording\`.

${table(['key', 'default', 'meaning'], below('recording').map(settingRow('recording')))}
## Notifications

The targets \`alertmanager\` and \`grafana-notifications\`. \`NAME\` is a name of your own.

${table(['key', 'type', 'default', 'meaning'], below('notifications').map(notificationRow))}`;
}

function generalRow({ name, type, description, ...key }: KeyReference): string[] {
  const flag = rulesConfigFlags.find(other => other.key.join('.') === name);
  return [`\`${name}\``, flag ? `\`${flag.flag} ${flag.value}\`` : '', type, shown(key.default), description];
}

/** Told once, for they are the same with every rule. */
function commonRows(keys: readonly KeyReference[]): string[][] {
  return common.map(name => {
    const found = keys.find(key => key.name.endsWith(`.${name}`));
    return [`\`${name}\``, found?.description ?? ''];
  });
}

function rulesTables(section: string, groups: readonly Group[], keys: readonly KeyReference[]): string {
  const defaults = groups.flatMap(({ interval, rules }) =>
    rules.map(rule => [`\`${rule.name}\``, rule.severity, rule.for, interval]),
  );
  const settings = keys.filter(({ name }) => !common.includes(name.split('.').at(-1) ?? ''));
  return [
    table(['rule', 'severity', 'for', 'interval'], defaults),
    ...(settings.length === 0
      ? []
      : [table(['key', 'default', 'meaning'], settings.map(settingRow(section)))]),
  ].join('\n');
}

/** A row whose key is told without its section. */
function settingRow(section: string): (key: KeyReference) => string[] {
  return ({ name, description, ...key }) => [
    `\`${name.slice(section.length + 1)}\``,
    shown(key.default),
    description,
  ];
}

function notificationRow({ name, type, required, description, ...key }: KeyReference): string[] {
  return [`\`${name}\``, type, required ? 'required' : shown(key.default), description];
}

function shown(value: unknown): string {
  if (value === undefined || value === '') return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxDefaultLength ? 'an example' : `\`${text}\``;
}

/** For editors. */
export function rulesConfigurationSchema(): string {
  const schema = z.toJSONSchema(rulesConfigSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Configuration of the alert rules of kube-events-loki', ...schema }, null, 2)}\n`;
}
