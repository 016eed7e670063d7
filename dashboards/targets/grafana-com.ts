import type { Dashboard, Panel, RowPanel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { fileOfEach, type Target } from './target.ts';

/** What a dashboard asks for while it is imported. */
interface Input {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: 'datasource';
  readonly pluginId: string;
  readonly pluginName: string;
}

interface Requirement {
  readonly type: 'grafana' | 'datasource' | 'panel';
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** A dashboard as Grafana's "Export for sharing externally" has it. */
export interface SharedDashboard extends Dashboard {
  readonly __inputs: readonly Input[];
  readonly __elements: Readonly<Record<string, never>>;
  readonly __requires: readonly Requirement[];
}

/** The oldest Grafana whose panels and variables these are. */
const grafanaVersion = '11.3.0';

const sourceNames: Readonly<Record<string, string>> = { loki: 'Loki', prometheus: 'Prometheus' };

const panelNames: Readonly<Record<string, string>> = {
  barchart: 'Bar chart',
  bargauge: 'Bar gauge',
  gauge: 'Gauge',
  heatmap: 'Heatmap',
  logs: 'Logs',
  piechart: 'Pie chart',
  stat: 'Stat',
  'state-timeline': 'State timeline',
  'status-history': 'Status history',
  table: 'Table',
  text: 'Text',
  timeseries: 'Time series',
};

/** For grafana.com: the import asks for a data source of each kind, and the variable begins with it. */
export const grafanaCom: Target = {
  description: 'JSON to upload to grafana.com, with what an import has to ask for',
  options: {},
  files: dashboards =>
    fileOfEach(dashboards, 'json', dashboard => `${JSON.stringify(shareDashboard(dashboard), null, 2)}\n`),
};

function shareDashboard(dashboard: Dashboard): SharedDashboard {
  const variables = dashboard.templating.list ?? [];
  const inputs = new Map(variables.filter(isSource).map(({ query }) => [query, inputOf(query)]));
  const panels = [...new Set((dashboard.panels ?? []).flatMap(typesOf))];
  const requires: Requirement[] = [
    { type: 'grafana', id: 'grafana', name: 'Grafana', version: grafanaVersion },
    ...[...inputs.values()].map(
      ({ pluginId, pluginName }) =>
        ({ type: 'datasource', id: pluginId, name: pluginName, version: '1.0.0' }) as const,
    ),
    ...panels.map(id => ({ type: 'panel', id, name: nameOf('panel', id, panelNames), version: '' }) as const),
  ];
  const list = variables.map(variable => {
    const input = isSource(variable) ? inputs.get(variable.query) : undefined;
    if (input === undefined) return variable;
    const chosen = `\${${input.name}}`;
    return { ...variable, current: { text: chosen, value: chosen } };
  });
  return {
    __inputs: [...inputs.values()],
    __elements: {},
    __requires: requires.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ...dashboard,
    id: null,
    templating: { list },
  };
}

function isSource(variable: VariableModel): variable is VariableModel & { query: string } {
  return variable.type === 'datasource' && typeof variable.query === 'string';
}

function inputOf(pluginId: string): Input {
  const pluginName = nameOf('data source', pluginId, sourceNames);
  return {
    name: `DS_${pluginId.toUpperCase()}`,
    label: pluginName,
    description: '',
    type: 'datasource',
    pluginId,
    pluginName,
  };
}

function typesOf(panel: Panel | RowPanel): string[] {
  return 'panels' in panel ? panel.panels.map(({ type }) => type) : [panel.type];
}

function nameOf(what: string, id: string, names: Readonly<Record<string, string>>): string {
  const name = names[id];
  if (name === undefined) throw new RangeError(`The name of the ${what} ${id} is not known`);
  return name;
}
