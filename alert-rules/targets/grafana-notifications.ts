import { stringify } from 'yaml';
import { contactPoints } from '../grafana-notifications/contact-points.ts';
import { muteTimings, policies } from '../grafana-notifications/policies.ts';
import { grafanaTemplates } from '../grafana-notifications/templates.ts';
import { ourTemplate } from '../receivers/config.ts';
import type { Target } from './target.ts';

/** Provisioning files of Grafana: who is told of Grafana-managed alerts. */
export const grafanaNotifications: Target = {
  description:
    "Grafana's contact points, notification policies, mute timings and templates, for provisioning/alerting",
  files: (_, config) => {
    const times = muteTimings(config);
    return new Map([
      ['contact-points.yaml', file({ contactPoints: contactPoints(config) })],
      ['policies.yaml', file({ policies: policies(config) })],
      ...(times.length > 0 ? [['mute-timings.yaml', file({ muteTimes: times })] as const] : []),
      // Who names another file has written it.
      ...(config.notifications.template === ourTemplate
        ? [['templates.yaml', file({ templates: [templateOf(config)] })] as const]
        : []),
    ]);
  },
};

function templateOf(config: Parameters<typeof grafanaTemplates>[0]) {
  return { orgId: 1, name: 'kube-events', template: grafanaTemplates(config) };
}

function file(content: object): string {
  return stringify({ apiVersion: 1, ...content }, { lineWidth: 0, aliasDuplicateObjects: false });
}
