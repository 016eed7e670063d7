import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulesConfigSchema } from './config.ts';
import { renderRecording } from './recording.ts';

test('windows meet, and end long enough ago for what is late', () => {
  const { interval, rules } = renderRecording(rulesConfigSchema.parse({}));
  assert.equal(interval, '5m');
  assert.deepEqual(
    rules.map(({ record }) => record),
    ['namespace', 'kind', 'reason', 'type'].map(name => `cluster_${name}:kube_events_occurrences:sum5m`),
  );
  for (const { expr } of rules) assert.match(expr, /\[5m\] offset 10m/);
});

test('other windows have other names; data without a field has no rule for it', () => {
  const { interval, rules } = renderRecording(
    rulesConfigSchema.parse({
      profile: 'alloy',
      clusterLabel: 'k8s_cluster',
      recording: { window: '1m', offset: '7m' },
    }),
  );
  assert.equal(interval, '1m');
  assert.equal(rules[0]?.record, 'k8s_cluster_namespace:kube_events_occurrences:sum1m');
  assert.equal(
    rules[0]?.expr,
    'sum by (k8s_cluster, namespace) (count_over_time({job="loki.source.kubernetes_events"} [1m] offset 7m | logfmt | label_format node=sourcehost, component=sourcecomponent))',
  );
  const without = renderRecording(rulesConfigSchema.parse({ profile: 'alloy' }));
  assert.equal(without.rules[0]?.record, 'namespace:kube_events_occurrences:sum5m');
});
