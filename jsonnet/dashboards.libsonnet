local fill = import 'fill.libsonnet';

local templates = {
  overview: import 'templates/dashboards/overview.json',
  warnings: import 'templates/dashboards/warnings.json',
  object: import 'templates/dashboards/object.json',
  nodes: import 'templates/dashboards/nodes.json',
  scheduling: import 'templates/dashboards/scheduling.json',
  exporter: import 'templates/dashboards/exporter.json',
};

{
  grafanaDashboardFolder:: $._config.kubeEvents.folder,

  // By file name; the prefix keeps them apart from those of other mixins.
  grafanaDashboards+:: {
    ['%s%s.json' % [$._config.kubeEvents.uidPrefix, name]]: fill(templates[name], $._config.kubeEvents)
    for name in std.objectFields(templates)
  },
}
