import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Field } from './profile.ts';
import { type Queries, selectable } from './query.ts';
import { token } from './token.ts';
import { uids } from './uids.ts';

/** The menu of all dashboards, which keeps variables and time. */
export function menu(): DashboardLink {
  const link = new DashboardLinkBuilder('Kubernetes events')
    .type(DashboardLinkType.Dashboards)
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .build();
  // The builder puts it where older Grafana versions don't look.
  const { placement: _, ...rest } = link;
  // All of a dashboard's tags: with those that a team chooses it is its dashboards still.
  return { ...rest, tags: token('tags') } as unknown as DashboardLink;
}

/**
 * A link from a cell to another dashboard, with all variables and the time as they are.
 * @param set variables that become what a column of the row holds: `{reason: 'Reason'}`
 * @param query whose variables there are; all without it
 */
export function cellLink(
  title: string,
  to: string,
  set: Readonly<Record<string, string>>,
  query?: Pick<Queries, 'has'>,
): DynamicConfigValue {
  const own = Object.entries(set).map(([name, column]) => `var-${name}=${cell(column)}`);
  const kept = variablesBut(Object.keys(set), query).map(name => `\${${name}:queryparam}`);
  const url = `/d/${to}?${[...own, ...kept, '${__url_time_range}'].join('&')}`;
  return { id: 'links', value: [{ title, url, targetBlank: false }] };
}

/** The columns that name an object. */
export type ObjectColumns = Readonly<Partial<Record<ObjectField, string>>> & { readonly name: string };

type ObjectField = (typeof objectFields)[number];
const objectFields = ['cluster', 'namespace', 'kind', 'name'] as const satisfies readonly Field[];

/** A link from a cell to the timeline of the object that the row names. */
export function objectLink(query: Queries, columns: ObjectColumns): DynamicConfigValue {
  const set = Object.entries(columns).map(([field, column]) => [field, cell(column)] as const);
  return { id: 'links', value: [toObject(query, new Map(set))] };
}

/** A link from a line to the timeline of its object, in the details of the entry. */
export function lineLink(query: Queries): DynamicConfigValue {
  const set = objectFields
    .filter(field => query.has(field))
    .map(field => [field, `\${__labels.tags.${query.nameOf(field)}:percentencode}`] as const);
  return { id: 'links', value: [toObject(query, new Map(set))] };
}

/** What else narrows the events down is left behind: a timeline tells everything of its object. */
function toObject(query: Queries, set: ReadonlyMap<string, string>) {
  const own = Array.from(set, ([field, value]) => `var-${field}=${value}`);
  const kept = ['datasource', 'cluster', 'namespace', 'kind'].filter(
    name => !set.has(name) && isVariable(name, query),
  );
  const parameters = [
    ...own,
    ...kept.map(name => `\${${name}:queryparam}`),
    `var-reason=${allOf('reason', query)}`,
    `var-type=${allOf('type', query)}`,
    ...(query.has('workload') ? ['var-workload='] : []),
    'var-search=',
    '${__url_time_range}',
  ];
  return { title: 'Its timeline', url: `/d/${uids.object}?${parameters.join('&')}`, targetBlank: false };
}

/** What a variable is where it selects everything: what is no label is typed, but for the few types. */
function allOf(field: 'reason' | 'type', query: Queries): string {
  return field === 'type' || query.profile.labels.includes(field) ? '$__all' : '.*';
}

function cell(column: string): string {
  return `\${__data.fields["${column}"]:percentencode}`;
}

const carried = ['datasource', ...selectable, 'workload', 'search'];

function variablesBut(names: readonly string[], query: Pick<Queries, 'has'> | undefined): string[] {
  return carried.filter(name => !names.includes(name) && (query === undefined || isVariable(name, query)));
}

function isVariable(name: string, query: Pick<Queries, 'has'>): boolean {
  return name === 'datasource' || name === 'search' || query.has(name as Field);
}
