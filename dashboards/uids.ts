import { token } from './token.ts';

/** Dashboards by what they answer, as their files are named. */
export const dashboardNames = ['overview', 'warnings', 'object', 'nodes', 'scheduling', 'exporter'] as const;
export type DashboardName = (typeof dashboardNames)[number];

/** What a dashboard's uid begins with where nothing else is chosen. */
export const defaultUidPrefix = 'kube-events-';

/** A dashboard's uid, which is part of every link to it. */
export function dashboardUid(name: DashboardName, prefix: string = defaultUidPrefix): string {
  return `${prefix}${name}`;
}

/** The uids as the dashboards' templates have them. */
export const uids = Object.fromEntries(
  dashboardNames.map(name => [name, dashboardUid(name, token('uidPrefix'))]),
) as Readonly<Record<DashboardName, string>>;
