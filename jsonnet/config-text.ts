import type { z } from 'zod';
import type { Json } from '../dashboards/token.ts';

/** A key of `_config`, with what it is. */
export interface ConfigKey {
  readonly name: string;
  readonly value: Json;
  readonly description: string;
}

/** `config.libsonnet`: every key with its default and a comment, as jsonnetfmt writes it. */
export function configText(keys: readonly ConfigKey[]): string {
  const lines = keys.flatMap(({ name, value, description }) => [
    ...wrapped(description).map(line => `  // ${line}`),
    `  ${field(name)}: ${literal(value, 1)},`,
  ]);
  return [
    "// Written by `npm run generate`; the descriptions are those of the exporter's own commands.",
    "local known = import 'known.libsonnet';",
    '',
    'local defaults = {',
    ...lines,
    '};',
    '',
    '{',
    '  // Ours alone: what other mixins have in `_config` is theirs.',
    '  _config+:: { kubeEvents+: defaults },',
    "  assert known('_config.kubeEvents', self._config.kubeEvents, defaults),",
    '}',
    '',
  ].join('\n');
}

/** The description of a key of a schema. @throws RangeError for one that has none */
export function descriptionIn(schema: z.ZodObject, key: string): string {
  const described = schema.shape[key]?.description;
  if (described === undefined) throw new RangeError(`${key} has no description`);
  return described;
}

/** A value of jsonnet. @param depth of its braces */
function literal(value: Json, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(element => literal(element, depth)).join(', ')}]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const indent = '  '.repeat(depth);
  const lines = entries.map(([name, inner]) => `${indent}  ${field(name)}: ${literal(inner, depth + 1)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Words of the language itself that are names of keys here. */
const reserved: readonly string[] = ['for'];

function field(name: string): string {
  return reserved.includes(name) || !/^[a-zA-Z_]\w*$/.test(name) ? quoted(name) : name;
}

/** In lines of some 110 characters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length > 108) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
