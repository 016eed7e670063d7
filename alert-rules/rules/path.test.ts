import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parser } from '@grafana/lezer-logql';
import { profileNames } from '../../dashboards/profile.ts';
import { rulesConfigSchema } from '../config.ts';
import { renderRules } from '../render.ts';

function rendered(given: object) {
  return renderRules(rulesConfigSchema.parse(given)).flatMap(group => group.rules);
}

function queryOf(name: string, given: object): string | undefined {
  return rendered({ heartbeat: true, ...given }).find(rule => rule.name === name)?.query;
}

test('rules that need a heartbeat are there only with it', () => {
  const names = (given: object) => rendered(given).map(({ name }) => name);
  assert.deepEqual(
    names({ heartbeat: true }).filter(name => !names({}).includes(name)),
    ['ClusterSilent', 'PipelineSilent'],
  );
  assert.ok(names({}).includes('Watchdog'));
});

test('a heartbeat has the fields, the job and the cluster of its exporters', () => {
  assert.equal(
    queryOf('ClusterSilent', {}),
    'sum by (cluster) (count_over_time({job="kube-events-heartbeat"} [1d])) unless on (cluster) ' +
      'sum by (cluster) (count_over_time({job="kube-events-heartbeat"} | last_frame_age_seconds < 900 [15m]))',
  );
  assert.equal(
    queryOf('ClusterSilent', {
      profile: 'logfmt',
      job: 'k8s',
      clusterLabel: 'k8s_cluster',
      selector: 'env="prod"',
      rules: { ClusterSilent: { window: '10m', age: 600, known: '6h' } },
    }),
    'sum by (k8s_cluster) (count_over_time({job="k8s-heartbeat", env="prod"} [6h])) unless on (k8s_cluster) ' +
      'sum by (k8s_cluster) (count_over_time({job="k8s-heartbeat", env="prod"} | logfmt | last_frame_age_seconds < 600 [10m]))',
  );
  assert.match(
    queryOf('ClusterSilent', { profile: 'json' }) ?? '',
    /\| json \| last_frame_age_seconds < 900 \[15m\]/,
  );
  assert.equal(
    queryOf('PipelineSilent', { job: 'k8s' }),
    'sum(absent_over_time({job="k8s-heartbeat"} [15m]))',
  );
  for (const profile of ['default', 'logfmt', 'json']) {
    for (const name of ['ClusterSilent', 'PipelineSilent']) {
      const query = queryOf(name, { profile }) ?? '';
      parser.parse(query).iterate({ enter: ({ type }) => assert.equal(type.isError, false, query) });
    }
  }
});

test('texts name the label that the cluster has', () => {
  const [rule] = rendered({ heartbeat: true, clusterLabel: 'k8s_cluster' }).filter(
    ({ name }) => name === 'ClusterSilent',
  );
  assert.equal(rule?.summary, 'Nothing is heard of cluster {k8s_cluster}');
  assert.deepEqual(rule?.by, ['k8s_cluster']);
});

test('events of others come without a heartbeat', () => {
  const ours = ['default', 'logfmt', 'json'];
  for (const profile of profileNames.filter(name => !ours.includes(name))) {
    const { error } = rulesConfigSchema.safeParse({ profile, heartbeat: true });
    assert.deepEqual(
      error?.issues.map(({ path, message }) => [path, message]),
      [[['heartbeat'], 'only kube-events-loki writes one: the profile has to be default, logfmt, json']],
    );
  }
});
