import type { RulesConfig } from '../config.ts';
import { slackMarkup } from './markups.ts';
import { textTemplates, titleTemplate } from './message.ts';

/** `kube-events.slack.title` and `kube-events.slack`, the text. */
export function slackTemplates(config: RulesConfig, buttons: boolean): string {
  const markup = slackMarkup(config, buttons);
  return (
    titleTemplate('kube-events.slack.title', markup.plain, config) +
    textTemplates('kube-events.slack', markup, config)
  );
}
