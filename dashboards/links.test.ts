import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineLink, objectLink } from './links.ts';
import { dashboardValues, queriesOf } from './render.ts';
import { fill } from './token.ts';

function urlOf({ value }: { value?: unknown }): string {
  const url = (value as { url: string }[])[0]?.url ?? '';
  return String(fill(url, dashboardValues({ profile: 'default' })));
}

const row = { namespace: 'Namespace', kind: 'Kind', name: 'Name' };

test('a row leads to its object, and leaves behind what else narrows down', () => {
  assert.equal(
    urlOf(objectLink(queriesOf({ profile: 'default' }), { ...row, cluster: 'Cluster' })),
    '/d/kube-events-object' +
      '?var-namespace=${__data.fields["Namespace"]:percentencode}' +
      '&var-kind=${__data.fields["Kind"]:percentencode}' +
      '&var-name=${__data.fields["Name"]:percentencode}' +
      '&var-cluster=${__data.fields["Cluster"]:percentencode}' +
      '&${datasource:queryparam}&var-reason=$__all&var-type=$__all&var-workload=&var-search=&${__url_time_range}',
  );
});

test('what the row does not tell stays as it is', () => {
  assert.match(urlOf(objectLink(queriesOf({ profile: 'default' }), row)), /&\$\{cluster:queryparam\}&/);
});

test('data without clusters, workloads and labels has no variables for them', () => {
  const url = urlOf(objectLink(queriesOf({ profile: 'alloy' }), row));
  assert.doesNotMatch(url, /cluster|workload/);
  assert.match(url, /&var-reason=\.\*&var-type=\$__all&/);
});

test('a line leads to its object by its own labels, as the data calls them', () => {
  const url = urlOf(lineLink(queriesOf({ profile: 'default', clusterLabel: 'k8s_cluster' })));
  assert.match(url, /\?var-cluster=\$\{__labels\.tags\.k8s_cluster:percentencode\}&/);
  assert.match(url, /&var-name=\$\{__labels\.tags\.name:percentencode\}&/);
});
