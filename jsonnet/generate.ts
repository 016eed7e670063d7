/** Writes what the mixin is made of: `config.libsonnet` and `templates/`; `--check` writes nothing. */
import { languages } from '../alert-rules/rule.ts';
import { ruleTemplates } from '../alert-rules/template.ts';
import { profiles } from '../dashboards/profile.ts';
import { dashboardTemplates } from '../dashboards/render.ts';
import type { Json } from '../dashboards/token.ts';
import { writeGenerated } from '../docs/generated-files.ts';
import { mixinConfig } from './config.ts';
import { configText } from './config-text.ts';

const files = new Map<string, string>([
  ['config.libsonnet', configText(mixinConfig())],
  ...Array.from(dashboardTemplates(profiles.default), ([name, template]) => {
    return [`templates/dashboards/${name}.json`, jsonText(template)] as const;
  }),
  ...languages.map(language => {
    return [`templates/rules.${language}.json`, jsonText({ ...ruleTemplates(language) })] as const;
  }),
]);
writeGenerated(new URL('./', import.meta.url), files, ['templates']);

function jsonText(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
