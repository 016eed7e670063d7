import type { z } from 'zod';
import type { CombinationFault } from './combinations.ts';
import { ConfigError, maxFaults } from './config-error.ts';
import type { Flag } from './flags.ts';
import { locate, parseSource, readText, type Source, toValue } from './source.ts';

/** Values given as flags, by flag: `{'--loki-url': 'http://…'}`. */
export type FlagValues = Readonly<Record<string, string>>;

/** A kind of configuration, as a file and by flags. */
export interface ConfigForm<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly flags: readonly Flag[];
  /** What a file may say, in one line. */
  readonly example: string;
  /** What is wrong with keys that are well on their own. */
  readonly combinationFaults: (input: unknown) => readonly CombinationFault[];
}

/**
 * Reads a configuration: the file, if any, with the flags on top.
 * @throws ConfigError naming file, line and column, or the flag, of every fault
 */
export function loadForm<Schema extends z.ZodType>(
  form: ConfigForm<Schema>,
  file: string | undefined,
  given: FlagValues,
): z.output<Schema> {
  return parseForm(form, file, file === undefined ? '' : readText(file), given);
}

/**
 * Reads a configuration from a file's text.
 * @throws ConfigError as `loadForm` does
 */
export function parseForm<Schema extends z.ZodType>(
  form: ConfigForm<Schema>,
  file: string | undefined,
  text: string,
  given: FlagValues,
): z.output<Schema> {
  const source = file === undefined ? undefined : parseSource(file, text);
  const input = source ? (toValue(source) ?? {}) : {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigError([`${file}:1:1: expected keys and values, as in "${form.example}"`]);
  }
  for (const { flag, key } of form.flags) {
    const value = given[flag];
    if (value !== undefined) setIn(input as Record<string, unknown>, key, value);
  }
  const result = form.schema.safeParse(input);
  const faults = [
    ...(result.error?.issues.slice(0, maxFaults + 1).flatMap(issue => describe(issue, form, source, given)) ??
      []),
    ...form
      .combinationFaults(input)
      .map(({ path, message }) => `${locate(path, source)}${path.join('.')}: ${message}`),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

function describe(
  issue: z.core.$ZodIssue,
  { schema, flags }: ConfigForm,
  source: Source | undefined,
  given: FlagValues,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const accepted = acceptedKeys(schema, issue.path);
    return issue.keys.slice(0, maxFaults + 1).map(key => {
      const path = [...issue.path, key];
      return `${locate(path, source)}${path.join('.')}: unknown key; the keys here are ${accepted.join(', ')}`;
    });
  }
  const name = issue.path.join('.');
  const flag = flags.find(({ key }) => key.join('.') === name);
  const value = flag && given[flag.flag];
  // A password in a URL stays out of the message.
  if (value !== undefined)
    return [`${flag?.flag} ${value.replace(/:\/\/[^/]*@/, '://…@')}: ${issue.message}`];
  return [`${locate(issue.path, source)}${name}: ${issue.message}`];
}

function acceptedKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let section = schema;
  for (const part of path)
    section = typeof part === 'number' ? within(section, 'element') : within(section, 'shape')?.[part];
  return Object.keys(within(section, 'shape') ?? {});
}

/** What zod's schemas of objects and lists are made of. */
interface SchemaParts {
  shape?: Record<PropertyKey, unknown>;
  element?: unknown;
  def?: { innerType?: unknown; options?: readonly unknown[] };
}

/** The keys of an object schema, or the items of a list's, through the defaults and unions that wrap it. */
function within<Part extends 'shape' | 'element'>(
  schema: unknown,
  part: Part,
): SchemaParts[Part] | undefined {
  const known = schema as SchemaParts | undefined;
  if (known?.[part] !== undefined) return known[part];
  const { innerType, options = [] } = known?.def ?? {};
  const inner = innerType === undefined ? options : [innerType];
  return inner.map(option => within(option, part)).find(found => found !== undefined);
}

function setIn(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  target[head] ??= {};
  const section = target[head];
  // A section that is something else is left for the schema to refuse.
  if (typeof section === 'object') setIn(section as Record<string, unknown>, rest, value);
}
