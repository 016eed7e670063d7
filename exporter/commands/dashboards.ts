import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allWarnings } from '../../dashboards/annotation.ts';
import { profileNames, profiles } from '../../dashboards/profile.ts';
import { queriesOf, type RenderOptions, renderDashboards } from '../../dashboards/render.ts';
import {
  type Dashboards,
  type Files,
  OptionError,
  type Target,
  type TargetOptions,
} from '../../dashboards/targets/target.ts';
import { targets } from '../../dashboards/targets/targets.ts';
import type { DashboardsOptions } from './dashboards-flags.ts';

interface Output {
  write(text: string): unknown;
}

/**
 * `dashboards`: writes the dashboards for a kind of data, in a form that gets them into Grafana.
 * @returns the exit code: 1 where a file can't be written, 2 for a value that isn't accepted
 */
export function dashboards(
  options: DashboardsOptions,
  output: Output = process.stdout,
  errors: Output = process.stderr,
): number {
  try {
    output.write(run(options));
    return 0;
  } catch (error) {
    if (error instanceof OptionError) {
      errors.write(`${error.message}\n`);
      return 2;
    }
    if (error instanceof Error && 'syscall' in error) {
      errors.write(`${error.message}; give --out a folder that can be written to\n`);
      return 1;
    }
    throw error;
  }
}

function run(options: DashboardsOptions): string {
  const rendered = renderOptions(options);
  if (options.list === true) return listing(rendered);
  if (options.annotation === true) return `${JSON.stringify(allWarnings(queriesOf(rendered)), null, 2)}\n`;
  const format = oneOf('--format', options.format ?? 'json', namesOf(targets));
  const target: Target = targets[format];
  const dashboards = chosen(renderDashboards(rendered), options.dashboard);
  const files = target.files(dashboards, targetOptions(options, format, target));
  if (options.out === undefined || options.out === '-') return joined(files, target);
  return written(files, options.out);
}

function renderOptions({ profile = 'default', job, clusterLabel, docs }: DashboardsOptions): RenderOptions {
  // These end up in LogQL as they are.
  if (job !== undefined && !/^[^"\\`$\s][^"\\`$\n]*$/.test(job)) {
    throw new OptionError(`--job ${job}: it cannot be empty, nor have quotes, $ or \\ in it`);
  }
  if (clusterLabel !== undefined && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(clusterLabel)) {
    throw new OptionError(`--cluster-label ${clusterLabel}: a label has letters, digits and _`);
  }
  if (docs !== undefined && !/^https?:\/\/[^\s"$]+$/.test(docs)) {
    throw new OptionError(`--docs ${docs}: write it as https://…`);
  }
  return {
    profile: oneOf('--profile', profile, profileNames),
    ...(job !== undefined && { job }),
    ...(clusterLabel !== undefined && { clusterLabel }),
    ...(docs !== undefined && { docs: docs.replace(/\/+$/, '') }),
  };
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

function joined(files: Files, { separator }: Target): string {
  if (files.size > 1 && separator === undefined) {
    throw new OptionError(`${files.size} files cannot go to stdout as one: give --out DIR`);
  }
  return [...files.values()].join(separator);
}

/** @returns the paths, one a line */
function written(files: Files, folder: string): string {
  const paths = Array.from(files, ([name, text]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return `${path}\n`;
  });
  return paths.join('');
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

function section(title: string, rows: readonly (readonly [name: string, description: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, description]) => `  ${name.padEnd(width)}  ${description}\n`);
  return `${title}\n${lines.join('')}`;
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /, 1).join('');
}

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}

/** @throws OptionError, which says what is accepted */
function oneOf<Name extends string>(flag: string, value: string, names: readonly Name[]): Name {
  const found = names.find(name => name === value);
  if (found === undefined)
    throw new OptionError(`${flag} ${value} is not known; it can be ${names.join(', ')}`);
  return found;
}
