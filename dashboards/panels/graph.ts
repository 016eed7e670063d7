import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataSourceRef,
  type GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { lokiSource } from '../variables.ts';
import { noEvents, type PanelText } from './common.ts';

export interface GraphOptions {
  readonly queries: readonly Builder<Dataquery>[];
  /** Where the queries go; Loki where it isn't given. */
  readonly source?: DataSourceRef;
  /** What the legend says of each series; the sum where it isn't given. */
  readonly calcs?: readonly string[];
  readonly style: 'bars' | 'line';
  readonly unit?: string;
  /** Series that have a colour of their own, by their legend. */
  readonly series?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
}

/** Values over time: bars for what is counted, stacked; lines for what is compared. */
export function graph(
  text: PanelText,
  { queries, style, unit = 'short', series = {}, source = lokiSource, calcs = ['sum'] }: GraphOptions,
): Panel {
  const builder = new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? noEvents)
    .datasource(source)
    .unit(unit)
    .min(0)
    .drawStyle(style as GraphDrawStyle)
    .fillOpacity(style === 'bars' ? 80 : 0)
    .lineWidth(style === 'bars' ? 0 : 2)
    .stacking(new StackingConfigBuilder().mode(style === 'bars' ? StackingMode.Normal : StackingMode.None))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .calcs([...calcs]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets([...queries]);
  for (const [name, properties] of Object.entries(series)) builder.overrideByName(name, [...properties]);
  return builder.build();
}
