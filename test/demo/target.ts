/** Where the demo's events go. */
export interface Target {
  readonly url: string;
  /** What it is and why it was chosen. */
  readonly description: string;
  /** How the counts of the table were got, for its heading. */
  readonly countedBy: string;
  /** True where there is a Loki to query. */
  readonly queryable: boolean;
  /** Command line tools for it, if we have them. */
  readonly logcli: string | undefined;
  /** The entries that arrived for this cluster since then. */
  entries(cluster: string, since: bigint): Promise<ArrivedEntry[]>;
  /** The sum of `occurrences` by type and reason. */
  occurrences(cluster: string, since: bigint): Promise<OccurrenceSum[]>;
  /** Refuses the next push as an overloaded Loki does; undefined where that can't be arranged. */
  readonly refuseOnce: (() => void) | undefined;
  /** Ends it if it's ours. */
  stop(): Promise<void>;
}

/** One entry, as far as the demo looks at it. */
export interface ArrivedEntry {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly type: string;
  readonly reason: string;
  readonly occurrences: number;
}

/** How often events of this type and reason have occurred. */
export interface OccurrenceSum {
  readonly type: string;
  readonly reason: string;
  readonly occurrences: number;
}
