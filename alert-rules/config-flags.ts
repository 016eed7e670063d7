import type { Flag } from '../exporter/config/flags.ts';

/** A flag of `rules` that is a key of its configuration, too; flags win over the file. */
interface RulesConfigFlag extends Flag {
  /** For `--help`, which is there without the catalogue. */
  readonly description: string;
}

export const rulesConfigFlags: readonly RulesConfigFlag[] = [
  {
    flag: '--profile',
    value: 'NAME',
    key: ['profile'],
    description: "Whose events they are, as in alloy; this exporter's by default.",
  },
  {
    flag: '--job',
    value: 'JOB',
    key: ['job'],
    description: "The value of the label job; the profile's own by default.",
  },
  {
    flag: '--cluster-label',
    value: 'LABEL',
    key: ['clusterLabel'],
    description: "The label that names the cluster; the profile's own by default.",
  },
  {
    flag: '--language',
    value: 'LANGUAGE',
    key: ['language'],
    description: 'The language of summaries and descriptions: en by default, or zh.',
  },
  {
    flag: '--grafana',
    value: 'URL',
    key: ['grafana'],
    description: 'Where Grafana is, for links to dashboards; none by default.',
  },
  {
    flag: '--datasource',
    value: 'UID',
    key: ['datasource'],
    description: 'The uid of the Loki data source in Grafana; loki by default.',
  },
  {
    flag: '--runbooks',
    value: 'URL',
    key: ['runbooks'],
    description: 'Where you read the runbooks, for links to them; none by default.',
  },
];
