import { stringify } from 'yaml';
import { rulerGroups } from './ruler.ts';
import { metadataOf, OptionError, type Target } from './target.ts';

/** A resource for Loki's operator, which picks rules up by their labels (`spec.rules.selector` of a LokiStack). */
export const lokiOperator: Target = {
  description: "An AlertingRule for Loki's operator",
  options: { namespace: '', tenant: 'application', resourceLabel: 'app.kubernetes.io/name=kube-events' },
  files: (groups, config, options) => {
    if (options.tenant === '')
      throw new OptionError('--tenant cannot be empty: an AlertingRule has a tenantID');
    const resource = {
      apiVersion: 'loki.grafana.com/v1',
      kind: 'AlertingRule',
      metadata: metadataOf('kube-events', options),
      spec: { tenantID: options.tenant, groups: rulerGroups(groups, config) },
    };
    return new Map([['alerting-rule.yaml', stringify(resource, { lineWidth: 0 })]]);
  },
};
