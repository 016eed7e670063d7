import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  FieldColorModeId,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { lokiSource } from '../variables.ts';

/** What every panel says. */
export interface PanelText {
  readonly title: string;
  /** How to read it. */
  readonly description: string;
  /** Shown where there is no data. */
  readonly noData?: string;
}

export const noEvents = 'No events';

/** Colours mean the same on every dashboard. */
export const colours = {
  Normal: 'blue',
  Warning: 'orange',
  good: 'green',
  notice: 'yellow',
  bad: 'red',
  before: 'gray',
  /** Says nothing about good or bad. */
  neutral: 'purple',
} as const;

/** A LogQL query over the time of the dashboard, a value for each step. */
export function rangeQuery(refId: string, expr: string, legend: string): DataqueryBuilder {
  return lokiQuery(refId, expr, 'range').legendFormat(legend);
}

/** A LogQL query whose answer is one value a series, for the whole time of the dashboard. */
export function instantQuery(refId: string, expr: string): DataqueryBuilder {
  return lokiQuery(refId, expr, 'instant');
}

/** Entries, newest first. */
export function logQuery(refId: string, expr: string, maxLines: number): DataqueryBuilder {
  return lokiQuery(refId, expr, 'range').maxLines(maxLines);
}

function lokiQuery(refId: string, expr: string, queryType: 'range' | 'instant'): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).datasource(lokiSource).expr(expr).queryType(queryType);
}

export function fixedColour(colour: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } };
}

/** Columns in this order under these names; what isn't named is left out. */
export function organize(
  columns: Readonly<Record<string, string>>,
  hidden: readonly string[] = ['Time'],
): DataTransformerConfig {
  return {
    id: 'organize',
    options: {
      indexByName: Object.fromEntries(Object.keys(columns).map((name, index) => [name, index])),
      renameByName: columns,
      excludeByName: Object.fromEntries(hidden.map(name => [name, true])),
    },
  };
}

/** Tables of several queries as one, by the columns that they share. */
export const merge: DataTransformerConfig = { id: 'merge', options: {} };
