import type { TypeReduce, TypeThreshold } from '@grafana/grafana-foundation-sdk/expr';
import {
  type dataquery as LokiQuery,
  LokiQueryType,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/loki';
import { stringify } from 'yaml';
import type { RulesConfig } from '../config.ts';
import { secondsOf } from '../duration.ts';
import type { RenderedGroup, RenderedRule } from '../render.ts';
import { annotationsOf } from './annotations.ts';
import { type PanelPlace, panelsOf } from './panel.ts';
import { OptionError, type Target, type TemplateSyntax } from './target.ts';

/** Seconds between two ticks of Grafana's scheduler: every interval is a multiple of it. */
const schedulerSeconds = 10;

/** Seconds that a query looks back which looks at no entries. */
const defaultRangeSeconds = 600;

/** The data source of expressions. */
const expressions = '__expr__';

/** A query's model without what only TypeScript knows of. */
type Model<Query> = Omit<Query, '_implementsDataqueryVariant'>;

/**
 * Grafana's templates. `index` is empty for a label that an alert doesn't have, where `$labels.name` would be `[no value]`,
 * and no string.
 */
export const grafanaTemplates: TemplateSyntax = {
  label: name => `{{ index $labels "${name}" }}`,
  quotedLabel: name => `{{ printf "%q" (index $labels "${name}") }}`,
  linkedLabel: name => `{{ urlquery (index $labels "${name}") }}`,
  value: '{{ printf "%.0f" $values.B.Value }}',
};

/** Grafana-managed rules, in the file that Grafana reads when it starts. */
export const grafana: Target = {
  description: 'Grafana-managed rules: a file for /etc/grafana/provisioning/alerting',
  options: { folder: 'Kubernetes events' },
  files: (groups, config, { folder }) => {
    if (folder === '') throw new OptionError('--folder cannot be empty: Grafana keeps rules in folders');
    const place = panelsOf(config);
    const file = {
      apiVersion: 1,
      groups: groups.map(group => ({
        orgId: 1,
        name: literal(group.name),
        folder: literal(folder),
        interval: intervalOf(group),
        rules: group.rules.map(rule => grafanaRule(rule, config, rule.rule.panel && place(rule.rule.panel))),
      })),
    };
    return new Map([
      ['kube-events-rules.yaml', stringify(file, { lineWidth: 0, aliasDuplicateObjects: false })],
    ]);
  },
};

function intervalOf({ name, interval }: RenderedGroup): string {
  if ((secondsOf(interval) ?? 0) % schedulerSeconds !== 0) {
    throw new OptionError(
      `${name} is evaluated every ${interval}: Grafana takes multiples of ${schedulerSeconds}s only`,
    );
  }
  return interval;
}

function grafanaRule(rule: RenderedRule, config: RulesConfig, panel: PanelPlace | undefined) {
  return {
    uid: uidOf(rule.name),
    title: literal(rule.name),
    condition: 'C',
    data: queriesOf(rule, config.datasource),
    ...panel,
    noDataState: 'OK',
    execErrState: 'Error',
    for: rule.for,
    // Without it an alert of a series that is gone goes on for an evaluation more than the ruler's.
    missing_series_evals_to_resolve: 1,
    annotations: {
      ...annotationsOf(rule, config, grafanaTemplates),
      ...(panel && { __dashboardUid__: panel.dashboardUid, __panelId__: String(panel.panelId) }),
    },
    labels: Object.fromEntries(
      Object.entries({ severity: rule.severity, ...config.labels }).map(([name, value]) => [
        name,
        literal(value),
      ]),
    ),
    isPaused: false,
  };
}

/** The query as an instant one, its newest value, and whether that is the threshold or above. */
function queriesOf({ query, threshold }: RenderedRule, datasource: string) {
  const common = { intervalMs: 1000, maxDataPoints: 43_200 };
  const source = { type: expressions, uid: expressions };
  return [
    {
      refId: 'A',
      queryType: LokiQueryType.Instant,
      relativeTimeRange: { from: rangeSecondsOf(query), to: 0 },
      datasourceUid: literal(datasource),
      model: {
        ...common,
        refId: 'A',
        datasource: { type: 'loki', uid: datasource },
        editorMode: QueryEditorMode.Code,
        expr: query,
        queryType: LokiQueryType.Instant,
      } satisfies Model<LokiQuery> & typeof common,
    },
    expression({
      ...common,
      refId: 'B',
      datasource: source,
      type: 'reduce',
      expression: 'A',
      reducer: 'last',
    }),
    expression({
      ...common,
      refId: 'C',
      datasource: source,
      type: 'threshold',
      expression: 'B',
      conditions: [{ evaluator: { type: 'gte', params: [threshold] } }],
    }),
  ];
}

function expression<Query extends Model<TypeReduce> | Model<TypeThreshold>>(model: Query) {
  return {
    refId: model.refId,
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: expressions,
    model,
  };
}

/** How far a query looks back, in seconds: its widest range with what that is put off. */
function rangeSecondsOf(query: string): number {
  const ranges = Array.from(
    query.matchAll(/\[(\w+)\](?: offset (\w+))?/g),
    ([, range = '', offset = '']) => (secondsOf(range) ?? 0) + (secondsOf(offset) ?? 0),
  );
  return Math.max(...ranges, 0) || defaultRangeSeconds;
}

/** `kube-events-crash-loop`: it stays the same while the rule has its name, so that Grafana updates it in place. */
function uidOf(name: string): string {
  return `kube-events${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

/**
 * Grafana puts environment variables into every text of a rule but its annotations and the models of its queries, which have
 * `$` for their own ends.
 */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
