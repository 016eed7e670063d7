import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allWarnings, anyLoki, selectedWarnings } from './annotation.ts';
import { profileNames } from './profile.ts';
import { queriesOf, renderDashboards } from './render.ts';
import { nodesOf, variablesIn } from './rules/query-text.ts';

for (const profile of profileNames) {
  test(`Warnings can be marked on graphs: ${profile}`, () => {
    const query = queriesOf({ profile });
    const marks = [allWarnings(query)];
    for (const [name, { annotations, templating }] of renderDashboards({ profile })) {
      const known = new Set((templating.list ?? []).map(variable => variable.name));
      const own = selectedWarnings(query, known);
      assert.deepEqual(annotations.list, own, name);
      assert.equal(own.length, known.has('search') ? 1 : 0, name);
      for (const { enable, expr = '' } of own) {
        assert.equal(enable, false);
        assert.deepEqual(
          variablesIn(expr).filter(variable => !known.has(variable)),
          [],
          name,
        );
      }
      marks.push(...own);
    }
    for (const { expr = '', tagKeys } of marks) {
      assert.equal(nodesOf(expr, 'logql').find(node => node.name === '⚠')?.text, undefined, expr);
      assert.match(expr, /Warning/);
      assert.match(tagKeys ?? '', /namespace/);
    }
    assert.deepEqual(variablesIn(JSON.stringify(allWarnings(query))), []);
  });
}

test('marks follow the variables that there are', () => {
  const query = queriesOf({ profile: 'default' });
  const [mark] = selectedWarnings(query, new Set(['datasource', 'namespace', 'search']));
  assert.equal(
    mark?.expr,
    '{job="kube-events", cluster=~".*", namespace=~"$namespace", kind=~".*", reason=~".*", type=~"Warning"} ' +
      '|~ `(?i)$search` | workload=~`.*`',
  );
  assert.deepEqual(selectedWarnings(query, new Set(['datasource', 'namespace'])), []);
});

test('by type and job', () => {
  const query = queriesOf({ profile: 'default', job: 'events', clusterLabel: 'k8s' });
  const { expr, tagKeys, enable, datasource } = allWarnings(query);
  assert.equal(expr, '{job="events", type="Warning"}');
  assert.equal(tagKeys, 'k8s,namespace,kind,reason,component');
  assert.equal(enable, true);
  assert.deepEqual(datasource, { type: 'loki', uid: anyLoki });
  const alloy = queriesOf({ profile: 'alloy' });
  const expected = `{job="loki.source.kubernetes_events"} ${alloy.profile.parser} | type=\`Warning\``;
  assert.equal(allWarnings(alloy).expr, expected);
});

test('the docs have the snippet that the command prints', () => {
  const page = readFileSync(new URL('../docs/dashboards.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  assert.deepEqual(JSON.parse(snippet), allWarnings(queriesOf({ profile: 'default' })));
});
