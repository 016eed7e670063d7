import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { selectedWarnings } from './annotation.ts';
import { build, type EventDashboard } from './dashboard.ts';
import { exporter } from './exporter.ts';
import { nodes } from './nodes.ts';
import { object } from './object.ts';
import { overview } from './overview.ts';
import { type Profile, type ProfileName, profiles, withClusterLabel } from './profile.ts';
import { Queries } from './query.ts';
import { scheduling } from './scheduling.ts';
import { fill, type Json, type TokenValues, token } from './token.ts';
import { type DashboardName, dashboardNames, defaultUidPrefix } from './uids.ts';
import { variables } from './variables.ts';
import { warnings } from './warnings.ts';

/** What dashboards are rendered for. */
export interface RenderOptions {
  readonly profile: ProfileName;
  /** The label `job` of the events; the profile's own where it isn't given. */
  readonly job?: string;
  /** The label that names the cluster, for data without one too; the profile's own where it isn't given. */
  readonly clusterLabel?: string;
  /** Further matchers of every selector, as in `environment="prod"`; none where it isn't given. */
  readonly selector?: string;
  /** Where the project's docs are read, for links to what a reason means; none without it. */
  readonly docs?: string;
  /** What the uids begin with. */
  readonly uidPrefix?: string;
  readonly tags?: readonly string[];
  /** How often the dashboards ask anew, as in `1m`; empty for never. */
  readonly refresh?: string;
  /** The Loki data source at first, by name or uid; Grafana's default one where it isn't given. */
  readonly datasource?: string;
  /** The same of Prometheus. */
  readonly prometheusDatasource?: string;
}

/** Every dashboard, by the name of its file. */
const dashboards: Readonly<Record<DashboardName, (query: Queries) => EventDashboard>> = {
  overview,
  warnings,
  object,
  nodes,
  scheduling,
  exporter,
};

/** The queries of one kind of data. */
export function queriesOf({ profile, job, clusterLabel, selector }: RenderOptions): Queries {
  return new Queries(dataOf(profile, clusterLabel), {
    job: job ?? profiles[profile].job,
    clusterLabel: clusterLabel ?? 'cluster',
    selector: selector === undefined || selector === '' ? '' : `, ${selector}`,
  });
}

/** Every dashboard for one kind of data, by the name of its file without an ending. */
export function renderDashboards(options: RenderOptions): ReadonlyMap<string, Dashboard> {
  const values = dashboardValues(options);
  const templates = dashboardTemplates(dataOf(options.profile, options.clusterLabel));
  return new Map(
    Array.from(templates, ([name, template]) => [name, fill(template, values) as unknown as Dashboard]),
  );
}

/** What the tokens of the templates stand for. */
export function dashboardValues(options: RenderOptions) {
  return {
    job: options.job ?? profiles[options.profile].job,
    clusterLabel: options.clusterLabel ?? 'cluster',
    selector: options.selector ?? '',
    docs: options.docs ?? '',
    uidPrefix: options.uidPrefix ?? defaultUidPrefix,
    tags: options.tags ?? ['kube-events', 'loki', 'kubernetes'],
    refresh: options.refresh ?? '1m',
    datasource: options.datasource ?? null,
    prometheusDatasource: options.prometheusDatasource ?? null,
  } satisfies TokenValues;
}

/** Every dashboard with tokens for what a team chooses, by the name of its file without an ending. */
export function dashboardTemplates(profile: Profile): ReadonlyMap<DashboardName, Json> {
  const query = new Queries(profile, {
    job: token('job'),
    clusterLabel: token('clusterLabel'),
    selector: token('selector', 'more'),
  });
  return new Map(
    dashboardNames.map(name => {
      const made = dashboards[name](query);
      const list = made.variables ?? variables(query);
      const annotations = selectedWarnings(query, new Set(list.map(variable => variable.name)));
      // As JSON has it: without what is undefined.
      return [name, JSON.parse(JSON.stringify(build(made, list, annotations))) as Json];
    }),
  );
}

function dataOf(name: ProfileName, clusterLabel: string | undefined): Profile {
  const profile = profiles[name];
  return clusterLabel === undefined ? profile : withClusterLabel(profile);
}

/** A dashboard as the text of its file: the same bytes for the same dashboard. */
export function formatDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
