// Every dashboard in a file of its own: jsonnet -J vendor -m DIR lib/dashboards.jsonnet
(import '../mixin.libsonnet').grafanaDashboards
