import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exploreLinks } from './explore.ts';
import { profileNames } from './profile.ts';
import { queriesOf, type RenderOptions, renderDashboards } from './render.ts';
import { nodesOf } from './rules/query-text.ts';

type Chosen = Readonly<Record<string, readonly string[]>>;

const all: Chosen = {};
const one: Chosen = { cluster: ['prod.eu'], namespace: ['shop'], reason: ['BackOff'], type: ['Warning'] };
const several: Chosen = { namespace: ['shop', 'web'], kind: ['Pod', 'Node'], type: ['Normal', 'Warning'] };

/** What Grafana makes of a link: its formats of variables, whose "All" is `.*`. */
function filled(url: string, chosen: Chosen): URL {
  const text = url.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === 'datasource') return 'P8E80F9AEF21F6940';
    if (name === '__from' || name === '__to') return name === '__from' ? '1000' : '2000';
    if (name === '__url_time_range') return 'from=now-3h&to=now';
    const [variable = '', format, parameter, prefix = ''] = name.split(':');
    const values = chosen[variable];
    if (values === undefined) return '.*';
    if (format === 'pipe') return values.join('|');
    assert.equal(format, 'customqueryparam');
    return values.map(value => `${parameter}=${encodeURIComponent(`${prefix}${value}`)}`).join('&');
  });
  return new URL(text, 'http://grafana');
}

function urlsOf(options: RenderOptions): { explore: string; drilldown: string } {
  const panels = renderDashboards(options).get('overview')?.panels ?? [];
  const links = panels.flatMap(panel => ('links' in panel && panel.links) || []);
  const url = (wanted: string) => links.find(({ title }) => title === wanted)?.url ?? assert.fail(wanted);
  return { explore: url('Explore'), drilldown: url('Logs Drilldown') };
}

interface Pane {
  readonly datasource: string;
  readonly queries: readonly { refId: string; expr: string; datasource: object; queryType: string }[];
  readonly range: object;
}

/** Reads a link as Explore does. */
function paneOf({ pathname, searchParams }: URL): Pane {
  assert.equal(pathname, '/explore');
  assert.equal(searchParams.get('schemaVersion'), '1');
  const panes = Object.entries(JSON.parse(searchParams.get('panes') ?? '') as Record<string, Pane>);
  assert.equal(panes.length, 1);
  const [[id, pane] = assert.fail('no pane')] = panes;
  assert.match(id, /^(?=.*[a-z])[a-z0-9]{3}$/);
  return pane;
}

for (const profile of profileNames) {
  test(`Explore opens with a query that can be read: ${profile}`, () => {
    for (const chosen of [all, one, several]) {
      const expr = paneOf(filled(urlsOf({ profile }).explore, chosen)).queries[0]?.expr ?? '';
      assert.equal(nodesOf(expr, 'logql').find(node => node.name === '⚠')?.text, undefined, expr);
    }
  });
}

test('Explore gets the data source, the time and the selected labels', () => {
  assert.deepEqual(paneOf(filled(urlsOf({ profile: 'default' }).explore, several)), {
    datasource: 'P8E80F9AEF21F6940',
    queries: [
      {
        refId: 'A',
        datasource: { type: 'loki', uid: 'P8E80F9AEF21F6940' },
        expr: '{job="kube-events", cluster=~".*", namespace=~"shop|web", kind=~"Pod|Node", reason=~".*", type=~"Normal|Warning"}',
        queryType: 'range',
        editorMode: 'code',
      },
    ],
    range: { from: '1000', to: '2000' },
  });
});

test('Explore gets a type that only the parser knows', () => {
  const options = { profile: 'k8s-monitoring', clusterLabel: 'k8s' } as const;
  assert.equal(
    paneOf(filled(urlsOf(options).explore, one)).queries[0]?.expr,
    '{job="integrations/kubernetes/eventhandler", k8s=~"prod.eu", namespace=~"shop", reason=~"BackOff"} ' +
      `${queriesOf(options).profile.parser} | type=~\`Warning\``,
  );
});

test('Logs Drilldown gets a filter for each value, and none for All', () => {
  const { pathname, searchParams } = filled(urlsOf({ profile: 'default', clusterLabel: 'k8s' }).drilldown, {
    ...several,
    cluster: ['prod & co'],
  });
  assert.equal(pathname, '/a/grafana-lokiexplore-app/explore/job/kube-events/logs');
  assert.equal(searchParams.get('var-ds'), 'P8E80F9AEF21F6940');
  assert.deepEqual(searchParams.getAll('var-filters'), [
    'job|=|kube-events',
    'k8s|=|prod & co',
    'namespace|=|shop',
    'namespace|=|web',
    'kind|=|Pod',
    'kind|=|Node',
    'type|=|Normal',
    'type|=|Warning',
  ]);
  assert.deepEqual([searchParams.get('from'), searchParams.get('to')], ['now-3h', 'now']);
});

test('Logs Drilldown filters by nothing that only a parser knows', () => {
  const { searchParams } = filled(urlsOf({ profile: 'alloy' }).drilldown, several);
  assert.deepEqual(searchParams.getAll('var-filters'), [
    'job|=|loki.source.kubernetes_events',
    'namespace|=|shop',
    'namespace|=|web',
  ]);
});

test('a job with slashes is one part of a path', () => {
  const { pathname, searchParams } = filled(urlsOf({ profile: 'k8s-monitoring' }).drilldown, all);
  assert.equal(pathname, '/a/grafana-lokiexplore-app/explore/job/integrations-kubernetes-eventhandler/logs');
  assert.equal(searchParams.get('var-filters'), 'job|=|integrations/kubernetes/eventhandler');
});

test('a link has nothing that older versions of Grafana do not know', () => {
  for (const link of exploreLinks(queriesOf({ profile: 'default' }))) {
    assert.equal(link.type, 'link');
    assert.equal('placement' in link, false);
  }
});
