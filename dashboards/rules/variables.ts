import {
  type DashboardJson,
  type LabelValuesQuery,
  linksOf,
  panelsOf,
  queriesOf,
  type VariableJson,
} from './dashboard-json.ts';
import { variablesOfPanel } from './panels.ts';
import { nodesOf, variablesIn } from './query-text.ts';
import type { Rule } from './rule.ts';

/** Variables: declared, used, chained, and with an "All" that works. */
export const variableRules: readonly Rule[] = [
  {
    name: 'variables have names of their own, and labels',
    *check({ templating: { list } }) {
      const names = list.map(({ name }) => name);
      if (new Set(names).size < names.length) yield `two variables share a name: ${names.join(', ')}`;
      for (const { name, label } of list) if (!label) yield `$${name} has no label`;
    },
  },
  {
    name: 'what is used is declared',
    *check(dashboard) {
      const declared = new Set(dashboard.templating.list.map(({ name }) => name));
      for (const [name, place] of usesOf(dashboard)) {
        if (!declared.has(name)) yield `${place} uses $${name}, which is not there`;
      }
    },
  },
  {
    name: 'what is declared is used',
    *check(dashboard) {
      const used = new Set(queryUsesOf(dashboard).map(([name]) => name));
      for (const { name } of dashboard.templating.list) {
        if (!used.has(name)) yield `$${name} is used by no query`;
      }
    },
  },
  {
    name: 'a variable asks only for those before it',
    *check({ templating: { list } }) {
      for (const [index, variable] of list.entries()) {
        const before = list.slice(0, index).map(({ name }) => name);
        for (const name of variablesIn(JSON.stringify([variable.query ?? '', variable.datasource ?? {}]))) {
          if (!before.includes(name))
            yield `$${variable.name} asks for $${name}, which does not come before it`;
        }
      }
    },
  },
  {
    name: 'queries of variables parse',
    *check({ templating: { list } }) {
      for (const variable of list.filter(isLabelValues)) {
        const { type, label, stream } = variable.query as LabelValuesQuery;
        if (type !== 1 || !label) yield `$${variable.name} asks for no label's values`;
        if (nodesOf(stream, 'logql').some(({ name }) => name === '⚠')) {
          yield `$${variable.name}: no selector: ${stream}`;
        }
      }
    },
  },
  {
    name: '"All" matches what lacks the label too',
    *check({ templating: { list } }) {
      for (const { name, type, multi, includeAll, allValue, current, datasource } of list) {
        if (type !== 'query' && type !== 'custom') continue;
        if (!multi || !includeAll) yield `$${name} is not for several values and all`;
        // What Prometheus scrapes has the labels, and the linter wants it so.
        const all = datasource?.type === 'prometheus' ? '.+' : '.*';
        if (allValue !== all) yield `$${name}: all is ${allValue}`;
        if (current?.value !== '$__all')
          yield `$${name} is ${JSON.stringify(current?.value)} at first, not all`;
      }
    },
  },
  {
    name: 'every data source is a variable',
    *check(dashboard) {
      const sources = dashboard.templating.list.filter(({ type }) => type === 'datasource');
      const types = new Map(sources.map(({ name, query }) => [`\${${name}}`, query]));
      for (const [place, source] of sourcesOf(dashboard)) {
        if (source?.uid === undefined || !types.has(source.uid)) yield `${place}: data source ${source?.uid}`;
        else if (types.get(source.uid) !== source.type) {
          yield `${place}: ${source.uid} is for ${types.get(source.uid)}, and not for ${source.type}`;
        }
      }
    },
  },
];

function isLabelValues({ type, query }: VariableJson): boolean {
  return type === 'query' && typeof query === 'object' && query !== null && 'stream' in query;
}

/** Names of variables, with the place that uses them. */
type Uses = [name: string, place: string][];

/** Uses by what is asked: queries of panels, variables and annotations, and the sources that they go to. */
function queryUsesOf(dashboard: DashboardJson): Uses {
  const texts: [string, string][] = [
    ...queriesOf(dashboard).map(({ expr, place }): [string, string] => [expr, place]),
    ...(dashboard.annotations?.list ?? []).map(({ name, expr, target }): [string, string] => [
      `${expr ?? ''} ${target?.expr ?? ''}`,
      name,
    ]),
    ...dashboard.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }): [string, string] => [JSON.stringify(query), `$${name}`]),
    ...Array.from(sourcesOf(dashboard), ([place, source]): [string, string] => [source?.uid ?? '', place]),
  ];
  return [
    ...texts.flatMap(([text, place]) => variablesIn(text).map((name): [string, string] => [name, place])),
    ...panelsOf(dashboard).flatMap(panel =>
      variablesOfPanel(panel).map((name): [string, string] => [name, panel.title ?? panel.type]),
    ),
  ].filter(([name]) => !/^\d+$/.test(name));
}

function usesOf(dashboard: DashboardJson): Uses {
  const links = linksOf(dashboard).flatMap(({ link, place }) =>
    variablesIn(link.url).map((name): [string, string] => [name, place]),
  );
  const texts = panelsOf(dashboard).flatMap(({ title = '', description = '', type, options }) =>
    variablesIn(`${description} ${type === 'text' ? (options?.['content'] ?? '') : ''}`).map(
      (name): [string, string] => [name, title],
    ),
  );
  return [...queryUsesOf(dashboard), ...links, ...texts].filter(([name]) => !/^\d+$/.test(name));
}

/** Data sources and where they stand. Grafana's own are for what it keeps itself. */
function* sourcesOf(
  dashboard: DashboardJson,
): Iterable<[string, { type?: string; uid?: string } | undefined]> {
  for (const panel of panelsOf(dashboard)) {
    if (panel.type === 'row' || panel.type === 'text') continue;
    yield [panel.title ?? panel.type, panel.datasource];
    for (const target of panel.targets ?? []) yield [`${panel.title} ${target.refId}`, target.datasource];
  }
  for (const variable of dashboard.templating.list) {
    if (variable.type === 'query') yield [`$${variable.name}`, variable.datasource];
  }
  for (const { name, datasource } of dashboard.annotations?.list ?? []) {
    if (datasource?.uid !== '-- Grafana --') yield [name, datasource];
  }
}
