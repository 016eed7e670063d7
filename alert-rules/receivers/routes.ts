import type { RulesConfig } from '../config.ts';
import { type Severity, severities } from '../rule.ts';

/** A condition on a label. */
export type Matcher = readonly [label: string, operator: '=' | '=~', value: string];

/** Which alerts go where. */
export interface Route {
  readonly matchers: readonly Matcher[];
  /** Undefined where nobody is told. */
  readonly receiver: string | undefined;
  readonly grouping?: Grouping;
  /** Names of times at which it is silent. */
  readonly mute: readonly string[];
  /** Whether the routes after it are asked as well. */
  readonly continues: boolean;
}

interface Grouping {
  readonly wait: string;
  readonly interval: string;
  readonly repeat: string;
}

/** Labels whose alerts are one message: a storm has one rule, many namespaces and many workloads. */
export function groupBy({ clusterLabel = 'cluster' }: RulesConfig): readonly string[] {
  return [clusterLabel, 'alertname'];
}

/** The routes of a configuration, the first that fits wins. Every severity has one, without a namespace. */
export function routesOf({ notifications }: RulesConfig): readonly Route[] {
  const { routes, namespaces, ignore, muteTimes, grouping } = notifications;
  const severe = (severity: Severity, receiver: string, more: readonly Matcher[], also: boolean): Route => ({
    matchers: [['severity', '=', severity], ...more],
    receiver: named(receiver),
    grouping: grouping[severity],
    mute: muteTimes.filter(time => time.severities.includes(severity)).map(({ name }) => name),
    continues: also,
  });
  return [
    {
      matchers: [['alertname', '=', 'Watchdog']],
      receiver: named(routes.watchdog),
      grouping: grouping.watchdog,
      mute: [],
      continues: false,
    },
    ...ignore.map(labels => ({
      matchers: Object.entries(labels).map(([label, value]) => [label, '=~', value] as const),
      receiver: undefined,
      mute: [],
      continues: false,
    })),
    ...namespaces.flatMap(entry =>
      severities.flatMap(severity => {
        const receiver = entry[severity];
        if (receiver === undefined) return [];
        const namespace: Matcher = ['namespace', '=~', entry.namespaces.join('|')];
        return [severe(severity, receiver, [namespace], entry.also)];
      }),
    ),
    ...severities.map(severity => severe(severity, routes[severity], [], false)),
  ];
}

/** The receiver of what has no severity of ours: none of our rules. */
export function otherReceiver({ notifications: { routes } }: RulesConfig): string | undefined {
  return named(routes.warning);
}

function named(receiver: string): string | undefined {
  return receiver === 'none' ? undefined : receiver;
}
