import type {
  VariableHide as Hide,
  VariableRefresh as Refresh,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  VariableHide,
  type VariableKind,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import { queryV2 } from './v2-query.ts';

/** By their numbers in v1. */
const hides: Readonly<Record<Hide, VariableHide>> = {
  0: VariableHide.DontHide,
  1: VariableHide.HideLabel,
  2: VariableHide.HideVariable,
  3: VariableHide.InControlsMenu,
};

/** By their numbers in v1. */
const refreshes: Readonly<Record<Refresh, VariableRefresh>> = {
  0: VariableRefresh.Never,
  1: VariableRefresh.OnDashboardLoad,
  2: VariableRefresh.OnTimeRangeChanged,
};

/** By their numbers in v1. */
const sorts = [
  VariableSort.Disabled,
  VariableSort.AlphabeticalAsc,
  VariableSort.AlphabeticalDesc,
  VariableSort.NumericalAsc,
  VariableSort.NumericalDesc,
  VariableSort.AlphabeticalCaseInsensitiveAsc,
  VariableSort.AlphabeticalCaseInsensitiveDesc,
  VariableSort.NaturalAsc,
  VariableSort.NaturalDesc,
] as const;

/** @throws RangeError for a type of variable that no dashboard here has */
export function variableV2(variable: VariableModel): VariableKind {
  const common = {
    name: variable.name,
    ...(variable.label !== undefined && { label: variable.label }),
    ...(variable.description !== undefined && { description: variable.description }),
    hide: hides[variable.hide ?? 0],
    skipUrlSync: variable.skipUrlSync ?? false,
    current: currentOf(variable),
  };
  const choice = {
    ...common,
    options: [],
    multi: variable.multi ?? false,
    includeAll: variable.includeAll ?? false,
    allowCustomValue: variable.allowCustomValue ?? true,
    ...(variable.allValue !== undefined && { allValue: variable.allValue }),
  };
  const refreshing = {
    ...choice,
    regex: variable.regex ?? '',
    refresh: refreshes[variable.refresh ?? 0],
  };
  switch (variable.type as string) {
    case 'datasource':
      return { kind: 'DatasourceVariable', spec: { ...refreshing, pluginId: textOf(variable) } };
    case 'query': {
      const query = queryV2(objectOf(variable), variable.datasource);
      const sort = sorts[variable.sort ?? 0] ?? VariableSort.Disabled;
      const definition = variable.definition !== undefined && { definition: variable.definition };
      return { kind: 'QueryVariable', spec: { ...refreshing, ...definition, query, sort } };
    }
    case 'custom':
      return { kind: 'CustomVariable', spec: { ...choice, query: textOf(variable) } };
    case 'textbox':
      return { kind: 'TextVariable', spec: { ...common, query: textOf(variable) } };
    case 'constant':
      return { kind: 'ConstantVariable', spec: { ...common, query: textOf(variable) } };
    default:
      throw new RangeError(`The variable ${variable.name} of type ${variable.type} cannot be converted`);
  }
}

function currentOf({ current }: VariableModel): { text: string | string[]; value: string | string[] } {
  const { text = '', value = '' } = (current ?? {}) as {
    text?: string | string[];
    value?: string | string[];
  };
  return { text, value };
}

function textOf({ query = '' }: VariableModel): string {
  return typeof query === 'string' ? query : JSON.stringify(query);
}

/** The query of a variable: where v1 has a text, v2 keeps it under a name of its own. */
function objectOf({ query = '' }: VariableModel): object {
  return typeof query === 'string' ? { __legacyStringValue: query } : query;
}
