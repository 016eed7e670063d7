import type { ReceiverConfig } from '../config.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import type { Service } from './service.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** The service of a receiver, as its configuration wants it. */
export function createService(config: ReceiverConfig): Service {
  switch (config.type) {
    case 'dingtalk':
      return dingtalk(config);
    case 'feishu':
    case 'lark':
      return feishu(config);
    case 'wecom':
      return wecom(config);
    case 'slack':
      return slack(config);
    case 'webhook':
      return webhook({ template: config.template !== undefined });
  }
}
