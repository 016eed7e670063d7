import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulesConfigSchema } from '../config.ts';
import { renderRules } from '../render.ts';
import { entriesTemplate, prometheusTemplates } from '../targets/target.ts';
import { isOwnLogql } from './own-logql.ts';

const jobs = ['kube-events', 'kube-events-heartbeat'];

test('every query of the catalogue may be asked', () => {
  const rules = renderRules(rulesConfigSchema.parse({})).flatMap(group => group.rules);
  const queries = rules.flatMap(rule => {
    const template = entriesTemplate(rule, prometheusTemplates);
    // As Go's %q writes a hostile value.
    return template === undefined
      ? []
      : [template.replaceAll(/\{\{ printf "%q" [^}]*\}\}/g, String.raw`"a\"b}\\{#"`)];
  });
  assert.ok(queries.length > 3);
  for (const query of queries) assert.equal(isOwnLogql(query, jobs), true, query);
});

test('the job may be anywhere in the selector, in either kind of quotes', () => {
  for (const query of [
    '{job="kube-events"}',
    ' { cluster = "a" , job = "kube-events" , } |= "x"',
    '{job=`kube-events`}',
    '{job="kube-events-heartbeat"} | json',
    '{job="kube-events"} != `{job="other"}` | line_format "{{ .name }} # [5m]"',
    '{job=~".+", job="kube-events"}',
  ]) {
    assert.equal(isOwnLogql(query, jobs), true, query);
  }
});

test('nothing else may be asked', () => {
  for (const query of [
    '',
    '{}',
    '{job="payments"}',
    '{job=~"kube-events"}',
    '{job!="kube-events"}',
    '{namespace="kube-events"}',
    '{xjob="kube-events"}',
    '{cluster="a, job=\\"kube-events\\""}',
    '{job="kube-events"} or {job="payments"}',
    '{job="kube-events"}\n# "\nor {job="payments"} # "',
    '{job="kube-events"} | "x" or {job="payments"}',
    '{job="kube-events" or job="payments"}',
    '{job="kube-events"} [5m]',
    'sum(count_over_time({job="kube-events"}[5m]))',
    'count_over_time({job="kube-events"}[5m])',
    '{job="kube-events"} and vector(1)',
    '{job="kube-events"} |= "unclosed',
    `{job="kube-events"} |= "${'x'.repeat(9000)}"`,
  ]) {
    assert.equal(isOwnLogql(query, jobs), false, query);
  }
});
