import { allWarnings } from '../../dashboards/annotation.ts';
import { profileNames, profiles } from '../../dashboards/profile.ts';
import { queriesOf, type RenderOptions, renderDashboards } from '../../dashboards/render.ts';
import {
  type Dashboards,
  OptionError,
  type Target,
  type TargetOptions,
} from '../../dashboards/targets/target.ts';
import { targets } from '../../dashboards/targets/targets.ts';
import { type DashboardsOptions, dashboardsFlags } from './dashboards-flags.ts';
import { namesOf, type Output, oneOf, placed, printed, section } from './output.ts';

/**
 * `dashboards`: writes the dashboards for a kind of data, in a form that gets them into Grafana.
 * @returns the exit code: 1 where a file can't be written, 2 for a value that isn't accepted
 */
export function dashboards(
  options: DashboardsOptions,
  output: Output = process.stdout,
  errors: Output = process.stderr,
): number {
  return printed(() => run(options), output, errors);
}

function run(options: DashboardsOptions): string {
  const rendered = renderOptions(options);
  if (options.list === true) return listing(rendered);
  if (options.annotation === true) return `${JSON.stringify(allWarnings(queriesOf(rendered)), null, 2)}\n`;
  const format = oneOf('--format', options.format ?? 'json', namesOf(targets));
  const target: Target = targets[format];
  const dashboards = chosen(renderDashboards(rendered), options.dashboard);
  const files = target.files(dashboards, targetOptions(options, format, target));
  return placed(files, target, options.out);
}

/** Values that end up in LogQL, JSON and links as they are. */
const accepted = {
  job: [/^[^"\\`$\s{}@][^"\\`$\n{}@]*$/, 'it cannot be empty, nor have quotes, braces, $, @ or \\ in it'],
  clusterLabel: [/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'a label has letters, digits and _'],
  selector: [
    /^[a-zA-Z_]\w*(?:=~?|!=|!~)"(?:[^"\\$@\n]|\\.)*"(?:,\s*[a-zA-Z_]\w*(?:=~?|!=|!~)"(?:[^"\\$@\n]|\\.)*")*$/,
    'write it as environment="prod", team=~"a|b"',
  ],
  docs: [/^https?:\/\/[^\s"$@]+$/, 'write it as https://…'],
  datasource: [/^[^$@\n]+$/, 'it is the name or the uid of a data source'],
  prometheusDatasource: [/^[^$@\n]+$/, 'it is the name or the uid of a data source'],
  // Grafana's uids have 40 characters, and the longest name of a dashboard has ten.
  uidPrefix: [/^[a-zA-Z0-9_-]{0,30}$/, 'it has at most 30 letters, digits, - and _'],
  tags: [/^[^,\s@$][^,@$]*(?:,[^,\s@$][^,@$]*)*$/, 'write them as kube-events,loki'],
  refresh: [/^(?:off|[1-9]\d*[smhd])$/, 'write it as 30s, 1m or off'],
} as const;

function renderOptions(options: DashboardsOptions): RenderOptions {
  for (const name of namesOf(accepted)) {
    const value = options[name];
    const [pattern, advice] = accepted[name];
    if (value !== undefined && !pattern.test(value)) {
      throw new OptionError(`${dashboardsFlags[name].flag} ${value}: ${advice}`);
    }
  }
  const { profile = 'default', docs, tags, refresh } = options;
  const { job, clusterLabel, selector, datasource, prometheusDatasource, uidPrefix } = options;
  return {
    profile: oneOf('--profile', profile, profileNames),
    ...given({ job, clusterLabel, selector, datasource, prometheusDatasource, uidPrefix }),
    ...(docs !== undefined && { docs: docs.replace(/\/+$/, '') }),
    ...(tags !== undefined && { tags: tags.split(',') }),
    ...(refresh !== undefined && { refresh: refresh === 'off' ? '' : refresh }),
  };
}

/** Those of some options that were given. */
function given<Name extends string>(options: Readonly<Record<Name, string | undefined>>) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Readonly<
    Partial<Record<Name, string>>
  >;
}

function chosen(all: Dashboards, name: string | undefined): Dashboards {
  if (name === undefined) return all;
  oneOf('--dashboard', name, [...all.keys()]);
  return new Map([...all].filter(([other]) => other === name));
}

/** What the target wants to know. @throws OptionError for what it has no use for */
function targetOptions(options: DashboardsOptions, format: string, target: Target): TargetOptions {
  const none: TargetOptions = { folder: '', namespace: '', instance: '', path: '' };
  const given = namesOf(none).flatMap(name => {
    const value = options[name];
    if (value === undefined) return [];
    if (target.options[name] === undefined) {
      const others = namesOf(targets).filter(other => name in targets[other].options);
      throw new OptionError(`--${name} is of no use to the format ${format}, only to ${others.join(', ')}`);
    }
    return [[name, value] as const];
  });
  return { ...none, ...target.options, ...Object.fromEntries(given) };
}

function listing(rendered: RenderOptions): string {
  return [
    section(
      '--profile, whose events they are:',
      profileNames.map(name => [name, `${profiles[name].description} (job ${profiles[name].job})`]),
    ),
    section(
      '--format, what to write:',
      namesOf(targets).map(name => [name, targets[name].description]),
    ),
    section(
      '--dashboard:',
      Array.from(renderDashboards(rendered), ([name, { description = '' }]) => [
        name,
        firstSentence(description),
      ]),
    ),
  ].join('\n');
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /, 1).join('');
}
