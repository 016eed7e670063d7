import type { SyntaxNode } from '@lezer/common';
import { type DashboardJson, queriesOf, type VariableJson } from './dashboard-json.ts';
import { nodesOf, variablesIn } from './query-text.ts';
import type { Rule } from './rule.ts';

/**
 * Labels that Loki may make series of, because what they can be is bounded: `cause` is one of a list, and `lane` an object or one
 * of its owners. Workloads are not: a Pod that no controller named is one of its own.
 */
const groupable = new Set([
  'cluster',
  'namespace',
  'kind',
  'reason',
  'type',
  'node',
  'component',
  'cause',
  'lane',
]);
/** Of these a series may have one: the product of two can pass Loki's limit of 500. */
const many = ['namespace', 'kind', 'reason', 'node', 'component'];

/** What the queries ask. */
export const queryRules: readonly Rule[] = [
  {
    name: 'every query parses',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (expr === '') yield `${place}: no query`;
        for (const { name, text, node } of nodesOf(expr, language)) {
          if (name === '⚠') yield `${place}: no ${language} at ${node.from}, “${text}”: ${expr}`;
        }
      }
    },
  },
  {
    name: 'every selector has the job',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'logql') continue;
        for (const { name, text } of nodesOf(expr, language)) {
          if (name === 'Selector' && !/[{,]\s*job="[^"$]+"/.test(text)) yield `${place}: no job in ${text}`;
        }
      }
    },
  },
  {
    name: 'series are by labels whose values are few',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'logql') continue;
        for (const labels of groupings(expr)) {
          const odd = labels.filter(label => !groupable.has(label));
          if (odd.length > 0) yield `${place}: series by ${odd.join(', ')}`;
          const unbounded = many.filter(label => labels.includes(label));
          if (unbounded.length > 1) yield `${place}: series by ${unbounded.join(' and ')} together`;
        }
      }
    },
  },
  {
    name: 'every aggregation over time is summed up by labels that are named',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'logql') continue;
        for (const { name, node } of nodesOf(expr, language)) {
          if (name !== 'RangeAggregationExpr' || node.getChild('Grouping') !== null) continue;
          const outer = node.parent?.parent;
          if (outer?.name !== 'VectorAggregationExpr') yield `${place}: a series for each stream: ${expr}`;
        }
      }
    },
  },
  {
    name: 'occurrences are summed, never lines, where entries have them',
    *check(dashboard, folder) {
      if (!hasOccurrences(folder)) return;
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'logql') continue;
        for (const { name, text } of nodesOf(expr, language)) {
          if (name === 'RangeOp' && /^(?:count_over_time|rate|bytes_)/.test(text)) {
            yield `${place}: ${text} counts lines: ${expr}`;
          }
        }
      }
    },
  },
  {
    name: 'values stand in the quotes that their escapes are for',
    *check(dashboard) {
      const variables = new Map(dashboard.templating.list.map(variable => [variable.name, variable]));
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language === 'logql') yield* checkQuotes(expr, place, variables);
      }
    },
  },
];

/**
 * The labels of each grouping that Loki's limit is about. It is not about what is inside a `topk` of `last_over_time`, which Loki
 * works out in one piece, and counts only what is left of: proved with 700 names in test/integration.
 */
function groupings(expr: string): string[][] {
  return nodesOf(expr, 'logql')
    .filter(
      ({ name, node }) => name === 'Labels' && node.parent?.name === 'Grouping' && !isFewOfTheLast(node),
    )
    .map(({ text }) => text.split(',').map(label => label.trim()));
}

function isFewOfTheLast(labels: SyntaxNode): boolean {
  const aggregation = labels.parent?.parent;
  const outer = aggregation?.parent?.parent;
  const isLast = aggregation?.getChild('RangeOp')?.firstChild?.name === 'LastOverTime';
  return isLast && outer?.getChild('VectorOp')?.firstChild?.name === 'Topk';
}

/** Whether this profile's entries say how often they count: some query of it unwraps that. */
function hasOccurrences(folder: readonly DashboardJson[]): boolean {
  return folder.some(dashboard =>
    queriesOf(dashboard).some(({ expr }) => expr.includes('unwrap occurrences')),
  );
}

/**
 * Grafana's Loki data source doubles the backslashes of a variable with several values, as double quotes need it, and
 * leaves a text box as it is typed, where a quote or a backslash is only safe between backticks.
 */
function* checkQuotes(
  expr: string,
  place: string,
  variables: ReadonlyMap<string, VariableJson>,
): Iterable<string> {
  for (const [literal] of expr.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g)) {
    for (const name of variablesIn(literal)) {
      const variable = variables.get(name);
      if (variable === undefined) continue;
      const escaped = variable.multi || variable.includeAll;
      const plain = variable.type === 'custom' && /^[\w,: -]*$/.test(String(variable.query));
      if (escaped && !plain && literal.startsWith('`'))
        yield `${place}: $${name} is escaped for "…": ${literal}`;
      if (!escaped && literal.startsWith('"'))
        yield `${place}: $${name} is not escaped, and needs \`…\`: ${literal}`;
    }
  }
}
