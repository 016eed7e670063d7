#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { type DashboardsOptions, dashboardsFlags } from './commands/dashboards-flags.ts';
import { explain } from './commands/explain.ts';
import { run } from './commands/run.ts';
import { descriptionOf } from './config/describe.ts';
import { flags } from './config/flags.ts';
import { ConfigError, type FlagValues } from './config/load.ts';
import { version } from './version.ts';

/** 0 done, 1 failed, 2 called or configured wrongly. */
process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('kube-events-loki')
    .description('Keeps Kubernetes events in Grafana Loki.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists what there is)');
  const runCommand = program
    .command('run')
    .description('Watch events and push them to Loki, until SIGTERM.')
    .option('--config <FILE>', 'A YAML file; every flag below is a key of it, and wins over it.')
    .option('--dry-run', 'The same as --output dry-run.')
    .exitOverride();
  for (const { flag, value, key } of flags) runCommand.option(`${flag} <${value}>`, descriptionOf(key));
  runCommand.action(async ({ dryRun, ...options }: RunOptions) => {
    if (dryRun) options['output'] = 'dry-run';
    const given: FlagValues = Object.fromEntries(
      flags.flatMap(({ flag }) => {
        const text = options[camelCase(flag)];
        return text === undefined ? [] : [[flag, text]];
      }),
    );
    exitCode = await run(options['config'], given);
  });
  program
    .command('explain')
    .description(
      "What an event's reason means and what to check first; without one, all reasons by component.",
    )
    .argument('[REASON]', 'As in FailedScheduling; case does not matter.')
    .exitOverride()
    .action((reason: string | undefined) => {
      exitCode = explain(reason);
    });
  const dashboardsCommand = program
    .command('dashboards')
    .description("Write Grafana's dashboards: JSON to import, provisioning files, Kubernetes resources.")
    .option('--list', 'Say which profiles, formats and dashboards there are.')
    .option('--annotation', 'Print the annotation query that marks Warnings on any other dashboard.')
    .exitOverride();
  for (const { flag, value, description } of Object.values(dashboardsFlags)) {
    dashboardsCommand.option(`${flag} <${value}>`, description);
  }
  dashboardsCommand.action(async (options: DashboardsOptions) => {
    // Grafana's SDK is of no use to the other commands.
    const { dashboards } = await import('./commands/dashboards.ts');
    exitCode = dashboards(options);
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    throw error;
  }
}

/** Texts by flag, but for the one that takes none. */
type RunOptions = { dryRun?: boolean } & Record<string, string>;

/** `--loki-url` as commander names its value: `lokiUrl`. */
function camelCase(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
