import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { exporterRuleGroups } from '../../alert-rules/exporter-rules/catalogue.ts';
import { renderExporterRules } from '../../alert-rules/render.ts';
import { prometheus, prometheusOperator } from '../../alert-rules/targets/prometheus.ts';
import { filesOf } from '../../alert-rules/targets/target.ts';
import { promtool } from '../servers/prometheus.ts';
import { skipWithout } from '../servers/require.ts';
import { exporterCases } from './exporter-cases.ts';

const skip = await skipWithout('prometheus');

const config = rulesConfigSchema.parse({});
const rulesFile = filesOf(prometheus, [], config).get('kube-events-exporter.yaml') ?? '';

describe('rules about the exporter, by promtool', { skip }, () => {
  test('it takes the rules, in any language and with any selector', async () => {
    for (const given of [
      {},
      { language: 'zh', clusterLabel: 'k8s_cluster', exporterSelector: 'namespace="monitoring", job=~"a|b"' },
      {
        grafana: 'https://grafana.example',
        runbooks: 'https://docs.example/runbooks',
        labels: { team: 'a' },
      },
    ]) {
      const text = filesOf(prometheus, [], rulesConfigSchema.parse(given)).get('kube-events-exporter.yaml');
      const said = await promtool(['check', 'rules', '--lint-fatal', 'rules.yaml'], {
        'rules.yaml': text ?? '',
      });
      assert.match(said, /SUCCESS: 8 rules found/);
    }
  });

  test('the operator gets the same groups', () => {
    const resource = filesOf(prometheusOperator, [], config).get('prometheus-rule.yaml') ?? '';
    const [, groups = ''] = rulesFile.split('groups:\n');
    assert.ok(resource.includes(groups.replaceAll(/^(?=.)/gm, '  ')), resource);
    assert.match(resource, /^apiVersion: monitoring\.coreos\.com\/v1\nkind: PrometheusRule\n/);
  });

  test('there are cases for every rule: one that fires and resolves, and one that stays silent', () => {
    const names = exporterRuleGroups.flatMap(({ rules }) => rules.map(({ name }) => name));
    const states = (name: string) => exporterCases.filter(({ rule }) => rule === name);
    for (const name of names) {
      assert.ok(
        states(name).some(({ fires, silent }) => fires !== undefined && silent.some(at => at > fires.at)),
        `${name} fires and resolves`,
      );
      assert.ok(
        states(name).some(({ fires }) => fires === undefined),
        `${name} stays silent`,
      );
    }
  });

  describe('each case', () => {
    let severities: ReadonlyMap<string, string>;

    before(() => {
      const rules = renderExporterRules(config).flatMap(group => group.rules);
      severities = new Map(rules.map(({ name, severity }) => [name, severity]));
    });

    for (const { rule, title, series, fires, silent } of exporterCases) {
      test(`${rule}: ${title}`, async () => {
        const severity = severities.get(rule);
        const alertsAt = [
          ...(fires === undefined
            ? []
            : [
                {
                  eval_time: `${fires.at}m`,
                  alertname: rule,
                  exp_alerts: fires.alerts.map(({ labels, summary, description }) => ({
                    exp_labels: { severity, ...labels },
                    exp_annotations: { summary, description },
                  })),
                },
              ]),
          ...silent.map(minutes => ({ eval_time: `${minutes}m`, alertname: rule, exp_alerts: [] })),
        ];
        const cases = {
          rule_files: ['rules.yaml'],
          evaluation_interval: '1m',
          tests: [
            {
              interval: '1m',
              input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
              alert_rule_test: alertsAt,
            },
          ],
        };
        const said = await promtool(['test', 'rules', 'cases.yaml'], {
          'rules.yaml': rulesFile,
          'cases.yaml': stringify(cases),
        });
        assert.match(said, /SUCCESS/);
      });
    }
  });
});
