import { rulesConfigSchema } from '../alert-rules/config.ts';
import { ruleValues } from '../alert-rules/template.ts';
import { dashboardValues } from '../dashboards/render.ts';
import type { Json } from '../dashboards/token.ts';
import { type ConfigKey, descriptionIn } from './config-text.ts';

const ofDashboards = {
  job: 'The label `job` of the events.',
  clusterLabel: 'The label that names the cluster.',
  selector: 'Further matchers of every selector of LogQL, as in \'environment="prod"\'.',
  docs: 'Where the docs are read, for links to what a reason means; none where it is empty.',
  uidPrefix: 'What the uids and the files of the dashboards begin with; 30 letters, digits, - and _ at most.',
  tags: 'The tags of the dashboards, by which they find each other.',
  refresh: 'How often the dashboards ask anew; empty for never.',
  datasource: "The Loki data source at first, by its name or uid; Grafana's default one where it is null.",
  prometheusDatasource: 'The same of Prometheus, for the dashboard about the exporter.',
} as const satisfies Readonly<Record<keyof ReturnType<typeof dashboardValues>, string>>;

/** Options of the rules, described there. */
const ofRules = [
  'heartbeat',
  'language',
  'labels',
  'grafana',
  'runbooks',
  'rules',
  'exporterSelector',
  'exporterRules',
  'recording',
] as const;

/** What can be changed of the mixin: the options of dashboards and rules in one, with their defaults. */
export function mixinConfig(): readonly ConfigKey[] {
  const dashboards = dashboardValues({ profile: 'default' });
  const rules = ruleValues(rulesConfigSchema.parse({})) as unknown as Readonly<Record<string, Json>>;
  return [
    ...(Object.keys(ofDashboards) as (keyof typeof ofDashboards)[]).map(name => ({
      name,
      value: dashboards[name],
      description: ofDashboards[name],
    })),
    {
      name: 'folder',
      value: 'Kubernetes events',
      description: 'The folder in Grafana, for what reads `grafanaDashboardFolder`.',
    },
    ...ofRules.map(name => ({
      name,
      value: rules[name] ?? null,
      description: descriptionIn(rulesConfigSchema, name),
    })),
  ];
}
