import {
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { prometheusSource } from './panels/metric.ts';
import { sourceVariable } from './variables.ts';

/** The variables of the dashboard about the exporter: its metrics are in Prometheus, and have labels of their own. */
export function exporterVariables(): VariableModel[] {
  return [
    sourceVariable('prometheus_datasource', 'Prometheus data source', 'prometheus', 'prometheusDatasource'),
    label('job', 'Job', 'kube_events_build_info'),
    label('instance', 'Instance', 'kube_events_build_info{job=~"$job"}'),
  ];
}

function label(name: string, title: string, selector: string): VariableModel {
  const query = `label_values(${selector}, ${name})`;
  return (
    new QueryVariableBuilder(name)
      .label(title)
      .datasource(prometheusSource)
      .definition(query)
      .query({ query, refId: name })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
      .multi(true)
      .includeAll(true)
      // What Prometheus scrapes has both labels always.
      .allValue('.+')
      .current({ text: 'All', value: '$__all' })
      .build()
  );
}
