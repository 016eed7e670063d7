/** What `notify` is called with. */
export interface NotifyOptions {
  readonly config: string;
  /** The receiver that a sample message is sent to, in place of serving. */
  readonly test?: string;
}
