import { stringify } from 'yaml';
import { formatDashboard } from '../render.ts';
import type { Target } from './target.ts';

/** Files that Grafana reads when it starts, and again when they change. */
export const provisioning: Target = {
  description: "Grafana's file provisioning: a provider, and the folder of JSON that it reads",
  options: { folder: 'Kubernetes events', path: '/var/lib/grafana/dashboards/kube-events' },
  files: (dashboards, { folder, path }) => {
    const provider = {
      apiVersion: 1,
      providers: [
        {
          name: 'kube-events',
          orgId: 1,
          folder: literal(folder),
          type: 'file',
          disableDeletion: false,
          updateIntervalSeconds: 30,
          allowUiUpdates: false,
          options: { path: literal(path) },
        },
      ],
    };
    return new Map([
      ['provisioning/dashboards/kube-events.yaml', stringify(provider)],
      ...Array.from(
        dashboards,
        ([name, dashboard]) => [`dashboards/kube-events/${name}.json`, formatDashboard(dashboard)] as const,
      ),
    ]);
  },
};

/** Grafana puts environment variables into a provider's values, but not into dashboards. */
function literal(value: string): string {
  return value.replaceAll('$', '$$$$');
}
