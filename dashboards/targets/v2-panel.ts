import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type {
  Element,
  FieldConfigSource,
  GridLayoutItemKind,
  PanelKind,
  QueryOptionsSpec,
  RowsLayoutRowKind,
  TransformationKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import { queryV2 } from './v2-query.ts';

/** The panels of a dashboard, in its rows too, by the names that the layout calls them. */
export function elementsV2(panels: readonly (Panel | RowPanel)[]): Record<string, Element> {
  const all = panels.flatMap(panel => (isRow(panel) ? panel.panels : [panel]));
  return Object.fromEntries(all.map(panel => [elementName(panel), panelV2(panel)]));
}

/**
 * The rows of a dashboard with their panels, whose places count from their row.
 * @throws RangeError where a panel stands above the first row
 */
export function rowsV2(panels: readonly (Panel | RowPanel)[]): RowsLayoutRowKind[] {
  const rows: { row: RowPanel; items: GridLayoutItemKind[] }[] = [];
  for (const panel of panels) {
    if (isRow(panel)) {
      rows.push({ row: panel, items: panel.panels.map(inner => place(inner, panel)) });
      continue;
    }
    const last = rows.at(-1);
    if (last === undefined) throw new RangeError(`The panel ${panel.title} stands in no row`);
    last.items.push(place(panel, last.row));
  }
  return rows.map(({ row, items }) => ({
    kind: 'RowsLayoutRow',
    spec: {
      title: row.title ?? '',
      collapse: row.collapsed,
      layout: { kind: 'GridLayout', spec: { items } },
    },
  }));
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

function elementName(panel: Panel): string {
  if (panel.id === undefined) throw new RangeError(`The panel ${panel.title} has no id`);
  return `panel-${panel.id}`;
}

function place(panel: Panel, row: RowPanel): GridLayoutItemKind {
  const { gridPos } = panel;
  if (gridPos === undefined) throw new RangeError(`The panel ${panel.title} has no place`);
  return {
    kind: 'GridLayoutItem',
    spec: {
      x: gridPos.x,
      y: gridPos.y - (row.gridPos?.y ?? 0) - 1,
      width: gridPos.w,
      height: gridPos.h,
      element: { kind: 'ElementReference', name: elementName(panel) },
    },
  };
}

/** Properties of a panel that are the same in the options of a v2 query. */
const queryOptions = [
  'cacheTimeout',
  'hideTimeOverride',
  'interval',
  'maxDataPoints',
  'queryCachingTTL',
  'timeCompare',
  'timeFrom',
  'timeShift',
] as const satisfies readonly (keyof Panel & keyof QueryOptionsSpec)[];

function panelV2(panel: Panel): PanelKind {
  if (panel.repeat !== undefined || panel.libraryPanel !== undefined) {
    throw new RangeError(`The panel ${panel.title} repeats or is of a library, which cannot be converted`);
  }
  return {
    kind: 'Panel',
    spec: {
      id: panel.id ?? 0,
      title: panel.title ?? '',
      description: panel.description ?? '',
      ...(panel.transparent === true && { transparent: true }),
      links: (panel.links ?? []).map(({ title, url = '', targetBlank }) => ({ title, url, targetBlank })),
      data: {
        kind: 'QueryGroup',
        spec: {
          queries: (panel.targets ?? []).map(target => panelQuery(target, panel)),
          transformations: (panel.transformations ?? []).map(
            ({ id, ...spec }) => ({ kind: 'Transformation', group: id, spec }) as TransformationKind,
          ),
          queryOptions: Object.fromEntries(
            queryOptions.filter(name => panel[name] !== undefined).map(name => [name, panel[name]]),
          ),
        },
      },
      vizConfig: {
        kind: 'VizConfig',
        group: panel.type,
        version: panel.pluginVersion ?? '',
        spec: {
          options: panel.options ?? {},
          // The same JSON, but the types have enumerations of their own.
          fieldConfig: (panel.fieldConfig ?? { defaults: {}, overrides: [] }) as unknown as FieldConfigSource,
        },
      },
    },
  };
}

type Target = NonNullable<Panel['targets']>[number];

function panelQuery(target: Target, panel: Panel): PanelKind['spec']['data']['spec']['queries'][number] {
  const { refId, hide, datasource, ...spec } = target as unknown as {
    refId: string;
    hide?: boolean;
    datasource?: Panel['datasource'];
  };
  return {
    kind: 'PanelQuery',
    spec: { refId, hidden: hide ?? false, query: queryV2(spec, datasource ?? panel.datasource) },
  };
}
