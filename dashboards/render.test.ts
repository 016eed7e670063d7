import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileNames } from './profile.ts';
import { renderDashboards } from './render.ts';

const chosen = {
  job: 'events/prod',
  clusterLabel: 'k8s_cluster',
  selector: 'environment="prod", team=~"a|b"',
  docs: 'https://docs.example',
  uidPrefix: 'team-',
  tags: ['ours'],
  refresh: '5m',
  datasource: 'Loki (prod)',
  prometheusDatasource: 'mimir',
} as const;

for (const profile of profileNames) {
  test(`nothing is left of what was chosen otherwise: ${profile}`, () => {
    for (const [name, dashboard] of renderDashboards({ ...chosen, profile })) {
      const text = JSON.stringify(dashboard);
      assert.doesNotMatch(text, /@\{/);
      assert.doesNotMatch(
        decodeURIComponent(text.replaceAll(/%(?![0-9A-F]{2})/g, '%25')),
        /kube-events-(?!loki)/,
      );
      assert.equal(dashboard.uid, `team-${name}`);
      assert.deepEqual([dashboard.tags, dashboard.refresh], [['ours'], '5m']);
      assert.deepEqual(dashboard.links?.[0]?.tags, ['ours']);
    }
  });

  test(`every selector has the further matchers: ${profile}`, () => {
    const text = JSON.stringify([...renderDashboards({ ...chosen, profile }).entries()]);
    const decoded = decodeURIComponent(text.replaceAll(/%(?![0-9A-F]{2})/g, '%25')).replaceAll('\\', '');
    const selectors = decoded.match(/\{job="events\/prod"/g) ?? [];
    const further = decoded.match(/\{job="events\/prod", environment="prod", team=~"a\|b"/g) ?? [];
    assert.ok(selectors.length > 100);
    assert.equal(further.length, selectors.length);
  });
}

test('the variables for data sources begin with those that were chosen', () => {
  for (const [name, { templating }] of renderDashboards({ ...chosen, profile: 'default' })) {
    const source = templating?.list?.[0];
    const wanted = name === 'exporter' ? 'mimir' : 'Loki (prod)';
    assert.deepEqual(source?.current, { text: wanted, value: wanted });
  }
});
