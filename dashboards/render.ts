import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Context } from './context.ts';
import { build, type EventDashboard } from './dashboard.ts';
import { overview } from './overview.ts';
import { type ProfileName, profiles } from './profile.ts';
import { Queries } from './query.ts';
import { variables } from './variables.ts';

/** What dashboards are rendered for. */
export interface RenderOptions {
  readonly profile: ProfileName;
  /** The label `job` of the events; the profile's own where it isn't given. */
  readonly job?: string;
  /** The label that names the cluster; `cluster` where it isn't given. */
  readonly clusterLabel?: string;
}

/** All dashboards, by the names of their files. */
const dashboards: Readonly<Record<string, (context: Context) => EventDashboard>> = {
  overview,
};

/** Every dashboard for one kind of data, by the name of its file without an ending. */
export function renderDashboards(options: RenderOptions): ReadonlyMap<string, Dashboard> {
  const profile = profiles[options.profile];
  const query = new Queries(profile, {
    job: options.job ?? profile.job,
    clusterLabel: options.clusterLabel ?? 'cluster',
  });
  return new Map(
    Object.entries(dashboards).map(([name, make]) => [name, build(make({ query }), variables(query))]),
  );
}

/** A dashboard as the text of its file: the same bytes for the same dashboard. */
export function formatDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
