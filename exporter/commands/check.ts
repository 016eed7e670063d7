import { type FlagValues, loadConfig } from '../config/load.ts';
import { defaultStreamLimit, formatCount, judgeTenant } from '../loki/cardinality/tenant-limit.ts';

/** What `check` is told of the tenant, as texts. */
export interface CheckOptions {
  readonly clusters?: string;
  readonly streamLimit?: string;
}

/**
 * `check`: whether the configuration is sound, and whether its cardinality budget fits the tenant that it shares with
 * other clusters.
 * @returns the exit code: 1 where the budget doesn't fit, 2 for an option that is no number
 * @throws ConfigError with every fault of the configuration
 */
export function check(
  configFile: string | undefined,
  given: FlagValues,
  options: CheckOptions,
  output: { write(text: string): unknown } = process.stdout,
): number {
  const clusters = wholeNumber(options.clusters ?? '1', 1);
  const limit = wholeNumber(options.streamLimit ?? String(defaultStreamLimit), 0);
  if (clusters === undefined || limit === undefined) {
    output.write('--clusters takes a number from 1, --stream-limit one from 0 (no limit)\n');
    return 2;
  }
  const { cardinality, routes } = loadConfig(configFile, given);
  output.write('configuration: sound\n');
  const { streams } = cardinality;
  const { verdict, needed, advice } = judgeTenant({ streams, clusters, routes: routes.length, limit });
  const budget = `${formatCount(streams)} streams × ${formatCount(clusters)} clusters = ${formatCount(needed)}`;
  const most = limit === 0 ? 'without a limit' : `under a limit of ${formatCount(limit)}`;
  output.write(`cardinality budget: ${budget}, ${most}: ${verdict}\n${advice ? `  ${advice}\n` : ''}`);
  return verdict === 'exceeds' ? 1 : 0;
}

function wholeNumber(text: string, least: number): number | undefined {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least ? number : undefined;
}
