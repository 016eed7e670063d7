import { alertmanagerConfig } from '../alertmanager/config.ts';
import { alertmanagerTemplates } from '../alertmanager/templates.ts';
import { ourTemplate } from '../receivers/config.ts';
import type { Target } from './target.ts';

/** The configuration of an Alertmanager, and its templates. */
export const alertmanager: Target = {
  description: "Alertmanager's configuration, from the section notifications, and its templates",
  files: (groups, config) => {
    const { template } = config.notifications;
    return new Map([
      ['alertmanager.yml', alertmanagerConfig(groups, config)],
      // Who names another file has written it.
      ...(template === ourTemplate ? [[template, alertmanagerTemplates(config)] as const] : []),
    ]);
  },
};
