// A rule file for Loki's ruler: jsonnet -S lib/loki-rules.jsonnet > kube-events.yaml
local mixin = import '../mixin.libsonnet';
std.manifestYamlDoc({ groups: mixin.lokiAlerts.groups + mixin.lokiRules.groups }, quote_keys=false)
