import { readFileSync } from 'node:fs';
import { Liquid, type Template as Parsed } from 'liquidjs';
import type { Message } from './message.ts';
import type { Markup } from './services/service.ts';

/** Milliseconds and objects that one message may take: more is a template that doesn't end. */
const renderLimit = 1000;
const memoryLimit = 10_000_000;
/** Characters of a file. */
const parseLimit = 256 << 10;

/** What a template can use, by name; its descriptions are the reference. */
export const templateVariables = {
  title:
    'The title, as in `Warning: CrashLoop, 3 alerts`. Our layout has it above the text, and so have yours.',
  status: '`firing` or `resolved`.',
  severity: 'The worst severity of those that fire: `critical`, `warning`, `info`.',
  receiver: 'The name of Alertmanager’s receiver, or Grafana’s contact point.',
  firing: 'How many alerts fire.',
  resolved: 'How many are resolved.',
  common:
    'What all alerts have in common: a list with `name`, `label` (in the language of the receiver) and `value`.',
  alerts:
    'The alerts that are shown, at most `alerts` of the configuration: each with `status`, `name`, `severity`, `summary`, `description`, `startsAt`, `labels`, `annotations`, `facts` (as `common`, without it), `message` (of the newest entry, shortened), `links` (`name`, `text`, `url`) and `entry` (nothing, or `cluster`, `namespace`, `kind`, `name`, `workload`, `node`, `reason`, `type`, `message`, `count`, `time`).',
  more: 'How many further alerts there are.',
} as const satisfies Readonly<Record<keyof Message, string>>;

/** A template that can't be used; its message names file, line and column. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}

/** A team's own template in place of our layout, in Liquid. */
export class Template {
  readonly #file: string;
  readonly #liquid: Liquid;
  readonly #parsed: Parsed[];

  /**
   * @param written what a value becomes that is put in without the filter `raw`
   * @throws TemplateError where it can't be read or parsed
   */
  constructor(file: string, written: (value: unknown) => string) {
    this.#file = file;
    this.#liquid = new Liquid({
      // No file of this machine can be put in.
      templates: {},
      strictFilters: true,
      ownPropertyOnly: true,
      outputEscape: written,
      timezoneOffset: 'UTC',
      ...{ renderLimit, memoryLimit, parseLimit },
    });
    this.#parsed = this.#checked(() => this.#liquid.parse(readFileSync(file, 'utf8'), file));
    const used = this.#checked(() => this.#liquid.globalVariablesSync(this.#parsed));
    const unknown = used.find(name => !Object.hasOwn(templateVariables, name));
    if (unknown !== undefined) {
      const names = Object.keys(templateVariables).join(', ');
      throw new TemplateError(`${file}: there is no variable ${unknown}; there are ${names}`);
    }
  }

  /** @throws TemplateError for what only shows when it is filled in */
  render(message: Message): string {
    return this.#checked(() => this.#liquid.renderSync(this.#parsed, message) as string);
  }

  #checked<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      const { message, token } = error as Error & { token?: { getPosition?(): number[] } };
      const [line, column] = token?.getPosition?.() ?? [];
      const place = line === undefined ? this.#file : `${this.#file}:${line}:${column}`;
      throw new TemplateError(`${place}: ${withoutPlace(message)}`);
    }
  }
}

/** Liquid puts the place behind its messages, in its own way. */
function withoutPlace(message: string): string {
  return message
    .split('\n', 1)
    .join('')
    .replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '');
}

/** Values as a service escapes texts. */
export function escapedBy(markup: Markup): (value: unknown) => string {
  return value => {
    if (value === null || value === undefined) return '';
    return markup.escape(typeof value === 'object' ? JSON.stringify(value) : String(value));
  };
}

/** Values as JSON has them, texts in their quotes. */
export function asJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}
