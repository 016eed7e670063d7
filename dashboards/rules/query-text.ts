import { parser as logql } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { parser as promql } from '@prometheus-io/lezer-promql';

/** `$name`, `${name}` and `${name:format}`, as Grafana finds variables. */
const variable = /\$(?:(\w+)|\{(\w+)(?:\.[^:^}]+)?(?::[^}]+)?\})/g;

/** The variables that a text uses, Grafana's own (`__…`) left out. */
export function variablesIn(text: string): string[] {
  const names = Array.from(text.matchAll(variable), match => match[1] ?? match[2] ?? '');
  return names.filter(name => !name.startsWith('__'));
}

/** A query that a parser can read: durations for Grafana's own variables, a word for the others. */
export function withoutVariables(expr: string): string {
  return expr.replace(variable, (_, plain: string | undefined, braced: string | undefined) => {
    const name = plain ?? braced ?? '';
    if (name === '__range_s' || name === '__range_ms' || name === '__interval_ms') return '3600';
    if (name.startsWith('__')) return '5m';
    return 'value';
  });
}

/** A node of a query's syntax tree, with its text. */
export interface QueryNode {
  readonly name: string;
  readonly text: string;
  readonly node: SyntaxNode;
}

/** The syntax tree of a query, from the outside in. Nodes named `⚠` mark what is no such query. */
export function nodesOf(expr: string, language: 'logql' | 'promql'): QueryNode[] {
  const text = withoutVariables(expr);
  const nodes: QueryNode[] = [];
  (language === 'logql' ? logql : promql).parse(text).iterate({
    enter({ name, from, to, node }) {
      nodes.push({ name, text: text.slice(from, to), node });
    },
  });
  return nodes;
}

/** The labels of a metric query's series, read off its text; undefined where the text doesn't tell. */
export function labelsOf(expr: string): string[] | undefined {
  const text = withoutVariables(expr);
  return labelsOfNode(logql.parse(text).topNode, text);
}

function labelsOfNode(node: SyntaxNode, text: string): string[] | undefined {
  const read = (child: SyntaxNode) => text.slice(child.from, child.to);
  switch (node.name) {
    case 'VectorAggregationExpr': {
      const grouping = node.getChild('Grouping');
      const operator = node.getChild('VectorOp')?.firstChild?.name ?? '';
      if (/^(?:Topk|Bottomk|Sort|Sort_Desc)$/.test(operator)) {
        const inner = node.getChild('MetricExpr');
        return inner === null ? undefined : labelsOfNode(inner, text);
      }
      if (grouping === null) return [];
      return grouping.getChild('By') === null ? undefined : groupingOf(grouping, read);
    }
    case 'RangeAggregationExpr': {
      const grouping = node.getChild('Grouping');
      return grouping === null ? undefined : groupingOf(grouping, read);
    }
    case 'LabelReplaceExpr': {
      const inner = node.getChild('MetricExpr');
      const added = node
        .getChildren('String')
        .map(child => JSON.parse(read(child).replaceAll('`', '"')) as string);
      const labels = inner === null ? undefined : labelsOfNode(inner, text);
      return labels === undefined || added[0] === undefined ? undefined : [...new Set([...labels, added[0]])];
    }
    default: {
      // Of two operands the left one gives the labels; a number gives none.
      for (let child = node.firstChild; child !== null; child = child.nextSibling) {
        if (/^(?:LiteralExpr|Number|VectorExpr|BinOpModifier)$/.test(child.name)) continue;
        const labels = labelsOfNode(child, text);
        if (labels !== undefined) return labels;
      }
      return undefined;
    }
  }
}

function groupingOf(grouping: SyntaxNode, read: (node: SyntaxNode) => string): string[] {
  const labels = grouping.getChild('Labels');
  return labels === null
    ? []
    : read(labels)
        .split(',')
        .map(label => label.trim())
        .filter(Boolean);
}
