/** How much is written and how long things stay broken. */
export interface Size {
  /** Events of a scenario; each is bumped twice on average. */
  readonly events: number;
  /** Writes a second: creations and bumps. */
  readonly rate: number;
  /** How long Loki, a watch or a push is away, in seconds. */
  readonly outageSeconds: number;
  /** How long a replica is stopped, in seconds: longer than a lease. */
  readonly frozenSeconds: number;
  /** After how long the sum is asked for again, in seconds. */
  readonly laterSeconds: number;
  /** How long an exporter may take to catch up, in seconds. */
  readonly patienceSeconds: number;
}

/** A few minutes in all, for `npm test`. */
export const SHORT: Size = {
  events: 200,
  rate: 150,
  outageSeconds: 10,
  frozenSeconds: 14,
  laterSeconds: 5,
  patienceSeconds: 60,
};

/** As the exporter's promise is worded: 10,000 events, a minute of outage. */
export const LONG: Size = {
  events: 10_000,
  rate: 400,
  outageSeconds: 60,
  frozenSeconds: 30,
  laterSeconds: 60,
  patienceSeconds: 300,
};
