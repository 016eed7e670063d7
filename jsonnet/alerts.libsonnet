local fill = import 'fill.libsonnet';

local templates = {
  en: import 'templates/rules.en.json',
  zh: import 'templates/rules.zh.json',
};

local inLanguage(language) =
  if std.objectHas(templates, language) then templates[language]
  else error '_config.kubeEvents.language: %s is not known; it can be %s' % [
    language,
    std.join(', ', std.objectFields(templates)),
  ];

{
  local rules = fill(inLanguage($._config.kubeEvents.language), $._config.kubeEvents),
  // A group whose rules are all off is none.
  local groups(form) = [group for group in rules[form].groups if std.length(group.rules) > 0],

  // LogQL, for Loki's ruler.
  lokiAlerts+:: { groups+: groups('lokiAlerts') },
  lokiRules+:: { groups+: groups('lokiRules') },
  // PromQL, on the exporter's own metrics.
  prometheusAlerts+:: { groups+: groups('prometheusAlerts') },
}
