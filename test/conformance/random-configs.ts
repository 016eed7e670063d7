import { z } from 'zod';
import { flags } from '../../exporter/config/flags.ts';
import type { FlagValues } from '../../exporter/config/load.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { Random } from './random.ts';

/** What a configuration is loaded from. */
export interface RandomConfig {
  readonly yaml: string;
  readonly flags: FlagValues;
}

/** The words of JSON Schema that the configuration's own uses. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

const durations = ['30m', '1h30m', '90s', '0s'];
const urls = ['http://loki:3100', 'https://loki/loki/api/v1/push'];
const readable = ['/etc/passwd'];

/** Texts that are right for a key. */
const sound: Readonly<Record<string, readonly string[]>> = {
  listen: [':9402', '0.0.0.0:9402', '[::1]:0'],
  eventTtl: durations,
  since: durations,
  maxAge: durations,
  url: urls,
  readUrl: urls,
  output: ['loki', 'stdout', '/tmp/events.json'],
  lease: ['a', 'monitoring/a'],
  bearerTokenFile: readable,
  passwordFile: readable,
  caFile: readable,
  certFile: readable,
  keyFile: readable,
  bearerTokenEnv: ['HOME'],
  passwordEnv: ['HOME'],
  regex: ['[a-z]+', '(?i)token', 'sk_live_[0-9a-f]{8,}'],
};
/** Right for most other keys. */
const plain = ['a', 'b', 'c', 'prod', 'kube-system', 'backoff', 'web-0'];

/** Texts that are right somewhere, and texts that are right nowhere. */
const texts = [
  ...[...plain, ...Object.values(sound).flat()],
  ...[
    'http://a:b@loki',
    'ftp://loki',
    'http://',
    'http://[::1',
    'NOT_SET_ANYWHERE',
    '/nowhere',
    '/',
    '.',
    '..',
  ],
  ...['', '-5m', '1d', '5', '1.5h', '9999999999999999999h', '٣m', 'm', '1h1h'],
  ...['here', '1:2:3', ':99999', '::1:80', ':-1', 'a:080', 'Authorization', 'X-Scope-OrgID', 'x y'],
  ...[
    'web-*',
    '/Failed.*/',
    '/(?i)x/',
    '/(/',
    '/[/',
    '/(?=a)/',
    '/(a)\\1/',
    '/*/',
    '/a{1001}/',
    '/\\p{X}/',
    '//',
  ],
  ...[
    '/(a+)+$/',
    '/\\8/',
    '(?P<n',
    '\\',
    '[[:alpha:]]',
    '(?:)',
    'x*',
    `/${'('.repeat(300)}/`,
    'a{0,999}{0,999}',
  ],
  ...['__proto__', 'constructor', 'toString', 'a\u0000b', '\ud800', '\ufeff', 'é😀', 'a\nb', '\u001b[31m'],
  ...[
    'null',
    'true',
    '~',
    '0x1F',
    '1e400',
    '.inf',
    '.nan',
    '2020-01-01',
    '<<',
    '=',
    '- a',
    '{a: 1}',
    '*a',
    '&a',
    '!!x',
  ],
  'x'.repeat(3000),
];

const numbers = [
  0,
  1,
  -1,
  0.5,
  3,
  20,
  100,
  512,
  5000,
  1 << 20,
  2 ** 31,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
  Infinity,
  NaN,
];

/** What YAML has, and what it trips over. */
const oddities = [
  ...[
    '\t',
    ' ',
    '\n',
    '\r',
    '\r\n',
    '\u0000',
    '\ufeff',
    '\u0085',
    '\u2028',
    '\ud800',
    '#',
    '# ',
    ': ',
    '- ',
    '? ',
    ', ',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '|2-\n',
    '>+\n',
    '%',
    '@',
    '`',
    '~',
    '\\',
    '---\n',
    '...\n',
    '%YAML 9.9\n',
  ],
  ...[
    '&a ',
    '*a',
    '*a : ',
    '<<: *a\n',
    '<<: {a: 1}\n',
    '! ',
    '!!str ',
    '!!binary ',
    '!!set ',
    '!!omap ',
    '!foo ',
    '!<x> ',
  ],
  ...[
    '999999999999999999999999',
    '0o777',
    '-.inf',
    '[{}]',
    '[[[[[[[[[[[[[[[[',
    '{a: '.repeat(20),
    '- '.repeat(40),
    'a: 1\n',
  ],
];

const schema = z.toJSONSchema(configSchema, { io: 'input' }) as Schema;

/** Random configurations, from sound ones to noise: the same ones for the same seed. */
export class RandomConfigs {
  readonly #random: Random;
  /** Of a value to be another one than the schema says. */
  #wrong = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  config(): RandomConfig {
    const random = this.#random;
    this.#wrong = random.pick([0, 0, 0, 0.05, 0.05, 0.3]);
    const value = this.#value(schema, 0, '');
    let yaml = random.chance(0.3) ? this.#flow(value) : this.#block(value, 0);
    if (random.chance(0.2))
      for (let times = 1 + random.below(3); times > 0; times -= 1) yaml = this.#bend(yaml);
    return { yaml, flags: this.#flags() };
  }

  #flags(): FlagValues {
    const given: Record<string, string> = {};
    if (this.#random.chance(0.6)) given['--loki-url'] = 'http://loki:3100';
    if (this.#random.chance(0.2)) given[this.#random.pick(flags).flag] = this.#random.pick(texts);
    return given;
  }

  #value(of: Schema, depth: number, name: string): unknown {
    const random = this.#random;
    if (random.chance(this.#wrong)) return this.#anything(3);
    if (of.anyOf) return this.#value(random.pick(of.anyOf), depth, name);
    if (of.enum) return random.pick(of.enum);
    switch (of.type) {
      case 'object':
        return this.#section(of, depth);
      case 'array':
        return Array.from({ length: random.below(4) }, () => this.#value(of.items ?? {}, depth + 1, name));
      case 'boolean':
        return random.chance(0.5);
      case 'integer':
      case 'number':
        return random.chance(this.#wrong) ? random.pick(numbers) : this.#within(of);
      default:
        return random.pick(random.chance(this.#wrong) ? texts : (sound[name] ?? plain));
    }
  }

  #section(
    { properties = {}, required = [], additionalProperties }: Schema,
    depth: number,
  ): Map<string, unknown> {
    const random = this.#random;
    const names = Object.keys(properties);
    const section = new Map<string, unknown>();
    const share = depth === 0 ? 0.15 : Math.min(0.5, 3 / names.length);
    for (const [name, of] of Object.entries(properties)) {
      if (random.chance(required.includes(name) ? 1 - this.#wrong : share))
        section.set(name, this.#value(of, depth + 1, name));
    }
    if (typeof additionalProperties === 'object') {
      section.set(
        random.pick(random.chance(0.9) ? plain : texts),
        this.#value(additionalProperties, depth + 1, ''),
      );
    }
    if (random.chance(this.#wrong)) section.set(random.pick([...texts, ...names]), this.#anything(2));
    return section;
  }

  #within({ minimum = 0, maximum = 1e6 }: Schema): number {
    return minimum + this.#random.below(Math.min(maximum - minimum, 1e6) + 1);
  }

  #anything(depth: number): unknown {
    const random = this.#random;
    const kind = random.below(depth > 0 ? 6 : 4);
    if (kind === 4) return Array.from({ length: random.below(4) }, () => this.#anything(depth - 1));
    if (kind === 5) {
      const entries = Array.from({ length: random.below(4) }, () => this.#anything(depth - 1));
      return new Map(entries.map(value => [random.pick(texts), value]));
    }
    return [random.pick(texts), random.pick(numbers), random.chance(0.5), null][kind];
  }

  /** As JSON would have it, which is YAML too. */
  #flow(value: unknown): string {
    if (value instanceof Map) {
      const pairs = [...value].map(([key, member]) => `${this.#scalar(key)}: ${this.#flow(member)}`);
      return `{${pairs.join(', ')}}`;
    }
    if (Array.isArray(value)) return `[${value.map(member => this.#flow(member)).join(', ')}]`;
    return this.#scalar(value);
  }

  #block(value: unknown, indent: number): string {
    const space = ' '.repeat(indent);
    const below = (member: unknown, inline: boolean) => {
      const nests =
        (member instanceof Map && member.size > 0) || (Array.isArray(member) && member.length > 0);
      if (!nests || this.#random.chance(0.1)) return ` ${this.#flow(member)}\n`;
      const text = this.#block(member, indent + 2);
      return inline ? ` ${text.trimStart()}` : `\n${text}`;
    };
    if (value instanceof Map) {
      return [...value]
        .map(([key, member]) => `${space}${this.#scalar(key)}:${below(member, false)}`)
        .join('');
    }
    if (Array.isArray(value)) return value.map(member => `${space}-${below(member, true)}`).join('');
    return `${space}${this.#scalar(value)}\n`;
  }

  #scalar(value: unknown): string {
    if (typeof value !== 'string') return String(value);
    if (/^[a-zA-Z][\w./*-]*$/.test(value) && this.#random.chance(0.9)) return value;
    return this.#random.chance(0.97) ? JSON.stringify(value) : value;
  }

  /** One thing that an editor, or a template, does to a file. */
  #bend(text: string): string {
    const random = this.#random;
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(20));
    switch (random.below(5)) {
      case 0:
        return text.slice(0, at) + text.slice(end);
      case 1: {
        const lines = text.split('\n');
        return [
          ...lines.slice(0, at % lines.length),
          random.pick(lines),
          ...lines.slice(at % lines.length),
        ].join('\n');
      }
      case 2:
        return text.slice(0, at);
      default:
        return text.slice(0, at) + random.pick(oddities) + text.slice(at);
    }
  }
}
