/*
 * Templates with named tokens: what is rendered once, and filled with what a team has chosen, here and by
 * jsonnet/fill.libsonnet alike. A test holds the two against each other: a rule that is changed here is changed there.
 */

/** What JSON has. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What tokens stand for, by name; a name with dots is a path. */
export type TokenValues = { readonly [key: string]: Json };

/** Ways to put a value into a text: behind others in a list, in braces, as part of a path, in a string of JSON or in a URL. */
const filters = {
  more: (text: string) => (text === '' ? '' : `, ${text}`),
  braced: (text: string) => (text === '' ? '' : `{${text}}`),
  dashed: (text: string) => text.replaceAll('/', '-'),
  json: (text: string) => JSON.stringify(text).slice(1, -1),
  url: encodeURIComponent,
} as const;

/** How a token's value is put into a text. */
export type Filter = keyof typeof filters;

/** An object with this key is in its list only where the tokens that it names have values, none of them null, false or empty. */
const only = '@if';

/** An object with this key has the entries of the token that it names. */
const entries = '@entries';

const pattern = /@\{([\w.]+)((?:\|\w+)*)\}/g;

/** A token, to be put into any text of a template. */
export function token(name: string, ...how: readonly Filter[]): string {
  return `@{${[name, ...how].join('|')}}`;
}

/** An element of a list that is only there where some tokens have values. */
export function onlyWith<Element extends object>(names: readonly string[], element: Element): Element {
  return { [only]: names, ...element };
}

/** Puts more filters to the tokens of a text, for where it becomes part of another: of JSON, of a URL. */
export function within(text: string, ...how: readonly Filter[]): string {
  return text.replace(
    pattern,
    (_, name: string, before: string) => `@{${[`${name}${before}`, ...how].join('|')}}`,
  );
}

/**
 * A template with its tokens replaced:
 * - a text that is one token becomes its value, of whatever type; in any other text, and in keys, a token becomes its value
 *   as text, through the filters behind its name;
 * - a text with a token whose value is null is left out of its object or list, and so is an object of which nothing is left
 *   by that;
 * - `"@if": ["name"]` leaves an object out of its list, `"@entries": "name"` adds the entries of a token's object.
 *
 * @throws RangeError for a token that has no value
 */
export function fill(template: Json, values: TokenValues): Json {
  if (typeof template === 'string') return filledText(template, values);
  if (isList(template)) {
    return template
      .filter(element => isWanted(element, values))
      .map(element => fill(element, values))
      .filter(element => element !== null);
  }
  if (!isObject(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [key, value] of Object.entries(template)) {
    if (key === only) continue;
    if (key === entries) {
      Object.assign(filled, valueOfToken(String(value), values));
      continue;
    }
    const made = fill(value, values);
    // What the template itself has as null stays.
    if (made !== null || value === null) filled[String(filledText(key, values))] = made;
  }
  return isEmpty(filled) && !isEmpty(template) ? null : filled;
}

function isWanted(element: Json, values: TokenValues): boolean {
  if (!isObject(element)) return true;
  const names = element[only];
  return (
    names === undefined ||
    (names as readonly string[])
      .map(name => valueOfToken(name, values))
      .every(value => value !== null && value !== false && value !== '')
  );
}

function filledText(text: string, values: TokenValues): Json {
  const tokens = [...text.matchAll(pattern)].map(([whole, name = '', how = '']) => {
    return { whole, how, value: valueOfToken(name, values), name };
  });
  if (tokens.some(({ value }) => value === null)) return null;
  const [first] = tokens;
  if (first?.whole === text && first.how === '') return first.value;
  const texts = tokens.map(({ name, how, value }) => {
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new RangeError(`${name} is put into a text, and is neither text nor number`);
    }
    const chosen = how.split('|').slice(1) as Filter[];
    return chosen.reduce((filtered, filter) => filters[filter](filtered), String(value));
  });
  let next = 0;
  return text.replace(pattern, () => texts[next++] ?? '');
}

/** A value by its path, as in `rules.CrashLoop.threshold`. */
function valueOfToken(name: string, values: TokenValues): Json {
  let value: Json | undefined = values;
  for (const key of name.split('.')) {
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (value === undefined) throw new RangeError(`nothing is given for the token ${name}`);
  return value;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
