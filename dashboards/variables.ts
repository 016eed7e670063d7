import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Field } from './profile.ts';
import { type Queries, selectable } from './query.ts';
import { token } from './token.ts';

/** The data source of every query: a variable, so that nothing has to be edited after an import. */
export const lokiSource = { type: 'loki', uid: '${datasource}' } as const;

/** What Grafana's Loki data source calls a query for the values of a label. */
const labelValues = 1;

const labels: Readonly<Record<(typeof selectable)[number], string>> = {
  cluster: 'Cluster',
  namespace: 'Namespace',
  kind: 'Kind',
  reason: 'Reason',
  type: 'Type',
};

/**
 * A variable for the data source that the queries go to.
 * @param chosen the token of what it is at first; Grafana takes its default one where that has no value
 */
export function sourceVariable(name: string, label: string, type: string, chosen: string): VariableModel {
  const current = { text: token(chosen), value: token(chosen) };
  return new DatasourceVariableBuilder(name).label(label).type(type).current(current).build();
}

/** The variables of a dashboard about events, each asking only for what those before it leave. */
export function variables(query: Queries): VariableModel[] {
  return [
    sourceVariable('datasource', 'Data source', 'loki', 'datasource'),
    ...selectable.filter(field => query.has(field)).map(field => fieldVariable(field, query)),
    ...(query.has('workload')
      ? [
          textBox(
            'workload',
            'Workload',
            "A part of a workload's name: a Deployment, Job, … as read off Pods' names.",
          ),
        ]
      : []),
    textBox('search', 'Search', 'A part of the line, or a regular expression (RE2); case does not matter.'),
  ];
}

function fieldVariable(field: (typeof selectable)[number], query: Queries): VariableModel {
  if (query.profile.labels.includes(field)) return labelVariable(field, query);
  if (field === 'type') {
    return new CustomVariableBuilder(field)
      .label(labels[field])
      .values('Normal,Warning')
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current(all)
      .build();
  }
  return textBox(field, labels[field], 'A regular expression (RE2) for the whole value; `.*` for all.', '.*');
}

function labelVariable(field: (typeof selectable)[number], query: Queries): VariableModel {
  const before = selectable.slice(0, selectable.indexOf(field));
  return (
    new QueryVariableBuilder(field)
      .label(labels[field])
      .datasource(lokiSource)
      .query({ refId: field, type: labelValues, label: query.nameOf(field), stream: query.streams(before) })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
      .multi(true)
      .includeAll(true)
      // Matches streams that lack the label too.
      .allValue('.*')
      .current(all)
      .build()
  );
}

const all = { text: 'All', value: '$__all' };

/** @param initial what it holds until somebody types */
export function textBox(
  name: Field | 'search',
  label: string,
  description: string,
  initial = '',
): VariableModel {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(initial)
    .current({ text: initial, value: initial })
    .build();
}
