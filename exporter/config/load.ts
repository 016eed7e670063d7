import { readFileSync } from 'node:fs';
import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { combinationFaults } from './combinations.ts';
import { flags } from './flags.ts';
import { type Config, configSchema } from './schema.ts';

/** Nobody reads more of them at once. */
const maxFaults = 100;

/** In characters: room for all keys that a section accepts. */
const maxFaultLength = 1000;

/** In characters. No configuration is longer, and a file that is something else can take minutes to parse. */
const maxFileLength = 256 << 10;

/** Everything that is wrong with a configuration, in one message: a line for each fault, with its place. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    const more = faults.length > maxFaults ? ['and more like these'] : [];
    super([...faults.slice(0, maxFaults).map(onOneLine), ...more].join('\n'));
    this.name = 'ConfigError';
  }
}

/** Values given as flags, by flag: `{'--loki-url': 'http://…'}`. */
export type FlagValues = Readonly<Record<string, string>>;

/**
 * Reads the configuration: the file, if any, with the flags on top.
 * @throws ConfigError naming file, line and column, or the flag, of every fault
 */
export function loadConfig(file: string | undefined, given: FlagValues): Config {
  return parseConfig(file, file === undefined ? '' : readText(file), given);
}

/**
 * Reads the configuration from a file's text.
 * @throws ConfigError as `loadConfig` does
 */
export function parseConfig(file: string | undefined, text: string, given: FlagValues): Config {
  const source = file === undefined ? undefined : parseSource(file, text);
  const input = source ? (toValue(source) ?? {}) : {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigError([`${file}:1:1: expected keys and values, as in "loki: {url: http://loki:3100}"`]);
  }
  for (const { flag, key } of flags) {
    const value = given[flag];
    if (value !== undefined) setIn(input as Record<string, unknown>, key, value);
  }
  const result = configSchema.safeParse(input);
  const faults = [
    ...(result.error?.issues.slice(0, maxFaults + 1).flatMap(issue => describe(issue, source, given)) ?? []),
    ...combinationFaults(input).map(
      ({ path, message }) => `${locate(path, source)}${path.join('.')}: ${message}`,
    ),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

interface Source {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: ${(error as Error).message}`]);
  }
}

function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  if (text.length > maxFileLength) {
    throw new ConfigError([
      `${file}: longer than ${maxFileLength} characters, which no configuration is: give another file with --config`,
    ]);
  }
  // Tags would make values of it that are no JSON: sets, bytes. The parser's own look for repeated keys is quadratic.
  const options = { lineCounter: lines, prettyErrors: false, resolveKnownTags: false, uniqueKeys: false };
  const document = parseDocument(text, options);
  const faults = [...document.errors, ...document.warnings, ...keyFaults(document)];
  if (faults.length > 0) {
    throw new ConfigError(
      faults.map(fault => `${file}:${place(lines, fault.pos[0])}: ${firstLine(fault.message)}`),
    );
  }
  return { file, document, lines };
}

/** Keys that stand in the same map before, and keys that are maps or lists. */
function keyFaults(document: Document.Parsed): Pick<YAMLError, 'message' | 'pos'>[] {
  const faults: Pick<YAMLError, 'message' | 'pos'>[] = [];
  // Nothing sound is nested so deeply that it could not be walked.
  if (document.errors.length > 0) return faults;
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const [start = 0, end = 0] = isNode(key) ? (key.range ?? []) : [];
        const fault = (message: string) => faults.push({ message, pos: [start, end] });
        if (isScalar(key)) {
          const text = String(key.value);
          if (seen.has(text)) fault('Map keys must be unique');
          seen.add(text);
        } else if (key !== null) fault('a key has to be a text');
      }
    },
  });
  return faults;
}

/** @throws ConfigError where an alias is of nothing, or aliases of aliases grow without bound */
function toValue({ file, document, lines }: Source): unknown {
  try {
    return document.toJS();
  } catch (error) {
    let offset = 0;
    visit(document, {
      Alias(_, alias: Alias) {
        if (alias.resolve(document)) return undefined;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    throw new ConfigError([`${file}:${place(lines, offset)}: ${firstLine((error as Error).message)}`]);
  }
}

function describe(issue: z.core.$ZodIssue, source: Source | undefined, given: FlagValues): string[] {
  if (issue.code === 'unrecognized_keys') {
    const accepted = acceptedKeys(issue.path);
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

function acceptedKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path)
    schema = typeof part === 'number' ? within(schema, 'element') : within(schema, 'shape')?.[part];
  return Object.keys(within(schema, 'shape') ?? {});
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

/** `FILE:LINE:COLUMN: ` of a key, or of the nearest section around it; empty where there is no file. */
function locate(path: readonly PropertyKey[], source: Source | undefined): string {
  if (!source) return '';
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(source.document, path.slice(0, length));
    if (offset !== undefined) return `${source.file}:${place(source.lines, offset)}: `;
  }
  return `${source.file}:1:1: `;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (!isMap(parent)) {
    const node: unknown = document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }
  const pair = parent.items.find(item => String(item.key) === String(last));
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

/** A fault can hold anything that the file does. */
function onOneLine(fault: string): string {
  const line = fault.replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
  return line.length > maxFaultLength ? `${line.slice(0, maxFaultLength)}…` : line;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
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
