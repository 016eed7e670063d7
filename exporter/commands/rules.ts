import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { loadRulesConfig } from '../../alert-rules/config-file.ts';
import { rulesConfigFlags } from '../../alert-rules/config-flags.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { filesOf, OptionError, type Target, type TargetOptions } from '../../alert-rules/targets/target.ts';
import { targets } from '../../alert-rules/targets/targets.ts';
import type { FlagValues } from '../config/form.ts';
import { namesOf, type Output, oneOf, placed, printed, section } from './output.ts';
import type { RulesOptions } from './rules-flags.ts';

/**
 * `rules`: writes the alert rules, as a configuration wants them, in a form for what evaluates them.
 * @returns the exit code: 1 where a file can't be written, 2 for a value that isn't accepted
 * @throws ConfigError with every fault of the configuration
 */
export function rules(
  options: RulesOptions,
  output: Output = process.stdout,
  errors: Output = process.stderr,
): number {
  return printed(() => run(options), output, errors);
}

function run(options: RulesOptions): string {
  if (options.list === true) return listing();
  const name = oneOf('--target', options.target ?? 'ruler', namesOf(targets));
  const target: Target = targets[name];
  const config = loadRulesConfig(options.config, configFlags(options));
  const files = filesOf(target, renderRules(config), config, targetOptions(options, name, target));
  return placed(files, target, options.out);
}

function configFlags(options: RulesOptions): FlagValues {
  return Object.fromEntries(
    rulesConfigFlags.flatMap(({ flag, key }) => {
      const value = options[key.join('.') as keyof RulesOptions];
      return typeof value === 'string' ? [[flag, value]] : [];
    }),
  );
}

/** @throws OptionError for what the target has no use for */
function targetOptions(options: RulesOptions, name: string, target: Target): Partial<TargetOptions> {
  const flags: Readonly<Record<keyof TargetOptions, string>> = {
    namespace: '--namespace',
    folder: '--folder',
    tenant: '--tenant',
    resourceLabel: '--resource-label',
  };
  const given = namesOf(flags).flatMap(option => {
    const value = options[option];
    if (value === undefined) return [];
    if (target.options?.[option] === undefined) {
      const others = Object.entries<Target>(targets).flatMap(([other, { options: heeded = {} }]) =>
        option in heeded ? [other] : [],
      );
      throw new OptionError(
        `${flags[option]} is of no use to the target ${name}, only to ${others.join(', ')}`,
      );
    }
    return [[option, value] as const];
  });
  return Object.fromEntries(given);
}

function listing(): string {
  return [
    section(
      '--target, what to write:',
      namesOf(targets).map(name => [name, targets[name].description]),
    ),
    section(
      'rules, with their severity; --config switches them off and sets their thresholds:',
      ruleGroups.flatMap(group =>
        group.rules.map(({ name, severity, summary }) => [name, `${severity}: ${summary.en}`] as const),
      ),
    ),
  ].join('\n');
}
