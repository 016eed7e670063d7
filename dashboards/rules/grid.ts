import { type DashboardJson, type PanelJson, panelsOf } from './dashboard-json.ts';
import type { Rule } from './rule.ts';

const columns = 24;

/** Places and ids. */
export const gridRules: readonly Rule[] = [
  {
    name: 'panel ids are unique and positive',
    *check(dashboard) {
      const seen = new Set<number>();
      for (const { id, title } of panelsOf(dashboard)) {
        if (id === undefined || !Number.isInteger(id) || id <= 0) yield `${title}: the id is ${id}`;
        else if (seen.has(id)) yield `${title}: the id ${id} is another panel's too`;
        else seen.add(id);
      }
    },
  },
  {
    name: 'uids and titles are unique, and Grafana takes them',
    *check(dashboard, folder) {
      if (!/^[a-zA-Z0-9_-]{1,40}$/.test(dashboard.uid))
        yield `the uid ${dashboard.uid} is not one for Grafana`;
      for (const key of ['uid', 'title'] as const) {
        const same = folder.filter(other => other[key] === dashboard[key]);
        if (same.length > 1) yield `${same.length} dashboards have the ${key} ${dashboard[key]}`;
      }
    },
  },
  {
    name: 'panels are on the grid and do not overlap',
    *check(dashboard) {
      for (const group of groups(dashboard)) {
        const taken = new Map<string, string>();
        for (const panel of group) yield* place(panel, taken);
      }
    },
  },
];

/** A collapsed row's panels have places of their own, below it. */
function groups(dashboard: DashboardJson): PanelJson[][] {
  const open = dashboard.panels.flatMap(panel =>
    panel.collapsed ? [panel] : [panel, ...(panel.panels ?? [])],
  );
  const collapsed = dashboard.panels.filter(panel => panel.collapsed).map(panel => panel.panels ?? []);
  return [open, ...collapsed];
}

function* place(panel: PanelJson, taken: Map<string, string>): Iterable<string> {
  const name = panel.title ?? panel.type;
  const { x = -1, y = -1, w = 0, h = 0 } = panel.gridPos ?? {};
  if (![x, y, w, h].every(Number.isInteger) || x < 0 || y < 0 || w <= 0 || h <= 0 || x + w > columns) {
    yield `${name} is off the grid: x ${x}, y ${y}, w ${w}, h ${h}`;
    return;
  }
  for (let column = x; column < x + w; column += 1) {
    for (let row = y; row < y + h; row += 1) {
      const other = taken.get(`${column},${row}`);
      if (other !== undefined) {
        yield `${name} overlaps ${other} at column ${column}, row ${row}`;
        return;
      }
      taken.set(`${column},${row}`, name);
    }
  }
}
