import { dataPanels, type PanelJson, panelsOf } from './dashboard-json.ts';
import { labelsOf, variablesIn } from './query-text.ts';
import type { Rule } from './rule.ts';

/** Those whose result can be told without Grafana. */
const allowedTransformations = ['organize', 'merge', 'labelsToFields'];

/** What a panel says, and what it makes of its answers. */
export const panelRules: readonly Rule[] = [
  {
    name: 'every panel has a title, a description, a unit and a text for no data',
    *check(dashboard) {
      if (!dashboard.description) yield 'the dashboard has no description';
      for (const panel of panelsOf(dashboard)) {
        if (!panel.title) yield `panel ${panel.id} has no title`;
      }
      for (const { title, description, fieldConfig } of dataPanels(dashboard)) {
        if (!/^[A-Z].*[.!)`]$/s.test(description ?? '')) yield `${title}: no description in sentences`;
        if (!fieldConfig?.defaults.unit) yield `${title}: no unit`;
        if (!fieldConfig?.defaults.noValue) yield `${title}: no text for no data`;
      }
    },
  },
  {
    name: 'a description is of one panel',
    *check(dashboard) {
      const seen = new Map<string, string>();
      for (const { title = '', description = '' } of dataPanels(dashboard)) {
        const other = seen.get(description);
        if (other !== undefined && other !== title) continue;
        if (other === title) yield `${title}: two panels have this title and description`;
        seen.set(description, title);
      }
    },
  },
  {
    name: 'targets have names of their own',
    *check(dashboard) {
      for (const { title, targets = [] } of dataPanels(dashboard)) {
        if (new Set(targets.map(({ refId }) => refId)).size < targets.length) {
          yield `${title}: two targets share a refId`;
        }
      }
    },
  },
  {
    name: 'transformations are organize, merge and labelsToFields',
    *check(dashboard) {
      for (const { title, transformations = [] } of panelsOf(dashboard)) {
        for (const { id } of transformations) {
          if (!allowedTransformations.includes(id)) yield `${title}: transformation ${id}`;
        }
      }
    },
  },
  {
    name: 'a table names only columns that its queries have',
    *check(dashboard) {
      for (const panel of panelsOf(dashboard)) yield* checkColumns(panel);
    },
  },
];

function* checkColumns(panel: PanelJson): Iterable<string> {
  const { title } = panel;
  const columns = columnsOf(panel);
  if (panel.type !== 'table' || columns === undefined) return;
  if ((panel.targets ?? []).length > 1 && !panel.transformations?.some(({ id }) => id === 'merge')) {
    yield `${title}: several queries, and nothing merges them`;
  }
  // Rows are merged by what they share: a later query's labels are those of the first, or fewer.
  const [first = [], ...others] = (panel.targets ?? []).map(({ expr = '' }) => labelsOf(expr) ?? []);
  for (const labels of others) {
    const own = labels.filter(label => !first.includes(label));
    if (own.length > 0) yield `${title}: only a later query has ${own.join(', ')}`;
  }
  const { before, after } = columns;
  for (const { id, options = {} } of panel.transformations ?? []) {
    if (id !== 'organize') continue;
    for (const key of ['indexByName', 'renameByName', 'excludeByName']) {
      for (const column of Object.keys((options[key] as object | undefined) ?? {})) {
        if (!before.has(column))
          yield `${title}: ${key} names ${column}; the queries have ${[...before].join(', ')}`;
      }
    }
  }
  const known = [...after].join(', ');
  const sorted = (panel.options?.['sortBy'] as { displayName: string }[] | undefined) ?? [];
  for (const { displayName } of sorted) {
    if (!after.has(displayName)) yield `${title}: sorted by ${displayName}; there are ${known}`;
  }
  for (const { matcher, properties } of panel.fieldConfig?.overrides ?? []) {
    if (matcher.id === 'byName' && !after.has(String(matcher.options))) {
      yield `${title}: an override for ${matcher.options}; there are ${known}`;
    }
    for (const match of JSON.stringify(properties).matchAll(/__data\.fields\[\\?"?([^\]\\"]+)/g)) {
      if (!after.has(match[1] ?? '')) yield `${title}: a link takes ${match[1]}; there are ${known}`;
    }
  }
}

/**
 * The columns of a table of instant metric queries, before `organize` and after: Grafana's Loki data source makes a
 * table of each, with `Time`, the labels and `Value #A`.
 */
function columnsOf(panel: PanelJson): { before: Set<string>; after: Set<string> } | undefined {
  const before = new Set<string>();
  for (const target of panel.targets ?? []) {
    if (target.datasource?.type === 'prometheus') return undefined;
    const labels = target.queryType === 'instant' ? labelsOf(target.expr ?? '') : undefined;
    if (labels === undefined) return undefined;
    for (const column of ['Time', ...labels, `Value #${target.refId}`]) before.add(column);
  }
  const organize = (panel.transformations ?? []).find(({ id }) => id === 'organize')?.options ?? {};
  const names = (organize['renameByName'] ?? {}) as Record<string, string>;
  const excluded = (organize['excludeByName'] ?? {}) as Record<string, boolean>;
  const after = new Set([...before].filter(name => !excluded[name]).map(name => names[name] || name));
  return { before, after };
}

/** Variables that a panel shows or repeats by. */
export function variablesOfPanel(panel: PanelJson): string[] {
  return [...(panel.repeat ? [panel.repeat] : []), ...variablesIn(panel.title ?? '')];
}
