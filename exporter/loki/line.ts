import { foldedNames } from './cardinality/folded-entry.ts';
import { type Entry, type MetadataName, otherValue, type StreamLabel } from './schema.ts';

/** What the line of an entry may be. */
export const lineFormats = ['text', 'message', 'logfmt', 'json'] as const;
export type LineFormat = (typeof lineFormats)[number];
/** The formats whose line holds the fields, and whose entries have no structured metadata. */
export type FieldFormat = Exclude<LineFormat, 'text' | 'message'>;

export function isFieldFormat(format: LineFormat): format is FieldFormat {
  return format === 'logfmt' || format === 'json';
}

/** The stage of a LogQL query that makes an entry's fields of its line; empty where they are metadata. */
export function parserStage(format: LineFormat): string {
  return isFieldFormat(format) ? ` | ${format}` : '';
}

/**
 * The labels that stand in the line too, and with their real values where the label is folded: lines are searched and
 * copied without their labels.
 */
export const labelFields = ['kind', 'reason', 'type'] as const satisfies readonly StreamLabel[];

/** Where their real values stand while the label is `__other__`. */
const realNames = {
  kind: foldedNames.kind,
  reason: foldedNames.reason,
  type: 'event_type',
} as const satisfies Record<(typeof labelFields)[number], MetadataName>;

/** The event's message, the last field. */
export const messageField = 'msg';

/** The field that a metadata name is in the line: Loki reads the level off `level`, and makes `detected_level` of it. */
export function fieldName(name: string): string {
  const level: MetadataName = 'detected_level';
  return name === level ? 'level' : name;
}

/** A value takes at most so many bytes as it is written, so all of them leave the message most of the line. */
const maxValueBytes = 2048;
/** What `fitLine` leaves as it is, less what `withEventTime` may add. */
const maxLineBytes = 256 * 1024 - 128;

/**
 * The entry with its fields in the line, and without metadata.
 * @param entry its line is the event's message, and its labels are folded already
 */
export function withFieldsInLine(entry: Entry<string>, format: FieldFormat): Entry<never> {
  return { ...entry, line: format === 'json' ? jsonLine(entry) : logfmtLine(entry), metadata: {} };
}

function logfmtLine(entry: Entry<string>): string {
  let line = '';
  for (const [name, value] of fieldsOf(entry)) line += `${name}=${logfmtValue(value)} `;
  line += `${messageField}=`;
  return line + quotedMessage(entry.line, maxLineBytes - Buffer.byteLength(line));
}

function jsonLine(entry: Entry<string>): string {
  let line = '{';
  for (const [name, value] of fieldsOf(entry)) line += `"${name}":${jsonValue(name, value)},`;
  line += `"${messageField}":`;
  return `${line}${quotedMessage(entry.line, maxLineBytes - Buffer.byteLength(line) - 1)}}`;
}

/** What is empty is left out, as in metadata. */
function fieldsOf({ labels, metadata }: Entry<string>): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (const label of labelFields) {
    const real = labels[label] === otherValue ? metadata[realNames[label]] : labels[label];
    if (real) fields.push([label, real]);
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (value) fields.push([fieldName(name), value]);
  }
  return fields;
}

/** What Go's logfmt writes without quotes, less what is not ASCII: other readers may take such a space for one. */
const plain = /^[!#-<>-~]+$/;

function logfmtValue(value: string): string {
  return value.length <= maxValueBytes && plain.test(value) ? value : quoted(value);
}

/** So that readers of JSON that know types have them as numbers. */
const numbers: ReadonlySet<string> = new Set<MetadataName>(['count', 'occurrences']);

function jsonValue(name: string, value: string): string {
  return numbers.has(name) && /^(?:0|[1-9]\d{0,14})$/.test(value) ? value : quoted(value);
}

/** In JSON's quotes, whose escapes logfmt shares; Go's own (`\x1b`, `\a`) are unknown to Loki's parsers. */
function quoted(value: string): string {
  return quotedWhole(value, maxValueBytes) ?? inQuotes(`${cut(value, maxValueBytes - 5)}…`);
}

/** A message that is cut says how many bytes are missing, as `fitLine` does. */
function quotedMessage(message: string, maxBytes: number): string {
  const whole = quotedWhole(message, maxBytes);
  if (whole !== undefined) return whole;
  // The quotes and the mark take at most 42 bytes.
  const kept = cut(message, maxBytes - 42);
  return inQuotes(`${kept}… [${Buffer.byteLength(message) - Buffer.byteLength(kept)} bytes cut]`);
}

/** What JSON leaves as it is, and terminals or readers of lines don't. */
const alsoEscaped = /[\u007f-\u009f\u2028\u2029]/g;

function inQuotes(text: string): string {
  return JSON.stringify(text).replace(alsoEscaped, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** In quotes, where that takes no more than so many bytes. */
function quotedWhole(text: string, maxBytes: number): string | undefined {
  // Before it is quoted, because what comes may be a megabyte long.
  if (text.length > maxBytes) return undefined;
  const whole = inQuotes(text.toWellFormed());
  return fits(whole, maxBytes) ? whole : undefined;
}

function fits(text: string, maxBytes: number): boolean {
  // A code unit takes three bytes at most, so what is short needs no count.
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

/** The beginning of a text that takes at most so many bytes in quotes, cut between two characters. */
function cut(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += quotedBytes(character.codePointAt(0) ?? 0);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end).toWellFormed();
}

/** Bytes of UTF-8 that `inQuotes` takes for a character. */
function quotedBytes(code: number): number {
  if (code === 0x22 || code === 0x5c) return 2;
  // Backspace, tab, line feed, form feed, carriage return.
  if (code < 0x20) return code >= 0x08 && code <= 0x0d && code !== 0x0b ? 2 : 6;
  if (code < 0x7f) return 1;
  if (code < 0xa0 || code === 0x2028 || code === 0x2029) return 6;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

const eventTime: MetadataName = 'event_time';

/**
 * A line of fields with `event_time` besides, for an entry that gets another time; where it has that already, as it is.
 * The format shows in the line: JSON begins with a brace, and logfmt with a name.
 * @param time RFC 3339
 */
export function withEventTime(line: string, time: string): string {
  if (line.startsWith('{')) {
    return Object.hasOwn(JSON.parse(line), eventTime)
      ? line
      : `${line.slice(0, -1)},"${eventTime}":"${time}"}`;
  }
  const names = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return /(?:^| )event_time=/.test(names) ? line : `${line} ${eventTime}=${time}`;
}
