import type { DynamicConfigValue, Panel, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { PanelText } from './common.ts';
import { graph } from './graph.ts';
import { total } from './total.ts';

/** Where the exporter's own metrics are: a variable, like the data source of events. */
export const prometheusSource = { type: 'prometheus', uid: '${prometheus_datasource}' } as const;

/** A series of the exporters that the variables select. */
export function series(name: string): string {
  return `${name}{job=~"$job", instance=~"$instance"}`;
}

/** Of series that every program has, those of the exporters: with all jobs and instances chosen, it would be everybody's. */
export function ofExporters(expr: string): string {
  return `(${expr} and on (job, instance) ${series('kube_events_build_info')})`;
}

/** How much a counter grows in a second. */
export function rate(name: string): string {
  return `rate(${series(name)}[$__rate_interval])`;
}

/** How much a counter grew in the time of the dashboard. */
export function growth(name: string): string {
  return `increase(${series(name)}[$__range])`;
}

/** A quantile of a histogram, over all exporters. */
export function quantile(share: number, name: string): string {
  return `histogram_quantile(${share}, sum by (le) (${rate(`${name}_bucket`)}))`;
}

/** What a line of a graph shows: PromQL by legend. */
export type Lines = Readonly<Record<string, string>>;

export interface MetricGraphOptions {
  readonly lines: Lines;
  readonly unit: string;
  readonly colours?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
}

/** Values over time, each line under its name. */
export function metricGraph(text: PanelText, { lines, unit, colours = {} }: MetricGraphOptions): Panel {
  return graph(text, {
    style: 'line',
    source: prometheusSource,
    unit,
    calcs: ['lastNotNull', 'max'],
    queries: Object.entries(lines).map(([legend, expr], index) =>
      metricQuery(String.fromCharCode('A'.charCodeAt(0) + index), expr)
        .range()
        .legendFormat(legend),
    ),
    series: colours,
  });
}

export interface MetricTotalOptions {
  readonly expr: string;
  readonly unit: string;
  readonly thresholds: readonly Threshold[];
}

/** One number as of now, or for the whole time where the expression says so. */
export function metricTotal(text: PanelText, { expr, unit, thresholds }: MetricTotalOptions): Panel {
  return total(text, { query: metricQuery('A', expr).instant(), source: prometheusSource, unit, thresholds });
}

/** A table's query: a row for each series. */
export function rowsQuery(refId: string, expr: string): DataqueryBuilder {
  return metricQuery(refId, expr).instant().format(PromQueryFormat.Table);
}

function metricQuery(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).datasource(prometheusSource).expr(expr);
}
