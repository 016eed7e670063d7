import type { Position } from '../kubernetes/position.ts';

/** By the name of the source; resourceVersions compare only within one. */
export type Positions = ReadonlyMap<string, Position>;

/** What one run leaves to the next: how far it has come, and what it folds by. */
export interface Checkpoint {
  readonly positions: Positions;
  /** The cardinality budget's state as of the positions, as JSON. */
  readonly folds?: unknown;
}

/** The checkpoint as it is stored. resourceVersions are text in JSON: they may be larger than a number holds. */
interface Stored {
  readonly version: 1;
  readonly sources: Readonly<Record<string, StoredPosition>>;
  readonly folds?: unknown;
}

/** A position as it is stored. */
export interface StoredPosition {
  readonly from: string;
  readonly at: string;
  readonly baseline?: 'unknown';
  readonly since?: string;
  readonly selector?: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** RFC 3339. */
  readonly time?: string;
  readonly witness?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly revision: string;
  };
}

/** A Lease holds 256 KiB of annotations in all, those of others included. */
const maxBytes = 250 << 10;

/** Where it stands, for a log line: the lowest and the highest revision. */
export function summaryOf({ positions }: Checkpoint): { readonly from: string; readonly at: string } {
  const all = [...positions.values()];
  const from = all.reduce(
    (lowest, position) => (position.from < lowest ? position.from : lowest),
    all[0]?.from ?? 0n,
  );
  const at = all.reduce((highest, position) => (position.at > highest ? position.at : highest), 0n);
  return { from: String(from), at: String(at) };
}

/** The stored checkpoint as it was; undefined for what is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  try {
    const { version, sources, folds } = JSON.parse(text) as Stored;
    if (version !== 1) return undefined;
    const positions = new Map<string, Position>();
    for (const [source, stored] of Object.entries(sources)) positions.set(source, parsePosition(stored));
    return positions.size > 0 ? { positions, ...(folds !== undefined && { folds }) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The checkpoint as JSON on one line. Where it would outgrow a Lease, it leaves out the counts of before a list, and
 * says that they are unknown.
 */
export function formatCheckpoint({ positions, folds }: Checkpoint): string {
  const format = (positions: Iterable<[string, Position]>): string => {
    const sources = Object.fromEntries(Array.from(positions, ([name, at]) => [name, formatPosition(at)]));
    const stored: Stored = { version: 1, sources, ...(folds !== undefined && { folds }) };
    return JSON.stringify(stored);
  };
  const text = format(positions);
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return format(Array.from(positions, ([name, position]) => [name, withoutCounts(position)]));
}

function withoutCounts({ counts, ...position }: Position): Position {
  return counts ? { ...position, baseline: 'unknown' } : position;
}

/** @throws TypeError or SyntaxError for what is no stored position */
export function parsePosition(stored: StoredPosition): Position {
  const { from, at, time, witness, baseline, since, selector, counts } = stored;
  return {
    from: BigInt(from),
    at: BigInt(at),
    ...(baseline && { baseline }),
    ...(since && { since: BigInt(since) }),
    ...(selector && { selector }),
    ...(counts && { counts }),
    ...(time && { time: Date.parse(time) }),
    ...(witness && { witness: { ...witness, revision: BigInt(witness.revision) } }),
  };
}

export function formatPosition(position: Position): StoredPosition {
  const { from, at, time, witness, baseline, since, selector, counts } = position;
  return {
    from: String(from),
    at: String(at),
    ...(baseline && { baseline }),
    ...(since !== undefined && { since: String(since) }),
    ...(selector && { selector }),
    ...(counts && { counts }),
    ...(time !== undefined && { time: new Date(time).toISOString() }),
    ...(witness && { witness: { ...witness, revision: String(witness.revision) } }),
  };
}
