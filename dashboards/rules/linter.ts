import { type DashboardJson, dataPanels, type PanelJson, queriesOf } from './dashboard-json.ts';
import { nodesOf, withoutVariables } from './query-text.ts';
import type { Rule } from './rule.ts';

/*
 * The rules of Grafana's dashboard linter (https://github.com/grafana/dashboard-linter, lint/rule_*.go), by its names. Those
 * about PromQL hold where the first data source is Prometheus, as there. Left out are target-logql-rule and target-promql-rule,
 * because `every query parses` asks the same of the editors' own parsers.
 */

/** Panels that the linter looks at: those that show values. */
const linted = ['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge'];

/** Units of these dashboards, all of which Grafana knows (packages/grafana-data/src/valueFormats/categories.ts). */
const units = [
  'none',
  'string',
  'short',
  'percent',
  'percentunit',
  'bytes',
  'decbytes',
  'Bps',
  'binBps',
  's',
  'ms',
  'm',
  'h',
  'd',
  'dtdurations',
  'dtdurationms',
  'dateTimeAsIso',
  'dateTimeAsLocal',
  'dateTimeFromNow',
  'dateTimeAsSystem',
  'ops',
  'reqps',
  'rps',
  'wps',
  'cps',
  'cpm',
  'opm',
  'bool',
  'bool_yes_no',
  'bool_on_off',
  'locale',
  'sci',
];

const sources = ({ templating }: DashboardJson) =>
  templating.list.filter(({ type }) => type === 'datasource');

export const linterRules: readonly Rule[] = [
  {
    name: 'template-datasource-rule',
    *check(dashboard) {
      const list = sources(dashboard);
      if (list.length === 0) yield 'no variable for a data source';
      for (const { name, label, query } of list) {
        const type = String(query);
        const title = `${type.charAt(0).toUpperCase()}${type.slice(1)} data source`;
        const single = list.length === 1;
        if (name !== `${type}_datasource` && !(single && name === 'datasource')) {
          yield `$${name} should be called ${type}_datasource${single ? ' or datasource' : ''}`;
        }
        if (label !== title && !(single && label === 'Data source')) {
          yield `$${name} should be labelled “${title}”${single ? ' or “Data source”' : ''}`;
        }
      }
    },
  },
  templateRule('job', 'Job'),
  templateRule('instance', 'Instance'),
  {
    name: 'template-label-promql-rule',
    *check(dashboard) {
      if (!isPrometheus(dashboard)) return;
      for (const { name, type, query } of dashboard.templating.list) {
        if (type !== 'query') continue;
        const text = typeof query === 'string' ? query : (query as { query?: string }).query;
        if (!/^(?:label_names|label_values|metrics|query_result)\(.+\)$/.test(text ?? '')) {
          yield `$${name}: ${text} is no function of the Prometheus data source`;
        }
      }
    },
  },
  {
    name: 'template-on-time-change-reload-rule',
    *check({ templating: { list } }) {
      for (const { name, type, refresh } of list) {
        if (type === 'query' && refresh !== 2) yield `$${name} is refreshed by ${refresh}, not 2`;
      }
    },
  },
  {
    name: 'panel-datasource-rule',
    *check(dashboard) {
      const names = sources(dashboard).flatMap(({ name }) => [`$${name}`, `\${${name}}`]);
      for (const { title, datasource } of dataPanels(dashboard)) {
        if (!names.includes(datasource?.uid ?? '')) yield `${title}: data source ${datasource?.uid}`;
      }
    },
  },
  {
    name: 'panel-title-description-rule',
    *check(dashboard) {
      for (const { id, title, description } of panels(dashboard)) {
        if (!title || !description) yield `panel ${id} lacks a title or a description`;
      }
    },
  },
  {
    name: 'panel-units-rule',
    *check(dashboard) {
      for (const { title, fieldConfig } of panels(dashboard)) {
        const own = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
          properties.filter(({ id }) => id === 'unit').map(({ value }) => String(value)),
        );
        for (const unit of [fieldConfig?.defaults.unit ?? '', ...own]) {
          if (!units.includes(unit)) yield `${title}: unit “${unit}”`;
        }
      }
    },
  },
  {
    name: 'panel-no-targets-rule',
    *check(dashboard) {
      for (const { title, targets = [] } of dataPanels(dashboard)) {
        if (targets.length === 0) yield `${title}: no targets`;
      }
    },
  },
  {
    name: 'target-logql-auto-rule',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        const ranges = nodesOf(expr, language).filter(({ name }) => name === 'Range');
        if (language === 'logql' && ranges.length > 0 && !expr.includes('$__auto')) {
          yield `${place}: a fixed range instead of $__auto: ${expr}`;
        }
      }
    },
  },
  {
    name: 'target-rate-interval-rule',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'promql') continue;
        for (const [call] of expr.matchAll(/\b(?:rate|irate)\((?:[^()]|\([^()]*\))*\)/g)) {
          if (!call.includes('[$__rate_interval]')) yield `${place}: ${call}`;
        }
      }
    },
  },
  targetRule('job'),
  targetRule('instance'),
  {
    name: 'target-counter-agg-rule',
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'promql') continue;
        const text = withoutVariables(expr);
        for (const match of text.matchAll(/\w+_total\b(?:\{[^}]*\})?/g)) {
          const before = text.slice(0, match.index);
          const after = text.slice(match.index + match[0].length);
          if (!/\b(?:rate|irate|increase)\($/.test(before) || !after.startsWith('[')) {
            yield `${place}: counter ${match[0]} without rate or increase`;
          }
        }
      }
    },
  },
  {
    name: 'uneditable-dashboard-rule',
    *check({ editable }) {
      if (editable !== false) yield 'the dashboard is editable';
    },
  },
];

function panels(dashboard: DashboardJson): PanelJson[] {
  return dataPanels(dashboard).filter(({ type }) => linted.includes(type));
}

/** The linter asks it of the first data source only. */
function isPrometheus(dashboard: DashboardJson): boolean {
  return sources(dashboard)[0]?.query === 'prometheus';
}

/** `template-job-rule` and `template-instance-rule`. */
function templateRule(name: string, title: string): Rule {
  return {
    name: `template-${name}-rule`,
    *check(dashboard) {
      if (!isPrometheus(dashboard)) return;
      const variable = dashboard.templating.list.find(candidate => candidate.name === name);
      if (variable === undefined) {
        yield `no variable $${name}`;
        return;
      }
      const { type, label, multi, allValue, datasource } = variable;
      if (type !== 'query') yield `$${name} is no query`;
      if (label !== title) yield `$${name} should be labelled “${title}”, and is “${label}”`;
      if (!multi) yield `$${name} is for one value only`;
      if (allValue !== '.+') yield `$${name}: all is ${allValue}, not .+`;
      if (!/^\$\{?(?:prometheus_)?datasource\}?$/.test(datasource?.uid ?? '')) {
        yield `$${name} has a source of its own`;
      }
    },
  };
}

/** `target-job-rule` and `target-instance-rule`. */
function targetRule(name: string): Rule {
  return {
    name: `target-${name}-rule`,
    *check(dashboard) {
      for (const { expr, language, place } of queriesOf(dashboard)) {
        if (language !== 'promql') continue;
        for (const node of nodesOf(expr.replaceAll(`$${name}`, 'CHOSEN'), language)) {
          if (node.name !== 'VectorSelector' || matches(node.text, name)) continue;
          yield `${place}: no ${name}=~"$${name}" in ${node.text}`;
        }
      }
    },
  };
}

function matches(selector: string, name: string): boolean {
  return new RegExp(`[{,]\\s*${name}=~"CHOSEN"`).test(selector);
}
