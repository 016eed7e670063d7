/** Why Loki will never take an entry as it is. */
export const refusalCauses = [
  'too_far_behind',
  'too_old',
  'too_new',
  'line_too_long',
  'metadata_too_large',
  'refused',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** A refusal of one entry, which Loki names first; other entries of the push may be stored or refused too. */
export interface Refusal {
  readonly cause: RefusalCause;
  /** The refused entry's time, cut to the second; nanoseconds since 1970. */
  readonly timestamp: bigint | undefined;
  /** How many entries of the stream were refused, of how many that got so far; the oldest ones. */
  readonly ignored: { readonly entries: number; readonly of: number } | undefined;
  /** The oldest time that would have been taken, cut to the second. */
  readonly oldest: bigint | undefined;
}

const time = String.raw`(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))`;

/*
 * The words are Loki's own (pkg/validation/validate.go, pkg/chunkenc/interface.go); it sends no code that would tell
 * the causes apart.
 */
const patterns: readonly [RefusalCause, RegExp][] = [
  [
    'too_far_behind',
    new RegExp(`entry too far behind, entry timestamp is: ${time}, oldest acceptable timestamp is: ${time}`),
  ],
  ['too_old', new RegExp(`has timestamp too old: ${time}, oldest acceptable timestamp is: ${time}`)],
  ['too_new', new RegExp(`has timestamp too new: ${time}`)],
  ['line_too_long', /max entry size '\d+' bytes exceeded/],
  ['metadata_too_large', /structured metadata too large|too many structured metadata labels/],
];

/** Reads Loki's words about a push that it refused, at least in part. */
export function parseRefusal(text: string): Refusal {
  for (const [cause, pattern] of patterns) {
    const match = pattern.exec(text);
    if (!match) continue;
    return {
      cause,
      timestamp: nanoseconds(match[1]),
      oldest: nanoseconds(match[2]),
      ignored: parseIgnored(text),
    };
  }
  return { cause: 'refused', timestamp: undefined, oldest: undefined, ignored: undefined };
}

function parseIgnored(text: string): Refusal['ignored'] {
  const match = /total ignored: (\d+) out of (\d+) for stream/.exec(text);
  return match ? { entries: Number(match[1]), of: Number(match[2]) } : undefined;
}

/** Beyond the tenant's active streams Loki answers 429 too, and waiting doesn't help. */
export function isStreamLimit(text: string): boolean {
  return text.includes('maximum active stream limit exceeded');
}

const second = 1_000_000_000n;

/** An entry's times: the one that Loki wouldn't take, and the nearest one that it does. */
export interface Restamp {
  readonly timestamp: bigint;
  /** Whether an entry of this time would be refused likewise, for certain. */
  refuses(timestamp: bigint): boolean;
}

/**
 * The nearest time that Loki takes, where the cause was the time.
 * @param now Loki's own clock, nanoseconds since 1970
 */
export function nearestAcceptable(refusal: Refusal, now: bigint): Restamp | undefined {
  const { cause, timestamp, oldest } = refusal;
  if (cause === 'too_new' && timestamp !== undefined) {
    // The refused time was cut to the second, so only what is a second later is refused for certain.
    return { timestamp: now, refuses: other => other >= timestamp + second };
  }
  if (oldest === undefined) return undefined;
  // Beyond the cut to the second; and where the limit moves with the clock, ahead of it by a minute.
  const margin = cause === 'too_old' ? 60n * second : 10n * second;
  return { timestamp: oldest + margin, refuses: other => other < oldest };
}

function nanoseconds(text: string | undefined): bigint | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n;
}
