import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DashboardJson, PanelJson, TargetJson, VariableJson } from './dashboard-json.ts';
import { goodFolder } from './fixture.ts';
import { rules } from './rules.ts';

/** The parts of a good folder, for a mutation to spoil. */
interface Parts {
  readonly one: DashboardJson;
  readonly exporter: DashboardJson;
  readonly graph: PanelJson;
  readonly table: PanelJson;
  /** The first query of the graph, of the table, and of the exporter's panel. */
  readonly graphQuery: TargetJson;
  readonly tableQuery: TargetJson;
  readonly metricQuery: TargetJson;
  readonly source: VariableJson;
  readonly reason: VariableJson;
  readonly job: VariableJson;
  readonly organized: Record<string, Record<string, unknown>>;
  readonly cellLink: { url: string; title: string };
}

function replace(part: { expr?: string }, from: string, to: string): void {
  const { expr = '' } = part;
  assert.ok(expr.includes(from), from);
  part.expr = expr.replaceAll(from, to);
}

const relink = (link: { url: string }, from: string, to: string) => {
  assert.ok(link.url.includes(from), from);
  link.url = link.url.replaceAll(from, to);
};

/** For each rule what it has to find. */
const mutations: Readonly<Record<string, readonly ((parts: Parts) => void)[]>> = {
  'panel ids are unique and positive': [({ graph }) => (graph.id = 3), ({ graph }) => delete graph.id],
  'uids and titles are unique, and Grafana takes them': [
    ({ one }) => (one.uid = 'events-two'),
    ({ one }) => (one.uid = 'a b'),
    ({ one }) => (one.title = 'Events two'),
  ],
  'panels are on the grid and do not overlap': [
    ({ graph }) => place(graph).w++,
    ({ table }) => place(table).x++,
    ({ graph }) => (place(graph).y = -1),
    ({ graph }) => (place(graph).w = 0.5),
  ],
  'every panel has a title, a description, a unit and a text for no data': [
    ({ graph }) => (graph.title = ''),
    ({ graph }) => (graph.description = 'reasons'),
    ({ one }) => delete one.description,
    ({ graph }) => delete graph.fieldConfig?.defaults.unit,
    ({ graph }) => delete graph.fieldConfig?.defaults.noValue,
  ],
  'a description is of one panel': [
    ({ graph, table }) => Object.assign(graph, { title: table.title, description: table.description }),
  ],
  'targets have names of their own': [({ table }) => Object.assign(table.targets?.[1] ?? {}, { refId: 'A' })],
  'transformations are organize, merge and labelsToFields': [
    ({ table }) => table.transformations?.push({ id: 'calculateField' }),
  ],
  'colours are those that have a meaning': [
    ({ graph }) => Object.assign(stepsOf(graph)[1] ?? {}, { color: 'pink' }),
    ({ graph }) => (overrideOf(graph).properties = [{ id: 'color', value: { fixedColor: '#fff' } }]),
    ({ one }) => Object.assign(one.annotations?.list?.[0] ?? {}, { iconColor: 'pink' }),
  ],
  'Normal and Warning have their colours': [({ graph }) => (overrideOf(graph).matcher.options = 'Normal')],
  'thresholds rise from one without a value': [
    ({ graph }) => stepsOf(graph).shift(),
    ({ graph }) => Object.assign(stepsOf(graph)[1] ?? {}, { value: 6 }),
    ({ graph }) => Object.assign(stepsOf(graph)[2] ?? {}, { value: null }),
  ],
  'a table names only columns that its queries have': [
    ({ table }) => table.transformations?.shift(),
    ({ organized }) => (organized['renameByName'] = { name: 'Name' }),
    ({ organized }) => (organized['indexByName'] = { 'Value #C': 1 }),
    ({ table }) => (table.options = { sortBy: [{ displayName: 'Value' }] }),
    ({ table }) => (overrideOf(table).matcher.options = 'reason'),
    ({ cellLink }) => relink(cellLink, '"Reason"', '"Kind"'),
    ({ tableQuery }) => replace(tableQuery, 'by (reason)', 'by (kind)'),
  ],
  'every query parses': [
    ({ graphQuery }) => replace(graphQuery, '[$__auto]', ''),
    ({ graphQuery }) => (graphQuery.expr = ''),
    ({ graphQuery }) => replace(graphQuery, '[$__auto]', '[$__auto] offset 1d'),
    ({ metricQuery }) => replace(metricQuery, 'sum(', 'sum by ('),
  ],
  'every selector has the job': [({ graphQuery }) => replace(graphQuery, 'job="kube-events", ', '')],
  'series are by labels whose values are few': [
    ({ graphQuery }) => replace(graphQuery, 'by (reason)', 'by (name)'),
    ({ graphQuery }) => replace(graphQuery, 'by (reason)', 'by (workload)'),
    ({ graphQuery }) => replace(graphQuery, 'by (reason)', 'by (reason, namespace)'),
    ({ graphQuery }) =>
      (graphQuery.expr = 'topk(5, max_over_time({job="a"} | unwrap b [$__auto]) by (name))'),
  ],
  'every aggregation over time is summed up by labels that are named': [
    ({ graphQuery }) => replace(graphQuery, 'sum by (reason) ', ''),
  ],
  'occurrences are summed, never lines, where entries have them': [
    ({ graphQuery }) => {
      replace(graphQuery, 'sum_over_time', 'count_over_time');
      replace(graphQuery, '| unwrap occurrences ', '');
    },
  ],
  'values stand in the quotes that their escapes are for': [
    ({ graphQuery }) => replace(graphQuery, '"$reason"', '`$reason`'),
    ({ graphQuery }) => replace(graphQuery, '`(?i)$search`', '"(?i)$search"'),
  ],
  'variables have names of their own, and labels': [
    ({ reason }) => (reason.name = 'search'),
    ({ reason }) => delete reason.label,
  ],
  'what is used is declared': [
    ({ graphQuery }) => replace(graphQuery, '$reason', '$kind'),
    ({ cellLink }) => relink(cellLink, '${search:queryparam}', '${kind:queryparam}'),
    ({ graph }) => (graph.title = 'Of $kind'),
    ({ graph }) => (graph.repeat = 'kind'),
  ],
  'what is declared is used': [
    ({ one }) => one.templating.list.push({ name: 'kind', type: 'textbox', label: 'Kind' }),
  ],
  'a variable asks only for those before it': [
    ({ reason }) => Object.assign(reason.query as object, { stream: '{job="kube-events", kind=~"$search"}' }),
    ({ one }) => one.templating.list.reverse(),
  ],
  'queries of variables parse': [
    ({ reason }) => Object.assign(reason.query as object, { stream: '{job=}' }),
    ({ reason }) => Object.assign(reason.query as object, { label: '' }),
  ],
  '"All" matches what lacks the label too': [
    ({ reason }) => (reason.allValue = '.+'),
    ({ reason }) => (reason.multi = false),
    ({ reason }) => (reason.current = { text: 'BackOff', value: 'BackOff' }),
  ],
  'every data source is a variable': [
    ({ graph }) => (graph.datasource = { type: 'loki', uid: 'P8E80F9AEF21F6940' }),
    ({ graphQuery }) => delete graphQuery.datasource,
    ({ graphQuery }) => (graphQuery.datasource = { type: 'prometheus', uid: '${datasource}' }),
    ({ reason }) => (reason.datasource = { type: 'loki', uid: 'loki' }),
    ({ one }) => delete one.annotations?.list?.[0]?.datasource,
  ],
  'links lead to dashboards that are there, or to apps of Grafana': [
    ({ cellLink }) => relink(cellLink, 'events-two', 'events-three'),
    ({ cellLink }) => (cellLink.url = '/explorer'),
    ({ cellLink }) => (cellLink.title = ''),
  ],
  'links carry variables of the same kind that are there, and the time': [
    ({ cellLink }) => relink(cellLink, 'var-reason', 'var-kind'),
    ({ cellLink }) => relink(cellLink, '&${__url_time_range}', ''),
    ({ cellLink }) => relink(cellLink, '&${search', '&${reason:queryparam}&${search'),
    ({ cellLink }) => relink(cellLink, 'events-two', 'exporter'),
  ],
  'nothing is lost by a link: what both dashboards have is carried or set': [
    ({ cellLink }) => relink(cellLink, '&${search:queryparam}', ''),
  ],
  'the menu reaches the other dashboards, with variables and time': [
    ({ one }) => (one.links = []),
    ({ exporter }) => (exporter.tags = []),
    ({ one }) => Object.assign(one.links[0] ?? {}, { keepTime: false }),
    ({ exporter }) => Object.assign(exporter.templating.list[0] ?? {}, { name: 'datasource' }),
  ],
  'template-datasource-rule': [
    ({ source }) => (source.name = 'logs'),
    ({ source }) => (source.label = 'Logs'),
    ({ one }) => one.templating.list.shift(),
  ],
  'template-job-rule': [
    ({ exporter }) => exporter.templating.list.splice(1, 1),
    ({ job }) => (job.multi = false),
    ({ job }) => (job.allValue = '.*'),
    ({ job }) => (job.label = 'Jobs'),
    ({ job }) => (job.type = 'custom'),
    ({ job }) => (job.datasource = { type: 'prometheus', uid: 'x' }),
  ],
  'template-instance-rule': [
    ({ exporter }) => exporter.templating.list.pop(),
    ({ exporter }) => Object.assign(exporter.templating.list[2] ?? {}, { label: 'Job' }),
  ],
  'template-label-promql-rule': [({ job }) => (job.query = 'values(job)')],
  'template-on-time-change-reload-rule': [({ reason }) => (reason.refresh = 1)],
  'panel-datasource-rule': [({ graph }) => delete graph.datasource],
  'panel-title-description-rule': [
    ({ graph }) => delete graph.title,
    ({ table }) => delete table.description,
  ],
  'panel-units-rule': [
    ({ graph }) => Object.assign(graph.fieldConfig?.defaults ?? {}, { unit: 'events' }),
    ({ table }) => overrideOf(table).properties.push({ id: 'unit', value: 'events' }),
  ],
  'panel-no-targets-rule': [({ graph }) => delete graph.targets],
  'target-logql-auto-rule': [({ graphQuery }) => replace(graphQuery, '$__auto', '5m')],
  'target-rate-interval-rule': [({ metricQuery }) => replace(metricQuery, '$__rate_interval', '5m')],
  'target-job-rule': [
    ({ metricQuery }) => replace(metricQuery, 'job=~"$job", ', ''),
    ({ metricQuery }) => replace(metricQuery, '$job', 'kube-events'),
  ],
  'target-instance-rule': [({ metricQuery }) => replace(metricQuery, ', instance=~"$instance"', '')],
  'target-counter-agg-rule': [
    ({ metricQuery }) => (metricQuery.expr = 'sum(kube_events_received_revisions_total{job=~"$job"})'),
    ({ metricQuery }) => replace(metricQuery, 'rate(', 'max_over_time('),
  ],
  'uneditable-dashboard-rule': [({ one }) => (one.editable = true)],
};

function place(panel: PanelJson): NonNullable<PanelJson['gridPos']> {
  assert.ok(panel.gridPos);
  return panel.gridPos;
}

function stepsOf(panel: PanelJson) {
  return panel.fieldConfig?.defaults.thresholds?.steps ?? [];
}

function overrideOf(panel: PanelJson) {
  const override = panel.fieldConfig?.overrides[0];
  assert.ok(override);
  return override;
}

function folderWith(mutate: (parts: Parts) => void): DashboardJson[] {
  const folder = structuredClone(goodFolder());
  const [one, , exporter] = folder;
  const [, graph, table] = one.panels;
  const [source, reason] = one.templating.list;
  const job = exporter.templating.list[1];
  const metricQuery = exporter.panels[0]?.targets?.[0];
  const [graphQuery, tableQuery] = [graph?.targets?.[0], table?.targets?.[0]];
  assert.ok(graph && table && graphQuery && tableQuery && metricQuery && source && reason && job);
  const organized = table.transformations?.[1]?.options as Parts['organized'];
  const [cellLink] = (overrideOf(table).properties[0]?.value ?? []) as Parts['cellLink'][];
  assert.ok(cellLink);
  mutate({
    one,
    exporter,
    graph,
    table,
    graphQuery,
    tableQuery,
    metricQuery,
    source,
    reason,
    job,
    organized,
    cellLink,
  });
  return folder;
}

describe('rules for dashboards', () => {
  test('each has a mutation that it has to find', () => {
    assert.deepEqual(Object.keys(mutations).toSorted(), rules.map(({ name }) => name).toSorted());
  });

  for (const rule of rules) {
    test(rule.name, () => {
      const findings = (folder: readonly DashboardJson[]) =>
        folder.flatMap(dashboard => [...rule.check(dashboard, folder)]);
      assert.deepEqual(findings(goodFolder()), []);
      for (const mutate of mutations[rule.name] ?? []) {
        const found = findings(folderWith(parts => void mutate(parts)));
        assert.notEqual(found.length, 0, `nothing found after ${mutate}`);
      }
    });
  }
});
