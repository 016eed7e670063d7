#!/usr/bin/env node
import { Command, CommanderError, type Option } from 'commander';
import type { CheckOptions } from './commands/check.ts';
import { type DashboardsOptions, dashboardsFlags } from './commands/dashboards-flags.ts';
import { explain } from './commands/explain.ts';
import type { NotifyOptions } from './commands/notify.ts';
import { type RulesOptions, rulesFlags } from './commands/rules-flags.ts';
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
  configured(program.command('run'))
    .description('Watch events and push them to Loki, until SIGTERM.')
    .option('--dry-run', 'The same as --output dry-run.')
    .action(async ({ dryRun, ...options }: RunOptions) => {
      if (dryRun) options['output'] = 'dry-run';
      exitCode = await run(options['config'], givenFlags(options));
    });
  configured(program.command('check'))
    .description(
      'Say before the first event whether it will work: configuration, rights, API server, Loki and its limits.',
    )
    .option('--canary', 'Write one entry to Loki, in a stream of its own, and read it back.')
    .option('--offline', 'Look at the configuration alone: ask neither Kubernetes nor Loki.')
    .option('--format <FORMAT>', 'text by default, or json.')
    .option('--clusters <NUMBER>', 'Clusters that write to the tenant, each with this budget; 1 by default.')
    .option(
      '--stream-limit <NUMBER>',
      "The tenant's max_global_streams_per_user, 0 for none; what Loki says by default, else 5000.",
    )
    .action(async ({ canary, offline, ...options }: CheckFlags) => {
      const { check } = await import('./commands/check.ts');
      const given: CheckOptions = { ...options, canary: canary === true, offline: offline === true };
      exitCode = await check(options['config'], givenFlags(options), given);
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
  const rulesCommand = program
    .command('rules')
    .description(
      "Write alert rules: for Loki's ruler and its operator, for Grafana, as Kubernetes resources.",
    )
    .option('--list', 'Say which targets and rules there are.')
    .exitOverride();
  for (const { flag, value, description } of rulesFlags)
    rulesCommand.option(`${flag} <${value}>`, description);
  rulesCommand.action(async (options: RulesOptions) => {
    // Neither is the catalogue of rules.
    const { rules } = await import('./commands/rules.ts');
    exitCode = rules(options);
  });
  program
    .command('notify')
    .description(
      'Take alerts of Alertmanager and Grafana, and post them to DingTalk, Feishu, WeCom, Slack, …',
    )
    .requiredOption('--config <FILE>', 'A YAML file with the receivers.')
    .option('--test <RECEIVER>', 'Send one sample message to a receiver, and say what the service answered.')
    .exitOverride()
    .action(async (options: NotifyOptions) => {
      const { notify } = await import('./commands/notify.ts');
      exitCode = await notify(options);
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

/** A command that takes a configuration, as a file and by flags. */
function configured(command: Command): Command {
  command.option('--config <FILE>', 'A YAML file; every flag below is a key of it, and wins over it.');
  const keys = new Map<string, readonly string[]>();
  for (const { flag, value, key } of flags) {
    keys.set(flag, key);
    command.option(`${flag} <${value}>`);
  }
  // Reading them off the schema takes a third of a start, so that it waits until somebody wants to see them.
  const optionDescription = ({ long, description }: Option) => {
    const key = keys.get(long ?? '');
    return key === undefined ? description : descriptionOf(key);
  };
  return command.configureHelp({ optionDescription }).exitOverride();
}

function givenFlags(options: Record<string, string>): FlagValues {
  return Object.fromEntries(
    flags.flatMap(({ flag }) => {
      const text = options[camelCase(flag)];
      return text === undefined ? [] : [[flag, text]];
    }),
  );
}

/** Texts by flag, but for the one that takes none. */
type RunOptions = { dryRun?: boolean } & Record<string, string>;

/** Likewise. */
type CheckFlags = { canary?: boolean; offline?: boolean } & Record<string, string>;

/** `--loki-url` as commander names its value: `lokiUrl`. */
function camelCase(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
