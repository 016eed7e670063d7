local events = import 'kube-events-loki/mixin.libsonnet';
local other = import 'other-mixin/mixin.libsonnet';

local mixins = other + events + {
  _config+:: { kubeEvents+: { uidPrefix: 'ours-', rules+: { CrashLoop+: { threshold: 5 } } } },
};

{ ['dashboards/%s' % name]: mixins.grafanaDashboards[name] for name in std.objectFields(mixins.grafanaDashboards) } +
{ 'loki-rules.json': mixins.lokiAlerts + mixins.lokiRules, 'prometheus-alerts.json': mixins.prometheusAlerts }
