import type { Expectation } from './expectation.ts';

/** Where the demo's events come from. */
export interface Source {
  /** A few words, for a heading. */
  readonly name: string;
  readonly description: string;
  /** Of the API server. */
  readonly url: string;
  /** How many revisions there will be; undefined where nobody can know. */
  readonly total: number | undefined;
  writeKubeconfig(file: string): Promise<void>;
  /**
   * Makes the events happen, while the exporter watches.
   *
   * @param note is told in a few words what happens besides
   */
  play(note: (text: string) => void, signal: AbortSignal): Promise<void>;
  /** What has to have arrived, once `play` is over. */
  expect(): Promise<Expectation>;
  stop(): Promise<void>;
}
