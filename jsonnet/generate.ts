/**
 * Writes what the mixin is made of: `config.libsonnet` and `templates/`. `--check` writes nothing and fails where a file is
 * out of step.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { languages } from '../alert-rules/rule.ts';
import { ruleTemplates } from '../alert-rules/template.ts';
import { profiles } from '../dashboards/profile.ts';
import { dashboardTemplates } from '../dashboards/render.ts';
import type { Json } from '../dashboards/token.ts';
import { mixinConfig } from './config.ts';
import { configText } from './config-text.ts';

const folder = new URL('./', import.meta.url);
const files = new Map<string, string>([
  ['config.libsonnet', configText(mixinConfig())],
  ...Array.from(dashboardTemplates(profiles.default), ([name, template]) => {
    return [`templates/dashboards/${name}.json`, jsonText(template)] as const;
  }),
  ...languages.map(language => {
    return [`templates/rules.${language}.json`, jsonText({ ...ruleTemplates(language) })] as const;
  }),
]);

const stale = readdirSync(new URL('templates/', folder), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.json'))
  .map(name => `templates/${name}`)
  .filter(name => !files.has(name));
const changed = [...files].filter(([name, text]) => readText(name) !== text);
if (!process.argv.includes('--check')) {
  for (const name of stale) rmSync(new URL(name, folder));
  for (const [name, text] of changed) {
    mkdirSync(new URL(`${dirname(name)}/`, folder), { recursive: true });
    writeFileSync(new URL(name, folder), text);
  }
} else if (changed.length + stale.length > 0) {
  const names = [...changed.map(([name]) => name), ...stale].join(', ');
  process.stderr.write(`jsonnet is out of step (${names}): run npm run generate\n`);
  process.exitCode = 1;
}

function jsonText(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readText(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return undefined;
  }
}
