import type { Trial } from './trial.ts';

/** One thing that goes wrong. After `play` everything must still arrive, once; the trial sees to that. */
export interface Scenario {
  /** A few words: what is broken. */
  readonly name: string;
  /** Left out of `npm test`: it takes too long, or shows little with few events. Default false. */
  readonly longOnly?: boolean;
  /** Starts exporters and writers, and breaks things. It need not wait for the writers. */
  play(trial: Trial): Promise<void>;
}
