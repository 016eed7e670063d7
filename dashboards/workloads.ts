import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { cellLink } from './links.ts';
import type { PanelText } from './panels/common.ts';
import { type Listed, listing } from './panels/listing.ts';
import type { Queries } from './query.ts';
import { newest } from './seen.ts';
import { uids } from './uids.ts';

const columns: readonly Listed[] = ['cluster', 'namespace', 'workload'];

export interface WorkloadOptions {
  /** A log query; all that the variables select without it. */
  readonly entries?: string;
  /** Whose variables the links carry, where the dashboard has fewer than the data. */
  readonly carried?: Pick<Queries, 'has'>;
}

/** The column of a listing that says when something occurred last. */
export const lastSeenColumn = { column: 'Last seen', unit: 'dateTimeFromNow' } as const;

/**
 * The workloads whose events occurred last, each leading to its Warnings. Workloads are without bound, because a Pod
 * that no controller named is one of its own, so they are listed, and not summed or drawn.
 */
export function newestWorkloads(
  text: PanelText,
  query: Queries,
  { entries = query.entries(), carried = query }: WorkloadOptions = {},
): Panel {
  const by = columns.filter(field => query.has(field));
  const link = {
    ...(query.has('cluster') && { cluster: 'Cluster' }),
    namespace: 'Namespace',
    workload: 'Workload',
  };
  return listing(text, {
    query,
    by,
    expr: newest(query, by, entries),
    value: lastSeenColumn,
    link: { from: 'workload', to: cellLink('Only this workload', uids.warnings, link, carried) },
  });
}
