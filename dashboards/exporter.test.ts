import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { createMetrics } from '../exporter/telemetry/metrics.ts';
import { renderDashboards } from './render.ts';
import { type DashboardJson, queriesOf } from './rules/dashboard-json.ts';
import { withoutVariables } from './rules/query-text.ts';

/** What a scrape adds to every series. */
const targetLabels = ['job', 'instance'];

const dashboard = JSON.parse(
  JSON.stringify(renderDashboards({ profile: 'default' }).get('exporter')),
) as DashboardJson;
const queries = queriesOf(dashboard).map(({ expr, place }) => ({ place, ...read(withoutVariables(expr)) }));

/** The series of the exporter's own registry, and the labels of each. */
async function registered(): Promise<Map<string, Set<string>>> {
  const metrics = createMetrics();
  // Its labels come with its first value.
  metrics.parkedStreams.set({ tenant: 'a' }, 1);
  const labels = new Map<string, Set<string>>();
  for (const line of (await metrics.render()).split('\n')) {
    const [, name, pairs = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = labels.get(name) ?? new Set(targetLabels);
    for (const [, label = ''] of pairs.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}

interface Read {
  /** Names of series. */
  readonly series: readonly string[];
  /** Labels that they are selected or grouped by. */
  readonly labels: readonly string[];
}

function read(expr: string): Read {
  const texts = (name: string) => {
    const found: string[] = [];
    parser.parse(expr).iterate({
      enter(node: { readonly name: string; readonly node: SyntaxNode }) {
        if (node.name === name) found.push(expr.slice(node.node.from, node.node.to));
      },
    });
    return found;
  };
  return {
    series: texts('VectorSelector').map(text => text.replace(/\{.*$/s, '')),
    labels: [...texts('GroupingLabels').flatMap(text => text.match(/\w+/g) ?? []), ...texts('LabelName')],
  };
}

describe('the dashboard about the exporter', () => {
  test('asks for series and labels that the exporter has, and for no others', async () => {
    const series = await registered();
    for (const query of queries) {
      for (const name of query.series) {
        const labels = series.get(name);
        assert.ok(labels, `${query.place}: there is no ${name}`);
        for (const label of query.labels) {
          assert.ok(labels.has(label), `${query.place}: ${name} has no label ${label}`);
        }
      }
    }
  });

  test('takes only the exporters of what every program has', () => {
    const common = queries.filter(({ series }) => series.some(name => !name.startsWith('kube_events_')));
    assert.equal(common.length, 3);
    for (const { place, series } of common) assert.ok(series.includes('kube_events_build_info'), place);
  });

  test('is read right: its queries name series and labels', () => {
    const names = new Set(queries.flatMap(({ series }) => series));
    const labels = new Set(queries.flatMap(query => query.labels));
    for (const name of ['kube_events_leader', 'kube_events_push_duration_seconds_bucket']) {
      assert.ok(names.has(name), name);
    }
    for (const label of ['cause', 'le', 'tenant', 'instance', 'job']) assert.ok(labels.has(label), label);
    assert.ok(names.size >= 25, `${names.size} series`);
  });

  test('shows every account of events: what was received and what became of it', () => {
    const names = new Set(queries.flatMap(({ series }) => series));
    for (const what of ['received', 'delivered', 'filtered', 'dropped', 'handed_over']) {
      assert.ok(names.has(`kube_events_${what}_revisions_total`), what);
    }
    assert.ok(names.has('kube_events_in_flight_revisions'));
  });
});
