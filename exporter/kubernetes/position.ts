/**
 * How far a source has come. A restart lists exactly at `at`, ships what is newer than `from`, and watches from
 * `at`. In steady state both are the same; while a list is shipped, `from` moves up to `at`.
 */
export interface Position {
  readonly from: bigint;
  readonly at: bigint;
  /** When it was read, in milliseconds since 1970. */
  readonly time?: number;
  /** The newest event that was live at `at`: another cluster, or one restored from a backup, doesn't have it. */
  readonly witness?: Witness;
  /** The field selector that it was read by. */
  readonly selector?: string;
  /** While a list is shipped: the counts that its events had before, by key. The others had none. */
  readonly counts?: Readonly<Record<string, number>>;
  /** While a first list is shipped that is to begin at a time: that time, in nanoseconds since 1970. */
  readonly since?: bigint;
  /** Set while a list is shipped whose events' earlier counts nobody knew, so that a restart says so again. */
  readonly baseline?: 'unknown';
}

/** One revision of one event. */
export interface Witness {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: bigint;
}

/** Whether another position of the same source is past this one, by revision, or in a history that was restored since. */
export function isPassed(position: Position, other: Position): boolean {
  const rewound = other.at < position.at && (other.time ?? 0) > (position.time ?? 0);
  return rewound || other.from > position.from;
}
