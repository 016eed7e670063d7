/**
 * Writes the reference pages from the code that they describe. `--check` writes nothing and fails where a page is out
 * of step.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cardinality } from './pages/cardinality.ts';
import { configuration, configurationSchema } from './pages/configuration.ts';
import { lineFormats } from './pages/line-formats.ts';
import { metrics } from './pages/metrics.ts';
import { reasons } from './pages/reasons.ts';
import { streamSchema } from './pages/stream-schema.ts';

const pages: Readonly<Record<string, () => string>> = {
  'cardinality.md': cardinality,
  'configuration.md': configuration,
  'configuration.schema.json': configurationSchema,
  'line-formats.md': lineFormats,
  'metrics.md': metrics,
  'reasons.md': reasons,
  'stream-schema.md': streamSchema,
};

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
