import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { colours } from './panels/common.ts';
import type { Field } from './profile.ts';
import { type Queries, selectable } from './query.ts';
import { lokiSource } from './variables.ts';

/** An annotation of Grafana's Loki data source, with a field that the SDK's type lacks. */
export type LokiAnnotation = AnnotationQuery & { readonly maxLines: number };

/**
 * Warnings as marks on every graph of a dashboard about events; off until somebody switches it on.
 * @param variables the names of those that the dashboard has: it selects by these; none where it isn't about events
 */
export function selectedWarnings(query: Queries, variables: ReadonlySet<string>): LokiAnnotation[] {
  if (!variables.has('datasource') || !variables.has('search')) return [];
  const free = [...selectable, 'workload' as const].filter(field => !variables.has(field));
  const where = Object.fromEntries(free.map(field => [field, '.*']));
  return [annotation(query, query.entries({ ...where, type: 'Warning' }), lokiSource.uid)];
}

/** Stands in a snippet for the uid of a Loki data source. */
export const anyLoki = 'LOKI_UID';

/** Warnings as marks on a dashboard about anything, whatever its variables are called: a snippet to paste. */
export function allWarnings(query: Queries): LokiAnnotation {
  const { labels, parser } = query.profile;
  const selector = labels.includes('type') ? '{job="JOB", type="Warning"}' : '{job="JOB"}';
  const filter = labels.includes('type') ? '' : '| type=`Warning`';
  const expr = [selector.replace('JOB', query.job), parser, filter].filter(part => part !== '').join(' ');
  return { ...annotation(query, expr, anyLoki), enable: true };
}

const tags: readonly Field[] = ['cluster', 'namespace', 'kind', 'reason', 'component'];

function annotation(query: Queries, expr: string, source: string): LokiAnnotation {
  return {
    name: 'Warnings',
    datasource: { type: 'loki', uid: source },
    enable: false,
    iconColor: colours.Warning,
    expr,
    // The text is the line.
    titleFormat: '{{reason}} {{namespace}}/{{name}}',
    tagKeys: tags
      .filter(field => query.has(field))
      .map(field => query.nameOf(field))
      .join(','),
    maxLines: 200,
  };
}
