import type { RulesConfig } from '../config.ts';
import { type Markup, wordsOf } from './message.ts';

/** Slack's mrkdwn. */
export function slackMarkup(config: RulesConfig, buttons: boolean): Markup {
  const { colon } = wordsOf(config);
  return {
    plain: ' | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"',
    newline: '\n',
    gap: '\n\n',
    bold: text => `*${text}*`,
    fact: (label, value) => `${label}${colon}${value}`,
    link: (title, url) => `<${url}|${title}>`,
    between: ' · ',
    most: 5,
    links: buttons ? 'several' : 'each',
  };
}

/** Text without any markup. */
export function plainMarkup(config: RulesConfig): Markup {
  const { colon } = wordsOf(config);
  return {
    plain: '',
    newline: '\n',
    gap: '\n\n',
    bold: text => text,
    fact: (label, value) => `${label}${colon}${value}`,
    link: (title, url) => `${title}${colon}${url}`,
    between: '\n',
    most: 50,
    links: 'each',
  };
}

/** DingTalk's Markdown: a line ends with two spaces. It takes 20,000 bytes. */
export function dingtalkMarkup(config: RulesConfig): Markup {
  return { ...markdown(config), newline: '  \n', gap: '\n\n' };
}

/** WeCom's Markdown. It takes 4,096 bytes. */
export function wecomMarkup(config: RulesConfig): Markup {
  const { fact } = markdown(config);
  return { ...markdown(config), fact: (label, value) => `> ${fact(label, value)}`, most: 2, links: 'single' };
}

/** The Markdown of Feishu's cards, which take 20 KB. */
export function feishuMarkup(config: RulesConfig): Markup {
  return {
    ...markdown(config),
    plain: ' | reReplaceAll "<" "&#60;" | reReplaceAll ">" "&#62;"',
    links: 'none',
  };
}

function markdown(config: RulesConfig): Markup {
  const { colon } = wordsOf(config);
  return {
    plain: '',
    newline: '\n',
    gap: '\n\n',
    bold: text => `**${text}**`,
    fact: (label, value) => `${label}${colon}${value}`,
    link: (title, url) => `[${title}](${url})`,
    between: ' · ',
    most: 10,
    links: 'first',
  };
}
