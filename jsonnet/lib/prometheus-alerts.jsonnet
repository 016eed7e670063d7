// A rule file for Prometheus, on the exporter's own metrics: jsonnet -S lib/prometheus-alerts.jsonnet > exporter.yaml
std.manifestYamlDoc((import '../mixin.libsonnet').prometheusAlerts, quote_keys=false)
