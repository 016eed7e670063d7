import type { RulesConfig } from '../config.ts';
import { timeIntervalOf } from '../receivers/mute-times.ts';
import { groupBy, otherReceiver, type Route, routesOf } from '../receivers/routes.ts';
import { OptionError } from '../targets/target.ts';

/** The time that is always: Grafana has no receiver that tells nobody. */
const always = 'kube-events-always';

/** Notification policies: Alertmanager's routes. Grafana has one tree, which this replaces. @throws OptionError without receivers */
export function policies(config: RulesConfig) {
  const { receivers, grouping } = config.notifications;
  const [first] = Object.keys(receivers);
  const root = otherReceiver(config) ?? first;
  if (root === undefined) throw new OptionError('notifications.receivers: Grafana wants one at least');
  return [
    {
      orgId: 1,
      receiver: root,
      group_by: groupBy(config),
      ...timing(grouping.warning),
      routes: routesOf(config).map(route => policyOf(route, root)),
    },
  ];
}

/** Mute timings, in the form of Prometheus. */
export function muteTimings(config: RulesConfig) {
  const { muteTimes, timezone } = config.notifications;
  const silent = routesOf(config).some(({ receiver }) => receiver === undefined);
  return [
    ...muteTimes.map(time => ({
      orgId: 1,
      name: time.name,
      time_intervals: [timeIntervalOf(time, timezone)],
    })),
    ...(silent
      ? [
          {
            orgId: 1,
            name: always,
            time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }],
          },
        ]
      : []),
  ];
}

function policyOf({ matchers, receiver, grouping, mute, continues }: Route, root: string) {
  const muted = receiver === undefined ? [...mute, always] : mute;
  return {
    receiver: receiver ?? root,
    object_matchers: matchers.map(matcher => [...matcher]),
    ...(grouping !== undefined && timing(grouping)),
    ...(muted.length > 0 && { mute_time_intervals: muted }),
    ...(continues && { continue: true }),
  };
}

function timing({ wait, interval, repeat }: NonNullable<Route['grouping']>) {
  return { group_wait: wait, group_interval: interval, repeat_interval: repeat };
}
