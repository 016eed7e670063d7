import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { selectedWarnings } from './annotation.ts';
import type { Context } from './context.ts';
import { build, type EventDashboard } from './dashboard.ts';
import { exporter } from './exporter.ts';
import { nodes } from './nodes.ts';
import { object } from './object.ts';
import { overview } from './overview.ts';
import { type Profile, type ProfileName, profiles } from './profile.ts';
import { Queries } from './query.ts';
import { scheduling } from './scheduling.ts';
import { variables } from './variables.ts';
import { warnings } from './warnings.ts';

/** What dashboards are rendered for. */
export interface RenderOptions {
  readonly profile: ProfileName;
  /** The label `job` of the events; the profile's own where it isn't given. */
  readonly job?: string;
  /** The label that names the cluster, for data without one too; the profile's own where it isn't given. */
  readonly clusterLabel?: string;
  /** Where the project's docs are read, for links to what a reason means; none without it. */
  readonly docs?: string;
}

/** All dashboards, by the names of their files. */
const dashboards: Readonly<Record<string, (context: Context) => EventDashboard>> = {
  overview,
  warnings,
  object,
  nodes,
  scheduling,
  exporter,
};

/** The queries of one kind of data. */
export function queriesOf(options: RenderOptions): Queries {
  const profile = profiles[options.profile];
  return new Queries(options.clusterLabel === undefined ? profile : withClusterLabel(profile), {
    job: options.job ?? profile.job,
    clusterLabel: options.clusterLabel ?? 'cluster',
  });
}

/** Whoever names the label has it, whatever is usual for this kind of data. */
function withClusterLabel(profile: Profile): Profile {
  if (profile.labels.includes('cluster')) return profile;
  const others = profile.others.filter(field => field !== 'cluster');
  return { ...profile, labels: ['cluster', ...profile.labels], others };
}

/** Every dashboard for one kind of data, by the name of its file without an ending. */
export function renderDashboards(options: RenderOptions): ReadonlyMap<string, Dashboard> {
  const query = queriesOf(options);
  const context = { query, ...(options.docs !== undefined && { docs: options.docs }) };
  return new Map(
    Object.entries(dashboards).map(([name, make]) => {
      const made = make(context);
      const list = made.variables ?? variables(query);
      const annotations = selectedWarnings(query, new Set(list.map(variable => variable.name)));
      return [name, build(made, list, annotations)];
    }),
  );
}

/** A dashboard as the text of its file: the same bytes for the same dashboard. */
export function formatDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
