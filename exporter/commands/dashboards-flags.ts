/*
 * Apart from the command, so that the other commands start without Grafana's SDK.
 */

/** A flag of `dashboards` that takes a value. */
interface DashboardsFlag {
  readonly flag: `--${string}`;
  readonly value: string;
  readonly description: string;
}

/** The flags by the names of their options, in the order of `--help`. */
export const dashboardsFlags = {
  out: { flag: '--out', value: 'DIR', description: 'Where the files go; without it, or with -, to stdout.' },
  profile: {
    flag: '--profile',
    value: 'NAME',
    description:
      "Whose events they are, as in alloy; this exporter's by default. --list says which there are.",
  },
  format: {
    flag: '--format',
    value: 'NAME',
    description: 'What to write, as in configmap; json by default. --list says which there are.',
  },
  job: {
    flag: '--job',
    value: 'JOB',
    description: "The value of the label job; the profile's own by default.",
  },
  clusterLabel: {
    flag: '--cluster-label',
    value: 'LABEL',
    description: "The label that names the cluster; the profile's own by default.",
  },
  selector: {
    flag: '--selector',
    value: 'MATCHERS',
    description: 'Further matchers of every selector, as in environment="prod"; none by default.',
  },
  datasource: {
    flag: '--datasource',
    value: 'NAME',
    description: "The Loki data source at first, by its name or uid; Grafana's default one by default.",
  },
  prometheusDatasource: {
    flag: '--prometheus-datasource',
    value: 'NAME',
    description: 'The same of Prometheus, for the dashboard about the exporter.',
  },
  uidPrefix: {
    flag: '--uid-prefix',
    value: 'PREFIX',
    description: 'What the uids of the dashboards begin with; kube-events- by default.',
  },
  tags: {
    flag: '--tags',
    value: 'TAG,…',
    description:
      'The tags of the dashboards, by which they find each other; kube-events,loki,kubernetes by default.',
  },
  refresh: {
    flag: '--refresh',
    value: 'INTERVAL',
    description: 'How often the dashboards ask anew; 1m by default, off for never.',
  },
  docs: {
    flag: '--docs',
    value: 'URL',
    description: 'Where you read these docs, for links to what a reason means; none by default.',
  },
  dashboard: {
    flag: '--dashboard',
    value: 'NAME',
    description: 'One dashboard, as in overview; all by default.',
  },
  folder: {
    flag: '--folder',
    value: 'FOLDER',
    description: 'The folder in Grafana: its title, for v2 its uid.',
  },
  namespace: { flag: '--namespace', value: 'NAME', description: 'The namespace of the resources.' },
  instance: {
    flag: '--instance',
    value: 'LABEL=VALUE',
    description: "The label of grafana-operator's Grafana; dashboards=grafana by default.",
  },
  path: {
    flag: '--path',
    value: 'DIR',
    description:
      'Where Grafana finds the files (provisioning); /var/lib/grafana/dashboards/kube-events by default.',
  },
} as const satisfies Readonly<Record<string, DashboardsFlag>>;

/** What `dashboards` is called with. */
export type DashboardsOptions = Readonly<Partial<Record<keyof typeof dashboardsFlags, string>>> & {
  /** Says which profiles, formats and dashboards there are. */
  readonly list?: boolean;
  /** Prints the annotation query instead of dashboards. */
  readonly annotation?: boolean;
};
