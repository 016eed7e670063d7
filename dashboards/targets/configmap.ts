import { stringify } from 'yaml';
import { formatDashboard } from '../render.ts';
import { fileOfEach, OptionError, type Target, uidOf } from './target.ts';

/** Bytes of data that the API server takes in one ConfigMap. */
const configMapBytes = 1024 * 1024;

/** ConfigMaps for the sidecar of Grafana's Helm chart (kiwigrid/k8s-sidecar), one for each dashboard. */
export const configmap: Target = {
  description: "ConfigMaps for the sidecar of Grafana's Helm chart",
  options: { folder: 'Kubernetes events', namespace: '' },
  separator: '---\n',
  files: (dashboards, { folder, namespace }) =>
    fileOfEach(dashboards, 'yaml', dashboard => {
      const uid = uidOf(dashboard);
      const text = formatDashboard(dashboard);
      const bytes = Buffer.byteLength(text);
      if (bytes > configMapBytes) {
        throw new OptionError(
          `${uid} has ${bytes} bytes, and a ConfigMap holds ${configMapBytes}: use the format provisioning`,
        );
      }
      return stringify(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: uid,
            ...(namespace !== '' && { namespace }),
            labels: { grafana_dashboard: '1' },
            ...(folder !== '' && { annotations: folderAnnotations(folder) }),
          },
          // All ConfigMaps end up in one folder: the name of the file has to be as unique as the uid.
          data: { [`${uid}.json`]: text },
        },
        { lineWidth: 0 },
      );
    }),
};

/** The name that the chart's documentation uses, and the one that the sidecar looks for where it isn't told. */
function folderAnnotations(folder: string): Readonly<Record<string, string>> {
  return { grafana_folder: folder, 'k8s-sidecar-target-directory': folder };
}
