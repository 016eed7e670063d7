import type { Message } from '../message.ts';
import { judgeStatus, taken } from './judgement.ts';
import { bytesOf, type Content, type Markup, type Service } from './service.ts';

const maxBytes = 1 << 20;

/** Nothing is marked up: what takes the message shows it in its own way. */
const markup: Markup = {
  escape: text => text,
  bold: text => text,
  link: (_, url) => url,
  newline: '\n',
};

/** Anything that takes JSON: the whole message, or what a template makes of it. */
export function webhook({ template }: { readonly template: boolean }): Service {
  return {
    markup,
    rates: [],
    body: ({ parts }: Content, message: Message) => (template ? JSON.parse(parts.join('')) : message),
    fits: body => bytesOf(body) <= maxBytes,
    sign: post => post,
    judge: answer => judgeStatus(answer) ?? taken,
  };
}
