/** The fields of an object that comes from outside: each may be of any type, or missing. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

/** The fields of an object; none of what is no object. Nothing that is asked for is what every object inherits. */
export function fields(raw: unknown): Fields {
  return typeof raw === 'object' && raw !== null ? (raw as Fields) : none;
}

/** A text that says something. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
