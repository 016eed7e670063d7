import type { ExpectedAlert } from '../case.ts';
import { type Counted, lineOf } from '../counted.ts';
import type { Incident } from '../incident.ts';

export const minute = 60;

export type Told = Omit<Incident, 'counts'>;

export function ofNode(reason: string, message: string, rest: Partial<Incident> = {}): Told {
  return {
    kind: 'Node',
    name: 'node-1',
    node: 'node-1',
    reason,
    message,
    type: 'Normal',
    component: 'kubelet',
    ...rest,
  };
}

/** Once, some minutes ago. */
export function once(told: Told, minutesAgo: number): Incident {
  return { ...told, counts: [[minutesAgo * minute, 1]] };
}

export function status(reason: string): Told {
  return ofNode(reason, `Node node-1 status is now: ${reason}`);
}

/** The companion of the rules by node: it knows the reason alone. */
export function trouble(times: number, reason: string, rest: Partial<ExpectedAlert> = {}): ExpectedAlert {
  return {
    rule: 'NodeTrouble',
    severity: 'warning',
    labels: { reason },
    summary: `Nodes report ${reason}`,
    description: `${reason} ${times} times on nodes of the cluster within 30m.`,
    ...rest,
  };
}

/** {@link trouble} where it was lately. */
export function troubleSince(event: Told): NonNullable<Counted['also']> {
  return (times, reason, secondsAgo) =>
    secondsAgo < 30 * minute ? [trouble(times, reason, { newest: lineOf(event) })] : [];
}
