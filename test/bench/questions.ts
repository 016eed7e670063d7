/** A question, and a query that asks it. */
export interface Question {
  readonly question: string;
  /** Whose way of asking it is. */
  readonly by: string;
  readonly expr: string;
  readonly queryType: 'instant' | 'range';
  /** Of a range query; a minute where it isn't given. */
  readonly stepSeconds?: number;
}

/**
 * The same questions asked in three ways. As dashboard 14003: its guides have users replace the job in the query of each panel,
 * because that is all that a panel selects by, and each parses the JSON of every line; the rest of the query is written here.
 * The events mixin has Loki's ruler count each minute (rules/rules.libsonnet), whether somebody looks or not; a range query of
 * that step is the same work. Its log is that of dashboards/kubernetes-events-timeline.libsonnet.
 */
export function questions(ours: string, eventExporter: string, mixin: string): Question[] {
  const warnings = 'How often which Warnings in a day';
  const types = 'How often which type in a day, minute by minute';
  const log = "One pod's events of a day";
  const pod = 'web-7c9d8b6f5-.*';
  return [
    {
      question: warnings,
      by: 'kube-events-loki',
      expr: `sum by (reason) (sum_over_time({job="${ours}", type="Warning"} | unwrap occurrences [$__auto]))`,
      queryType: 'instant',
    },
    {
      question: warnings,
      by: 'as 14003',
      expr: `sum by (reason) (count_over_time({job="${eventExporter}"} | json | type="Warning" [$__auto]))`,
      queryType: 'instant',
    },
    {
      question: types,
      by: 'kube-events-loki',
      expr: `sum by (namespace, kind, type) (sum_over_time({job="${ours}"} | unwrap occurrences [$__auto]))`,
      queryType: 'range',
    },
    {
      question: types,
      by: 'as 14003',
      expr: `sum by (involvedObject_namespace, involvedObject_kind, type) (count_over_time({job="${eventExporter}"} | json [$__auto]))`,
      queryType: 'range',
    },
    {
      question: types,
      by: 'events mixin',
      expr: `sum (count_over_time({job="${mixin}"} | json [1m])) by (k8s_namespace_name, k8s_resource_kind, type)`,
      queryType: 'range',
    },
    {
      question: log,
      by: 'kube-events-loki',
      expr: `{job="${ours}", namespace="shop", kind="Pod", type="Warning"} | name=~\`${pod}\``,
      queryType: 'range',
    },
    {
      question: log,
      by: 'as 14003',
      expr: `{job="${eventExporter}"} | json | involvedObject_namespace="shop" | involvedObject_name=~\`${pod}\` | type="Warning"`,
      queryType: 'range',
    },
    {
      question: log,
      by: 'events mixin',
      expr: `{job="${mixin}", k8s_resource_kind="Pod", k8s_namespace_name="shop"} | k8s_resource_name=~\`${pod}\` |~ "" | json | type="Warning"`,
      queryType: 'range',
    },
  ];
}
