import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { createMetrics } from '../../exporter/telemetry/metrics.ts';
import { rulesConfigSchema } from '../config.ts';
import { renderExporterRules } from '../render.ts';
import { languages } from '../rule.ts';
import { panelsOf } from '../targets/panel.ts';
import { exporterRuleGroups } from './catalogue.ts';

const rules = exporterRuleGroups.flatMap(group => group.rules);
const config = rulesConfigSchema.parse({});
const rendered = renderExporterRules(config).flatMap(group => group.rules);

/** The metrics and labels that PromQL names. */
function namesIn(query: string): { metrics: string[]; labels: string[] } {
  const names = { metrics: [] as string[], labels: [] as string[] };
  parser.parse(query).iterate({
    enter({ name, from, to, node, type }) {
      assert.equal(type.isError, false, query);
      const text = query.slice(from, to);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.metrics.push(text);
      if (name === 'LabelName') names.labels.push(text);
    },
  });
  return names;
}

test('every metric is one of the exporter, and has the labels that rules tell alerts apart by', async () => {
  const exporter = createMetrics();
  // Accounts are in the registry once they are published.
  await exporter.render();
  const metrics = await exporter.registry.getMetricsAsJSON();
  for (const { name, query, by } of rendered) {
    const used = namesIn(query);
    assert.ok(used.metrics.length > 0, name);
    for (const metric of used.metrics) {
      const known = metrics.find(each => each.name === metric);
      assert.ok(known, `${name}: ${metric}`);
      const labels = new Set(known.values.flatMap(value => Object.keys(value.labels)));
      for (const label of new Set([...used.labels, ...by])) {
        // What Prometheus adds.
        if (label !== 'cluster') assert.ok(labels.has(label), `${name}: ${metric} has no label ${label}`);
      }
    }
  }
});

test('every rule has a panel of the dashboard on the exporter', () => {
  const panelOf = panelsOf(config);
  for (const { name, panel } of rules) {
    assert.equal(panel?.dashboard, 'exporter', name);
    assert.ok(panelOf(panel) !== undefined, `${name}: ${panel.title}`);
  }
});

test('texts are whole in every language: only labels and the value are left to put in', () => {
  for (const language of languages) {
    const groups = renderExporterRules(rulesConfigSchema.parse({ language, clusterLabel: 'k8s_cluster' }));
    for (const { name, summary, description, by } of groups.flatMap(group => group.rules)) {
      for (const [, left = ''] of `${summary} ${description}`.matchAll(/\{(\w+)\}/g)) {
        assert.ok([...by, 'value'].includes(left), `${name} in ${language}: {${left}}`);
      }
    }
  }
});

test('settings and selectors are where they belong', () => {
  const [group] = renderExporterRules(
    rulesConfigSchema.parse({
      clusterLabel: 'k8s_cluster',
      exporterSelector: 'namespace="monitoring"',
      exporterRules: {
        KubeEventsExporterAbsent: { window: '30m' },
        KubeEventsLokiRefusing: { threshold: 2, severity: 'warning', for: '1m' },
        KubeEventsLagging: { enabled: false },
      },
    }),
  );
  const of = (name: string) => group?.rules.find(rule => rule.name === name);
  assert.equal(of('KubeEventsLagging'), undefined);
  assert.equal(
    of('KubeEventsExporterAbsent')?.query,
    'absent_over_time(kube_events_build_info{namespace="monitoring"}[30m])',
  );
  const { query, severity, threshold, by } = of('KubeEventsLokiRefusing') ?? {};
  assert.deepEqual(
    { severity, threshold, by, for: of('KubeEventsLokiRefusing')?.for },
    { severity: 'warning', threshold: 2, by: ['k8s_cluster', 'cause'], for: '1m' },
  );
  assert.match(
    query ?? '',
    /^sum by \(k8s_cluster, cause\) \(kube_events_push_retries_total\{cause=~"denied\|not_found\|stream_limit", namespace="monitoring"\} unless /,
  );
});
