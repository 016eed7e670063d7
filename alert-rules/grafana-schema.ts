import { z } from 'zod';
import { secondsOf } from './duration.ts';

/*
 * Grafana's file of alert rules, as Grafana 13 reads it (pkg/services/provisioning/alerting/rules_types.go) and then checks it
 * (pkg/services/ngalert/models/alert_rule.go). Grafana passes over fields that it doesn't know; here they are faults.
 */

/** What Grafana takes of an uid. */
const uid = z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/, { error: 'up to 40 of a-z, A-Z, 0-9, - and _' });

/** A text in which Grafana puts environment variables in place of `$NAME`, and `$` in place of `$$`. */
const expanded = z.string().refine(text => !text.replaceAll('$$', '').includes('$'), {
  error: 'a $ that Grafana takes for an environment variable: write $$',
});

/** Titles and names of groups are columns of 190 characters in Grafana's database. */
const title = expanded.min(1).max(190);

const duration = z.string().refine(text => secondsOf(text) !== undefined, { error: 'no duration' });

/** Grafana's scheduler ticks every ten seconds. */
const interval = duration.refine(text => (secondsOf(text) ?? 0) > 0 && (secondsOf(text) ?? 0) % 10 === 0, {
  error: 'no multiple of 10s',
});

const refId = z.string().min(1);

/** Seconds before the evaluation. */
const relativeTimeRange = z.strictObject({ from: z.int().min(0), to: z.int().min(0) });

/** Fields that the models of all queries have. */
const common = {
  refId,
  hide: z.boolean().optional(),
  intervalMs: z.int().positive().optional(),
  maxDataPoints: z.int().positive().optional(),
};

/** An instant query of the Loki data source (packages/grafana-schema, composable/loki/dataquery). */
const lokiModel = z.strictObject({
  ...common,
  datasource: z.strictObject({ type: z.literal('loki'), uid: z.string().min(1) }),
  editorMode: z.enum(['code', 'builder']).optional(),
  expr: z.string().min(1),
  legendFormat: z.string().optional(),
  // An alert can do nothing with logs, and of a range nothing but its last value counts.
  queryType: z.literal('instant'),
});

const expressionSource = z.strictObject({ type: z.literal('__expr__'), uid: z.literal('__expr__') });

/** pkg/expr/models.go */
const reduceModel = z.strictObject({
  ...common,
  type: z.literal('reduce'),
  datasource: expressionSource,
  expression: refId,
  reducer: z.enum(['sum', 'mean', 'min', 'max', 'count', 'last', 'median']),
  settings: z
    .strictObject({ mode: z.enum(['', 'dropNN', 'replaceNN']), replaceWithValue: z.number().optional() })
    .optional(),
});

const comparison = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['gt', 'lt', 'eq', 'ne', 'gte', 'lte']), params: z.tuple([z.number()]) }),
  z.strictObject({
    type: z.enum(['within_range', 'outside_range', 'within_range_included', 'outside_range_included']),
    params: z.tuple([z.number(), z.number()]),
  }),
]);

/** pkg/expr/threshold.go: exactly one condition. */
const thresholdModel = z.strictObject({
  ...common,
  type: z.literal('threshold'),
  datasource: expressionSource,
  expression: refId,
  conditions: z.tuple([z.strictObject({ evaluator: comparison, unloadEvaluator: comparison.optional() })]),
});

const query = {
  refId,
  queryType: expanded.optional(),
  relativeTimeRange,
};

const dataQuery = z
  .strictObject({ ...query, datasourceUid: expanded.min(1), model: lokiModel })
  .refine(({ relativeTimeRange: { from, to } }) => from > to, { error: 'a time range that is none' })
  .refine(({ datasourceUid, model }) => datasourceUid.replaceAll('$$', '$') === model.datasource.uid, {
    error: 'two data sources',
  })
  .refine(({ queryType = '', model }) => queryType === model.queryType, { error: 'two types of query' });

const expressionQuery = z.strictObject({
  ...query,
  datasourceUid: z.literal('__expr__'),
  model: z.discriminatedUnion('type', [reduceModel, thresholdModel]),
});

const alertQuery = z
  .union([expressionQuery, dataQuery])
  .refine(({ refId: name, model }) => name === model.refId, { error: 'two refIds' });

/** Queries of which each reads one before it. */
const data = z
  .array(alertQuery)
  .min(1)
  .superRefine((queries, context) => {
    const seen = new Set<string>();
    for (const { refId: name, model } of queries) {
      if (seen.has(name)) context.addIssue({ code: 'custom', message: `${name} is there twice` });
      if ('expression' in model && !seen.has(model.expression)) {
        context.addIssue({
          code: 'custom',
          message: `${name} reads ${model.expression}, which isn't before it`,
        });
      }
      seen.add(name);
    }
  });

/** Where alerts of one rule go, past the policies. */
const notificationSettings = z.strictObject({
  receiver: expanded.min(1),
  group_by: z.array(expanded).optional(),
  group_wait: duration.optional(),
  group_interval: duration.optional(),
  repeat_interval: duration.optional(),
  mute_time_intervals: z.array(expanded).optional(),
  active_time_intervals: z.array(expanded).optional(),
});

/** Labels of Grafana's own. */
const reservedLabels = ['__alert_rule_uid__', '__alert_rule_namespace_uid__', '__grafana_autogenerated__'];

const rule = z
  .strictObject({
    uid,
    title,
    condition: refId,
    data,
    dashboardUid: uid.optional(),
    panelId: z.int().positive().optional(),
    noDataState: z.enum(['NoData', 'Alerting', 'OK', 'KeepLast']),
    execErrState: z.enum(['Error', 'Alerting', 'OK', 'KeepLast']),
    for: duration,
    keepFiringFor: duration.optional(),
    missing_series_evals_to_resolve: z.int().positive().optional(),
    // Not expanded, so that templates can have their `$labels`; but `${NAME}` is, since Grafana 13.
    annotations: z
      .record(
        z.string().min(1),
        z.string().refine(text => !/\$(?:__\w+)?\{/.test(text), { error: 'a variable of the environment' }),
      )
      .optional(),
    labels: z
      .record(
        z.string().refine(name => !reservedLabels.includes(name), { error: "a label of Grafana's own" }),
        expanded,
      )
      .optional(),
    isPaused: z.boolean().optional(),
    notification_settings: notificationSettings.optional(),
  })
  .superRefine(({ condition, data: queries, dashboardUid, panelId, annotations = {} }, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', message });
    const named = queries.find(({ refId: name }) => name === condition);
    if (named === undefined) fault(`no query is named ${condition}`);
    else if (!('type' in named.model)) fault(`${condition} is no expression`);
    if (panelId !== undefined && dashboardUid === undefined) fault('a panel of no dashboard');
    // The file's fields are for the API, the annotations for what people see.
    if (annotations['__dashboardUid__'] !== dashboardUid) fault('two dashboards');
    if (annotations['__panelId__'] !== (panelId === undefined ? undefined : String(panelId))) {
      fault('two panels');
    }
  });

const group = z.strictObject({
  orgId: z.int().positive().optional(),
  name: title,
  folder: title,
  interval,
  rules: z.array(rule).min(1),
});

/** Grafana's provisioning file of alert rules. */
export const alertRulesFileSchema = z
  .strictObject({
    apiVersion: z.literal(1),
    groups: z.array(group).optional(),
    deleteRules: z.array(z.strictObject({ orgId: z.int().positive().optional(), uid })).optional(),
  })
  .superRefine(({ groups = [] }, context) => {
    const twice = (what: string, names: readonly string[]) => {
      for (const name of names.filter((other, index) => names.indexOf(other) !== index)) {
        context.addIssue({ code: 'custom', message: `${what} ${name} is there twice` });
      }
    };
    const place = ({ orgId = 1, folder }: z.output<typeof group>) => `${orgId}/${folder}`;
    twice(
      'uid',
      groups.flatMap(({ orgId = 1, rules }) => rules.map(({ uid: id }) => `${orgId}/${id}`)),
    );
    twice(
      'group',
      groups.map(member => `${place(member)}/${member.name}`),
    );
    twice(
      'title',
      groups.flatMap(member => member.rules.map(({ title: name }) => `${place(member)}/${name}`)),
    );
  });

/** What a file says. */
export type AlertRulesFile = z.output<typeof alertRulesFileSchema>;
