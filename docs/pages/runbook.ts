import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { exporterRuleGroups } from '../../alert-rules/exporter-rules/catalogue.ts';
import {
  expressionOf,
  type RenderedRule,
  renderExporterRules,
  renderRules,
} from '../../alert-rules/render.ts';
import type { Rule } from '../../alert-rules/rule.ts';
import { isKnownReason } from '../../exporter/event/reasons/catalogue.ts';
import { note, table } from './markdown.ts';

// With everything that a rule may need, so that there is a page of each.
const config = rulesConfigSchema.parse({ heartbeat: true });
const rendered = [...renderRules(config), ...renderExporterRules(config)].flatMap(group => group.rules);

/** Holds for every rule about events. */
const common =
  'First starts, repeats that Kubernetes holds back, late entries, labels that fold to `__other__`: [How they count](../alert-rules.md#how-they-count).';

/** Every rule of both kinds, in the order of the catalogues; ClusterSilent is of both. */
export const allRules: readonly Rule[] = [...ruleGroups, ...exporterRuleGroups].flatMap(
  (group): readonly Rule[] => group.rules,
);

/** Each rule's page, by its path below docs/: `runbook_url` leads to it. */
export function runbooks(): Readonly<Record<string, () => string>> {
  return Object.fromEntries(
    Array.from(
      Map.groupBy(allRules, ({ name }) => name),
      ([name, rules]) => [`runbooks/${name}.md`, () => runbook(rules)],
    ),
  );
}

/** A rule as the default configuration has it. @throws RangeError where it does not */
export function renderedRule(rule: Rule): RenderedRule {
  const found = rendered.find(other => other.rule === rule);
  if (found === undefined) throw new RangeError(`${rule.name} is not rendered`);
  return found;
}

/** What a team may set of a rule, with the reasons for the defaults; `for` among it where it is not 0. */
export function settingsTable(rule: Rule): string {
  const rows = Object.entries(rule.settings).map(([name, setting]) => [
    `\`${name}\``,
    `\`${setting.default}\``,
    setting.description,
  ]);
  const held = rule.for === '0s' ? [] : [['`for`', `\`${rule.for}\``, 'How long the condition has to hold.']];
  return table(['setting', 'default', 'what it is, and why'], [...rows, ...held]);
}

/** The labels that tell the alerts of a rule apart. */
export function groupingOf(rule: Rule): string {
  const { by } = renderedRule(rule);
  return by.length === 0 ? 'nothing: one alert in all' : by.map(name => `\`${name}\``).join(', ');
}

export function queryLanguage(rule: Rule): 'logql' | 'promql' {
  return rule.about === 'exporter' ? 'promql' : 'logql';
}

/** @param rules those of one name, the same but for what they rest on */
function runbook(rules: readonly Rule[]): string {
  const [rule] = rules;
  if (rule === undefined) throw new RangeError('a page without a rule');
  const { meaning, checks, causes, notes = [] } = rule.runbook;
  const surprises = rule.about === 'events' ? [...notes, common] : notes;
  return `# ${rule.name}

${note}
> **${shown(renderedRule(rule).summary)}**: ${shown(renderedRule(rule).description)}

Severity **${rule.severity}**; alerts by ${groupingOf(rule)}. It is one of the [alert rules](../alert-rules.md).

## Meaning

${meaning}

## First checks

${checks.map((check, index) => `${index + 1}. ${check}`).join('\n')}

In a command, what is in CAPITALS is to be filled in.

## Queries

${rules.map(queries).join('\n')}
## Likely causes

${list(causes)}
${surprises.length === 0 ? '' : `## When it surprises\n\n${list(surprises)}\n`}${rules.map(settings).join('')}${seeAlso(rule)}`;
}

function queries(rule: Rule): string {
  const { entries, name } = renderedRule(rule);
  const language = queryLanguage(rule);
  const expression = `What makes ${name} fire${language === 'promql' ? ', in Prometheus' : ''}:\n\n${code(language, expressionOf(renderedRule(rule)))}`;
  if (entries === undefined) return expression;
  const pinned = entries.replaceAll(/\{"(\w+)"\}/g, (_, label: string) => `"${label.toUpperCase()}"`);
  return `The newest events behind an alert:

${code(language, pinned)}
How often, over time:

${code(language, `sum by (reason) (sum_over_time(${pinned} | unwrap occurrences [5m]))`)}
${expression}`;
}

function settings(rule: Rule): string {
  if (Object.keys(rule.settings).length === 0) return '';
  const key = rule.about === 'exporter' ? 'exporterRules' : 'rules';
  return `## Settings${rule.about === 'exporter' ? ', in Prometheus' : ''}

${settingsTable(rule)}
They are under \`${key}.${rule.name}\` in [the configuration](../alert-rules.md#change-them).

`;
}

function seeAlso(rule: Rule): string {
  const reasons = rule.about === 'events' ? (rule.selection.reasons ?? []) : [];
  const links = reasons.map(reason =>
    isKnownReason(reason) ? `[${reason}](../reasons.md#${reason.toLowerCase()})` : reason,
  );
  const lines = [
    ...(rule.panel === undefined
      ? []
      : [
          `The panel *${rule.panel.title}* of the dashboard \`${rule.panel.dashboard}\`: [Dashboards](../dashboards.md).`,
        ]),
    ...(links.length === 0 ? [] : [`Reasons: ${links.join(', ')}.`]),
    'Every rule: [Alert rules](../alert-rules.md).',
  ];
  return `## See also\n\n${list(lines)}`;
}

/** A text with its placeholders as a person reads them. */
function shown(text: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'value' ? 'N' : name.toUpperCase()));
}

function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\`\n`;
}

function list(items: readonly string[]): string {
  return items.map(item => `- ${item}\n`).join('');
}
