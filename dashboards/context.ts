import type { Queries } from './query.ts';

/** What every dashboard is made with. */
export interface Context {
  readonly query: Queries;
  /** Where the project's docs are read, without a slash at the end; without it nothing links to them. */
  readonly docs?: string;
}

/** Dashboards by what they answer; the uid is part of links between them. */
export const uids = {
  overview: 'kube-events-overview',
  warnings: 'kube-events-warnings',
  object: 'kube-events-object',
  nodes: 'kube-events-nodes',
  scheduling: 'kube-events-scheduling',
  exporter: 'kube-events-exporter',
} as const;

/** Links the dashboards to each other. */
export const tag = 'kube-events';
