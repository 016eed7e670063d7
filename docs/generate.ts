/** Writes the reference pages from the code that they describe; `--check` writes nothing. */
import { writeGenerated } from './generated-files.ts';
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

const files = Object.entries(pages).map(([name, write]) => [name, write()] as const);
writeGenerated(new URL('./', import.meta.url), new Map(files), ['runbooks']);
