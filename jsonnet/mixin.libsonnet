// Grafana dashboards, Loki rules and Prometheus alerts for Kubernetes events in Loki, as a mixin: import it, and change
// `_config.kubeEvents`.
(import 'config.libsonnet') +
(import 'dashboards.libsonnet') +
(import 'alerts.libsonnet')
