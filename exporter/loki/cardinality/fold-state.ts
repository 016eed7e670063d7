import { z } from 'zod';
import { otherValue } from '../schema.ts';

/** The state that folding goes on with, as it stands in the checkpoint: JSON, about 5 bytes a stream. */
export interface FoldState {
  readonly version: 1;
  /** The last events' times and the time that was read off them, in ticks since 1970. */
  readonly window: readonly number[];
  readonly reference: number;
  /** Values of active streams, by label. */
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
  readonly reasons: readonly string[];
  readonly routes: readonly string[];
  /** See `formatStreams`. */
  readonly streams: string;
}

/** One active stream: places in the lists of values, 0 for `__other__`, 1 for the first value. */
export interface StoredStream {
  /** Three for each route, one a type. */
  readonly lane: number;
  readonly namespace: number;
  readonly kind: number;
  readonly reason: number;
  /** Ticks since its last entry, up to `maxAge`. */
  readonly age: number;
}

/** How many values each label has. */
export interface Sizes {
  readonly namespaces: number;
  readonly kinds: number;
  readonly reasons: number;
}

/** Ticks after which a stream without an entry leaves: two hours. */
export const maxAge = 60;

/** The fold state of a checkpoint can't be gone on with. */
export class FoldStateError extends Error {
  override readonly name = 'FoldStateError';

  constructor(problem: string) {
    super(
      `the fold state in the checkpoint is not one of version 1: ${problem}; without it the cardinality budget ` +
        'starts empty, and entries that are shipped again may stand in Loki twice under two labels',
    );
  }
}

const values = z
  .array(z.string())
  .refine(list => new Set(list).size === list.length && !list.includes(otherValue), {
    error: `expected values that differ, none of them ${otherValue}`,
  });

const foldStateSchema = z.strictObject({
  version: z.literal(1),
  window: z.array(z.int()).max(15),
  reference: z.int(),
  namespaces: values,
  kinds: values,
  reasons: values,
  routes: values,
  streams: z.string(),
});

/** @throws FoldStateError for what is none */
export function parseFoldState(value: unknown): FoldState {
  const { data, error } = foldStateSchema.safeParse(value);
  if (data) return data;
  const issue = error.issues[0];
  throw new FoldStateError(`${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}

/** Base 64 without characters that JSON escapes. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digits = new Map([...alphabet].map((character, digit) => [character, digit]));

/**
 * Streams as one text: each is one number made of its places, and is written as its distance to the one before, in
 * base 32 with the lowest digit first (32 is added to each digit but the last), and its age as one digit more.
 */
export function formatStreams(streams: Iterable<StoredStream>, sizes: Sizes): string {
  const { lanes, namespaces, kinds } = factors(sizes);
  const numbers = Float64Array.from(streams, ({ lane, namespace, kind, reason, age }) => {
    return (lane * lanes + namespace * namespaces + kind * kinds + reason) * 64 + age;
  }).sort();
  let text = '';
  let previous = -1;
  for (const number of numbers) {
    const place = Math.floor(number / 64);
    let distance = place - previous - 1;
    for (; distance >= 32; distance = Math.floor(distance / 32)) text += alphabet[(distance % 32) + 32];
    text += alphabet.charAt(distance) + alphabet.charAt(number % 64);
    previous = place;
  }
  return text;
}

/** @throws FoldStateError where the text is cut off or holds what it can't */
export function parseStreams(text: string, sizes: Sizes): StoredStream[] {
  const { lanes, namespaces, kinds } = factors(sizes);
  const streams: StoredStream[] = [];
  let place = -1;
  for (let next = 0; next < text.length; ) {
    let distance = 0;
    let factor = 1;
    for (let more = true; more; factor *= 32) {
      const digit = digitAt(text, next);
      next += 1;
      distance += (digit % 32) * factor;
      more = digit >= 32;
    }
    place += distance + 1;
    const age = digitAt(text, next);
    next += 1;
    if (age > maxAge || !Number.isSafeInteger(place)) throw new FoldStateError('a stream is out of range');
    streams.push({
      lane: Math.floor(place / lanes),
      namespace: Math.floor((place % lanes) / namespaces),
      kind: Math.floor((place % namespaces) / kinds),
      reason: place % kinds,
      age,
    });
  }
  return streams;
}

function factors(sizes: Sizes): { lanes: number; namespaces: number; kinds: number } {
  const kinds = sizes.reasons + 1;
  const namespaces = kinds * (sizes.kinds + 1);
  return { lanes: namespaces * (sizes.namespaces + 1), namespaces, kinds };
}

function digitAt(text: string, index: number): number {
  const digit = digits.get(text.charAt(index));
  if (digit === undefined) throw new FoldStateError(`its streams can't be read at character ${index}`);
  return digit;
}
