import { combinationFaults } from './combinations.ts';
import { flags } from './flags.ts';
import { type ConfigForm, type FlagValues, loadForm, parseForm } from './form.ts';
import { type Config, configSchema } from './schema.ts';

export { ConfigError } from './config-error.ts';
export type { FlagValues };

/** The exporter's own. */
const form: ConfigForm<typeof configSchema> = {
  schema: configSchema,
  flags,
  example: 'loki: {url: http://loki:3100}',
  combinationFaults,
};

/**
 * Reads the configuration: the file, if any, with the flags on top.
 * @throws ConfigError naming file, line and column, or the flag, of every fault
 */
export function loadConfig(file: string | undefined, given: FlagValues): Config {
  return loadForm(form, file, given);
}

/**
 * Reads the configuration from a file's text.
 * @throws ConfigError as `loadConfig` does
 */
export function parseConfig(file: string | undefined, text: string, given: FlagValues): Config {
  return parseForm(form, file, text, given);
}
