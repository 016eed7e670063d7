/**
 * Writes the reference pages from the code that they describe. `--check` writes nothing and fails where a page is out
 * of step.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { alertRules } from './pages/alert-rules.ts';
import { cardinality } from './pages/cardinality.ts';
import { configuration, configurationSchema } from './pages/configuration.ts';
import { lineFormats } from './pages/line-formats.ts';
import { metrics } from './pages/metrics.ts';
import { notifyConfiguration, notifyConfigurationSchema } from './pages/notify-configuration.ts';
import { reasons } from './pages/reasons.ts';
import { rulesConfiguration, rulesConfigurationSchema } from './pages/rules-configuration.ts';
import { runbooks } from './pages/runbook.ts';
import { streamSchema } from './pages/stream-schema.ts';

const pages: Readonly<Record<string, () => string>> = {
  'alert-rules.md': alertRules,
  'cardinality.md': cardinality,
  'configuration.md': configuration,
  'configuration.schema.json': configurationSchema,
  'line-formats.md': lineFormats,
  'metrics.md': metrics,
  'notify-configuration.md': notifyConfiguration,
  'notify-configuration.schema.json': notifyConfigurationSchema,
  'reasons.md': reasons,
  'rules-configuration.md': rulesConfiguration,
  'rules-configuration.schema.json': rulesConfigurationSchema,
  ...runbooks(),
  'stream-schema.md': streamSchema,
};

const check = process.argv.includes('--check');
const ofRules = new URL('runbooks/', import.meta.url);
mkdirSync(ofRules, { recursive: true });
for (const name of readdirSync(ofRules)) {
  if (Object.hasOwn(pages, `runbooks/${name}`)) continue;
  if (!check) {
    rmSync(new URL(name, ofRules));
  } else {
    console.error(`docs/runbooks/${name} is of no rule: run \`npm run generate\``);
    process.exitCode = 1;
  }
}
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
