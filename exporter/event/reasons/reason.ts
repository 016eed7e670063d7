/**
 * How much an event of this reason matters; its type alone says little (`NodeNotReady` on a Node is
 * Normal).
 */
export type Severity = 'info' | 'notice' | 'warning' | 'critical';

/** What is known of an event reason as some components use it. */
export interface EventReason {
  readonly reason: string;
  /** The `component` of such events: `reportingController`, or `source.component` of older ones. */
  readonly components: readonly string[];
  /** `both` where the same component uses it with either type. */
  readonly type: 'Normal' | 'Warning' | 'both';
  /**
   * `info`: routine; `notice`: worth a look; `warning`: something is wrong; `critical`: something is out of
   * service.
   */
  readonly severity: Severity;
  /** One sentence. */
  readonly meaning: string;
  /** What to check first: one sentence, mostly with a kubectl command whose CAPITALS are to be filled in. */
  readonly check: string;
}

/** The entries of reasons that these components share. */
export function reasonsOf(
  components: readonly string[],
  reasons: Readonly<Record<string, Omit<EventReason, 'reason' | 'components'>>>,
): readonly EventReason[] {
  return Object.entries(reasons).map(([reason, said]) => ({ reason, components, ...said }));
}
