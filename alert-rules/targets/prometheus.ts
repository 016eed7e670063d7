import { stringify } from 'yaml';
import type { RulesConfig } from '../config.ts';
import { renderExporterRules } from '../render.ts';
import { rulerGroups } from './ruler.ts';
import { metadataOf, type Target } from './target.ts';

/** A rule file of Prometheus. Loki's ruler has the same fields. */
export const prometheus: Target = {
  description: "A rule file of Prometheus, for the exporter's own metrics",
  files: (_groups, config) => {
    const text = stringify({ groups: exporterGroups(config) }, { lineWidth: 0 });
    return new Map([['kube-events-exporter.yaml', text]]);
  },
};

/** A resource for Prometheus' operator, which picks rules up by their labels (`spec.ruleSelector` of a Prometheus). */
export const prometheusOperator: Target = {
  description: "A PrometheusRule for Prometheus' operator, for the exporter's own metrics",
  options: { namespace: '', resourceLabel: 'app.kubernetes.io/name=kube-events' },
  files: (_groups, config, options) => {
    const resource = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: metadataOf('kube-events-exporter', options),
      spec: { groups: exporterGroups(config) },
    };
    return new Map([['prometheus-rule.yaml', stringify(resource, { lineWidth: 0 })]]);
  },
};

function exporterGroups(config: RulesConfig) {
  return rulerGroups(renderExporterRules(config), config);
}
