import { stringify } from 'yaml';
import type { RulesConfig } from '../config.ts';
import { timeIntervalOf } from '../receivers/mute-times.ts';
import { groupBy, otherReceiver, type Route, routesOf } from '../receivers/routes.ts';
import type { RenderedGroup } from '../render.ts';
import { inhibitions } from './inhibition.ts';
import { receiversOf } from './receiver.ts';

/** A receiver that tells nobody. */
const nobody = 'none';

/**
 * The text of Alertmanager's configuration, 0.28 or later: https://prometheus.io/docs/alerting/latest/configuration/
 *
 * @throws OptionError where a secret is in no file, or a name stands for two
 */
export function alertmanagerConfig(groups: readonly RenderedGroup[], config: RulesConfig): string {
  const { notifications } = config;
  const { receivers, muteTimes, smtp, template, timezone, grouping } = notifications;
  const hasEmail = Object.values(receivers).some(({ email }) => email !== undefined);
  const document = {
    ...(hasEmail && {
      global: {
        smtp_smarthost: smtp.smarthost,
        smtp_from: smtp.from,
        ...(smtp.username !== undefined && { smtp_auth_username: smtp.username }),
        ...(smtp.passwordFile !== undefined && { smtp_auth_password_file: smtp.passwordFile }),
        smtp_require_tls: smtp.requireTls,
      },
    }),
    templates: [template],
    route: {
      receiver: otherReceiver(config) ?? nobody,
      group_by: groupBy(config),
      ...timing(grouping.warning),
      routes: routesOf(config).map(routeOf),
    },
    inhibit_rules: inhibitions(groups, config.clusterLabel ?? 'cluster'),
    ...(muteTimes.length > 0 && {
      time_intervals: muteTimes.map(time => ({
        name: time.name,
        time_intervals: [timeIntervalOf(time, timezone)],
      })),
    }),
    receivers: [{ name: nobody }, ...receiversOf(config)],
  };
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

function routeOf({ matchers, receiver = nobody, grouping, mute, continues }: Route) {
  return {
    matchers: matchers.map(([label, operator, value]) => `${label}${operator}"${value}"`),
    receiver,
    ...(grouping !== undefined && timing(grouping)),
    ...(mute.length > 0 && { mute_time_intervals: mute }),
    ...(continues && { continue: true }),
  };
}

function timing({ wait, interval, repeat }: NonNullable<Route['grouping']>) {
  return { group_wait: wait, group_interval: interval, repeat_interval: repeat };
}
