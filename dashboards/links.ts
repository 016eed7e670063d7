import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { tag, type uids } from './context.ts';

type DashboardName = keyof typeof uids;

/** The menu of all dashboards, which keeps variables and time. */
export function menu(): DashboardLink {
  const link = new DashboardLinkBuilder('Kubernetes events')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .build();
  // The builder puts it where older Grafana versions don't look.
  const { placement: _, ...rest } = link;
  return rest as DashboardLink;
}

/**
 * A link from a cell to another dashboard, with all variables and the time as they are.
 * @param set variables that become what a column of the row holds: `{reason: 'Reason'}`
 */
export function cellLink(
  title: string,
  to: (typeof uids)[DashboardName],
  set: Readonly<Record<string, string>>,
): DynamicConfigValue {
  const own = Object.entries(set).map(
    ([name, column]) => `var-${name}=\${__data.fields["${column}"]:percentencode}`,
  );
  const kept = variablesBut(Object.keys(set)).map(name => `\${${name}:queryparam}`);
  const url = `/d/${to}?${[...own, ...kept, '${__url_time_range}'].join('&')}`;
  return { id: 'links', value: [{ title, url, targetBlank: false }] };
}

const carried = ['datasource', 'cluster', 'namespace', 'kind', 'reason', 'type', 'workload', 'search'];

function variablesBut(names: readonly string[]): string[] {
  return carried.filter(name => !names.includes(name));
}
