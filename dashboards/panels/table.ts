import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { type DataSourceRef, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { lokiSource } from '../variables.ts';
import { noEvents, type PanelText } from './common.ts';

export interface TableOptions {
  readonly queries: readonly Builder<Dataquery>[];
  /** Where the queries go; Loki where it isn't given. */
  readonly source?: DataSourceRef;
  readonly transformations: readonly DataTransformerConfig[];
  /** The column that it is sorted by at first, largest first. */
  readonly sortBy: string;
  /** Links, units and colours by column. */
  readonly columns?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
}

/** Rows with links onward. */
export function table(
  text: PanelText,
  { queries, transformations, sortBy, columns = {}, source = lokiSource }: TableOptions,
): Panel {
  const builder = new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? noEvents)
    .datasource(source)
    .unit('short')
    .showHeader(true)
    .filterable(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .targets([...queries])
    .transformations([...transformations]);
  for (const [name, properties] of Object.entries(columns)) builder.overrideByName(name, [...properties]);
  return builder.build();
}
