import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Files, OptionError } from '../../dashboards/targets/target.ts';

/** Where a command writes to. */
export interface Output {
  write(text: string): unknown;
}

/**
 * Runs a command that makes files, and prints what it returns.
 * @returns the exit code: 1 where a file can't be written, 2 for a value that isn't accepted
 */
export function printed(command: () => string, output: Output, errors: Output): number {
  try {
    output.write(command());
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

/**
 * Writes files to a folder, or puts them together for stdout where there is none, or it is `-`.
 * @returns what to print: the paths, one a line, or the text
 * @throws OptionError for several files that make no stream
 */
export function placed(
  files: Files,
  { separator }: { readonly separator?: string },
  folder: string | undefined,
): string {
  if (folder !== undefined && folder !== '-') return written(files, folder);
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

/** A part of a listing. */
export function section(
  title: string,
  rows: readonly (readonly [name: string, description: string])[],
): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, description]) => `  ${name.padEnd(width)}  ${description}\n`);
  return `${title}\n${lines.join('')}`;
}

/** The keys of a record that has no others. */
export function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(record) as Name[];
}

/** @throws OptionError, which says what is accepted */
export function oneOf<Name extends string>(flag: string, value: string, names: readonly Name[]): Name {
  const found = names.find(name => name === value);
  if (found === undefined)
    throw new OptionError(`${flag} ${value} is not known; it can be ${names.join(', ')}`);
  return found;
}
