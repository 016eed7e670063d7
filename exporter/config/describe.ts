import { z } from 'zod';
import { configSchema } from './schema.ts';

/** One key of the configuration, as the reference and the help show it. */
export interface KeyReference {
  /** `loki.batch.maxBytes` */
  readonly name: string;
  readonly description: string;
  /** JSON Schema's words: `string`, `integer`, or the accepted values. */
  readonly type: string;
  readonly default: unknown;
  readonly required: boolean;
}

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  /** The values of a map, by names that are not known. */
  additionalProperties?: JsonSchema | boolean;
}

/** Every key of a configuration, the exporter's own by default, in the schema's order, sections opened. */
export function describeKeys(schema: z.ZodType = configSchema): KeyReference[] {
  return walk(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, []);
}

/** @throws where there is no such key: a flag that sets nothing */
export function descriptionOf(key: readonly string[]): string {
  const known = describeKeys().find(({ name }) => name === key.join('.'));
  if (!known) throw new Error(`no configuration key ${key.join('.')}`);
  const fallback = known.default === undefined ? '' : ` (default: ${JSON.stringify(known.default)})`;
  return known.description + fallback;
}

function walk(schema: JsonSchema, path: readonly string[]): KeyReference[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const here = [...path, key];
    if (value.properties) return walk(value, here);
    const rows = value.items?.properties ? walk(value.items, [...path, `${key}[]`]) : [];
    const { additionalProperties: values } = value;
    if (typeof values === 'object' && values.properties) rows.push(...walk(values, [...here, 'NAME']));
    return [
      {
        name: here.join('.'),
        description: value.description ?? '',
        type: value.enum ? value.enum.map(option => JSON.stringify(option)).join(', ') : (value.type ?? ''),
        default: value.default,
        required: schema.required?.includes(key) ?? false,
      },
      ...rows,
    ];
  });
}
