import type { Severity } from '../../alert-rules/rule.ts';
import type { Incident } from './incident.ts';

/** An alert as a person expects it, written from what happened and not taken from the rule. */
export interface ExpectedAlert {
  readonly rule: string;
  readonly severity: Severity;
  /** Besides the cluster's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** The newest entry behind it; none for an alert that is not about events. */
  readonly newest?: string;
  /** False where it goes on to fire longer than a test would wait. */
  readonly resolves?: boolean;
}

/** A heartbeat of an exporter: `[seconds ago, seconds since the last word of the API server]`. */
export type Heartbeat = readonly [secondsAgo: number, frameAge: number];

/** What an exporter tells of a cluster. */
export interface Happening {
  readonly events?: readonly Incident[];
  readonly heartbeats?: readonly Heartbeat[];
}

/** What happens in a cluster of its own, and all the alerts that it raises. */
export interface AlertCase extends Happening {
  readonly rule: string;
  readonly title: string;
  /** What happens once its alerts fire. */
  readonly later?: Happening;
  /** In any order. All of them fire; none other does. */
  readonly alerts: readonly ExpectedAlert[];
}

/** The cluster of a case: no two have the same. */
export function clusterOf({ rule, title }: Pick<AlertCase, 'rule' | 'title'>): string {
  return `${rule}-${title}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Seconds after the start until what `leaving` gives leaves its window. */
export const staySeconds = 30;

/** Seconds before the start of what is counted in a window of so many minutes for {@link staySeconds} more. */
export function leaving(windowMinutes: number): number {
  return windowMinutes * 60 - staySeconds;
}

/** Seconds ago of what arrives as late as can be. */
export const late = 6 * 60;
