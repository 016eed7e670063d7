import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { rulesConfigSchema } from '../config.ts';
import { renderRules } from '../render.ts';
import { configmap } from './configmap.ts';
import { lokiOperator } from './loki-operator.ts';
import { ruler } from './ruler.ts';
import { filesOf, OptionError, type Target, type TargetOptions } from './target.ts';
import { targets } from './targets.ts';

const config = rulesConfigSchema.parse({ heartbeat: true, labels: { team: 'platform' } });

function textOf(target: Target, given: Partial<TargetOptions> = {}): string {
  const files = filesOf(target, renderRules(config), config, given);
  assert.equal(files.size, 1);
  return [...files.values()].join();
}

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: AlertingRuleSpec;
  readonly data: Readonly<Record<string, string>>;
}

interface AlertingRuleSpec {
  readonly tenantID: string;
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const resourceOf = (target: Target, given: Partial<TargetOptions> = {}) =>
  parse(textOf(target, given)) as Resource;

test("the operator's resource has the ruler's groups, and what the operator asks of a rule", () => {
  const resource = resourceOf(lokiOperator, { namespace: 'loki', tenant: 'events', resourceLabel: 'a/b=c' });
  assert.deepEqual(Object.keys(resource), ['apiVersion', 'kind', 'metadata', 'spec']);
  assert.deepEqual(
    [resource.apiVersion, resource.kind, resource.metadata],
    [
      'loki.grafana.com/v1',
      'AlertingRule',
      { name: 'kube-events', namespace: 'loki', labels: { 'a/b': 'c' } },
    ],
  );
  const { tenantID, groups } = resource.spec;
  assert.equal(tenantID, 'events');
  assert.deepEqual(groups, (parse(textOf(ruler)) as AlertingRuleSpec).groups);
  assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length);
  // PrometheusDuration of the CRD.
  const duration = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
  for (const { interval, rules } of groups) {
    assert.match(interval, duration);
    for (const { alert, for: held, labels, annotations, ...others } of rules) {
      assert.deepEqual(Object.keys(others), ['expr'], alert);
      assert.match(held, duration);
      assert.match(labels['severity'] ?? '', /^(critical|warning|info)$/);
      assert.equal(labels['team'], 'platform');
      assert.ok(annotations['summary'] && annotations['description'], alert);
    }
  }
});

test('the ConfigMap has the file of the ruler, where the sidecar puts it for a tenant', () => {
  const resource = resourceOf(configmap);
  assert.deepEqual(resource, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'kube-events-rules',
      labels: { loki_rule: '1' },
      annotations: { 'k8s-sidecar-target-directory': 'fake' },
    },
    data: { 'kube-events.yaml': textOf(ruler) },
  });
  const { metadata } = resourceOf(configmap, { tenant: '', namespace: 'loki', resourceLabel: 'rules=yes' });
  assert.deepEqual(metadata, { name: 'kube-events-rules', namespace: 'loki', labels: { rules: 'yes' } });
});

test('what a resource cannot hold is refused', () => {
  assert.throws(() => textOf(lokiOperator, { tenant: '' }), OptionError);
  for (const resourceLabel of ['a', '=b']) {
    assert.throws(() => textOf(configmap, { resourceLabel }), {
      constructor: OptionError,
      message: `--resource-label ${resourceLabel}: write it as NAME=VALUE`,
    });
  }
  const groups = Array.from({ length: 100 }, (_, index) =>
    renderRules(config).map(group => ({ ...group, name: `${group.name}-${index}` })),
  ).flat();
  assert.throws(() => filesOf(configmap, groups, config), { constructor: OptionError });
});

test('every target writes the same files for the same configuration, and no file of another', () => {
  for (const [name, target] of Object.entries<Target>(targets)) {
    const files = filesOf(target, renderRules(config), config);
    assert.ok(files.size > 0, name);
    assert.deepEqual(filesOf(target, renderRules(config), config), files);
    for (const [path, text] of files) {
      assert.match(path, /^[\w./-]+$/);
      assert.ok(text.endsWith('\n'), `${name}/${path}`);
    }
  }
});
