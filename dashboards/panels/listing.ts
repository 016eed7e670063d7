import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Field } from '../profile.ts';
import type { Queries } from '../query.ts';
import { instantQuery, organize, type PanelText } from './common.ts';
import { table } from './table.ts';

/** The names of columns, by their fields. */
export const columnNames = {
  cluster: 'Cluster',
  namespace: 'Namespace',
  kind: 'Kind',
  workload: 'Workload',
  name: 'Name',
  reason: 'Reason',
  first_seen: 'First seen',
} as const satisfies Partial<Record<Field, string>>;

/** A field that a listing can show. */
export type Listed = keyof typeof columnNames;

export interface ListingOptions {
  readonly query: Queries;
  /** The columns; what this data lacks is left out. */
  readonly by: readonly Listed[];
  /** An instant query with a series for each row. */
  readonly expr: string;
  /** What its values are. */
  readonly value: { readonly column: string; readonly unit: string };
  /** Where the values of a field lead. */
  readonly link: { readonly from: Listed; readonly to: DynamicConfigValue };
}

/** Things without bound: those with the largest values. */
export function listing(text: PanelText, { query, by, expr, value, link }: ListingOptions): Panel {
  const named = by
    .filter(field => query.has(field))
    .map(field => [query.nameOf(field), columnNames[field]] as const);
  return table(text, {
    queries: [instantQuery('A', expr)],
    transformations: [organize({ 'Value #A': value.column, ...Object.fromEntries(named) })],
    sortBy: value.column,
    columns: {
      [value.column]: [
        { id: 'unit', value: value.unit },
        { id: 'custom.width', value: 160 },
      ],
      [columnNames[link.from]]: [link.to],
    },
  });
}
