import { stringify } from 'yaml';
import { formatDashboard } from '../render.ts';
import { fileOfEach, OptionError, type Target, uidOf } from './target.ts';

/** Resources for grafana-operator 5, which takes the folder by its title and makes it where it isn't there. */
export const grafanaOperator: Target = {
  description: 'GrafanaDashboard resources for grafana-operator 5',
  options: { folder: 'Kubernetes events', namespace: '', instance: 'dashboards=grafana' },
  separator: '---\n',
  files: (dashboards, { folder, namespace, instance }) => {
    const matchLabels = labelOf(instance);
    return fileOfEach(dashboards, 'yaml', dashboard =>
      stringify(
        {
          apiVersion: 'grafana.integreatly.org/v1beta1',
          kind: 'GrafanaDashboard',
          metadata: { name: uidOf(dashboard), ...(namespace !== '' && { namespace }) },
          spec: {
            // A Grafana is mostly in a namespace of its own.
            allowCrossNamespaceImport: true,
            instanceSelector: { matchLabels },
            ...(folder !== '' && { folder }),
            json: formatDashboard(dashboard),
          },
        },
        { lineWidth: 0 },
      ),
    );
  },
};

function labelOf(instance: string): Readonly<Record<string, string>> {
  const [name, value] = instance.split('=', 2);
  if (name === undefined || name === '' || value === undefined) {
    throw new OptionError(`--instance ${instance}: write it as LABEL=VALUE`);
  }
  return { [name]: value };
}
