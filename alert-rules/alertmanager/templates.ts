import type { RulesConfig } from '../config.ts';
import { linkTemplates } from '../receivers/links.ts';
import { plainMarkup } from '../receivers/markups.ts';
import { commonTemplates, legible, textTemplates } from '../receivers/message.ts';
import { slackTemplates } from '../receivers/slack.ts';
import { emailTemplates } from './email.ts';

/** The text of a file of Alertmanager's templates. */
export function alertmanagerTemplates(config: RulesConfig): string {
  return legible(
    [
      commonTemplates(config),
      linkTemplates(config),
      slackTemplates(config, true),
      textTemplates('kube-events.email', plainMarkup(config), config),
      emailTemplates(config),
    ].join('\n'),
  );
}
