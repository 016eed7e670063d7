// Another library in the form of a mixin, with names in `_config` that ours has too.
{
  _config+:: { job: 'node-exporter', refresh: '30s', tags: ['other'] },
  grafanaDashboards+:: { 'overview.json': { title: 'Another overview', refresh: $._config.refresh } },
  prometheusAlerts+:: { groups+: [{ name: 'other', rules: [{ alert: 'Down', expr: 'up{job="%s"} == 0' % $._config.job }] }] },
}
