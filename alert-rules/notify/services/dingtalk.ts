import { createHmac } from 'node:crypto';
import type { ReceiverConfig } from '../config.ts';
import type { Message } from '../message.ts';
import { jsonObject, judgeCode, judgeStatus, type KnownRefusal, refused, taken } from './judgement.ts';
import {
  type Answer,
  bytesOf,
  type Content,
  type Markup,
  type Post,
  type Service,
  type Verdict,
} from './service.ts';
import { substituted } from './substitutes.ts';

/** `460101: message too long, exceed 20000 bytes` */
const maxBytes = 20_000;

/** Its markdown has no escape; two blanks make a line end. */
const markup: Markup = {
  escape: substituted,
  bold: text => `**${text}**`,
  link: (text, url) => `[${text}](${url})`,
  newline: '  \n',
};

/** Without quotes: with them telephones don't show it. */
const colours = { critical: '#D92D20', warning: '#F79009', info: '#2E90FA', resolved: '#12B76A' } as const;

const limitedMs = 60_000;

const known: readonly KnownRefusal[] = [
  {
    words: /too fast|frequen|exceed \d+ times|限流|太快/i,
    cause: 'limited',
    advice: 'a robot takes 20 messages a minute; it comes again by itself',
  },
  {
    codes: [130101, 410100],
    cause: 'limited',
    advice: 'a robot takes 20 messages a minute; it comes again by itself',
  },
  { codes: [-1], cause: 'busy', advice: 'it comes again by itself' },
  {
    codes: [310000],
    words: /keyword|关键词/i,
    cause: 'keyword',
    advice: 'set `keyword` to one of the keywords in the robot’s security settings',
  },
  {
    codes: [310000],
    words: /whitelist|白名单|\bip\b/i,
    cause: 'address',
    advice: 'add the address that this host has outside to the robot’s security settings',
  },
  {
    codes: [310000],
    words: /sign|timestamp|签名/i,
    cause: 'signature',
    advice:
      'the secret has to be the one of the robot’s security settings (SEC…), and the clock right within an hour',
  },
  {
    codes: [300001, 300005, 400101, 400102, 400106, 400013, 40035],
    cause: 'url',
    advice: 'copy the webhook’s URL again, and look whether the robot is still in its group',
  },
  { codes: [460101], cause: 'too_long', advice: 'make the template shorter' },
];

/** A custom robot of DingTalk's: https://open.dingtalk.com/document/orgapp/custom-robot-access */
export function dingtalk({ format, at }: Pick<ReceiverConfig, 'format' | 'at'>): Service {
  const { mobiles, ids, all } = at;
  return {
    markup,
    // Beyond it DingTalk takes nothing for ten minutes.
    rates: [{ messages: 20, seconds: 60 }],
    body({ title, tone, parts, mentions }: Content, { alerts }: Message) {
      const heading = `### <font color=${colours[tone]}>${substituted(title)}</font>`;
      const buttons = alerts[0]?.links ?? [];
      // A card without a button is refused.
      if (format === 'actionCard' && buttons.length > 0) {
        const btns = buttons.map(({ text, url }) => ({ title: text, actionURL: url }));
        const text = [heading, ...parts].join('\n\n');
        return { msgtype: 'actionCard', actionCard: { title, text, btnOrientation: '0', btns } };
      }
      // Whom `at` names is told, and the text has to say where.
      const marks = mentions ? [...mobiles, ...ids].map(id => `@${id}`) : [];
      const text = [heading, ...parts, ...(marks.length > 0 ? [marks.join(' ')] : [])].join('\n\n');
      return {
        msgtype: 'markdown',
        markdown: { title, text },
        ...(mentions && { at: { atMobiles: mobiles, atUserIds: ids, isAtAll: all } }),
      };
    },
    fits: body => bytesOf(body) <= maxBytes,
    sign({ url, body }: Post, secret: string, now: number): Post {
      const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64');
      return {
        url: `${url}${url.includes('?') ? '&' : '?'}timestamp=${now}&sign=${encodeURIComponent(sign)}`,
        body,
      };
    },
    judge,
  };
}

function judge(answer: Answer): Verdict {
  const value = jsonObject(answer.text);
  const { errcode, errmsg } = value ?? {};
  if (errcode === 0) return taken;
  if (typeof errcode === 'number') {
    const verdict = judgeCode(known, errcode, String(errmsg ?? ''));
    return verdict.kind === 'refused' && verdict.cause === 'limited'
      ? { ...verdict, retryAfterMs: limitedMs }
      : verdict;
  }
  // What stands before the service answers so to a host that sends too much: {"status":1111,"wait":5,"punish":"deny"}.
  if (value?.['punish'] !== undefined) return refused('limited', 'it comes again by itself', limitedMs);
  return (
    judgeStatus(answer) ??
    refused('url', 'no answer of DingTalk’s: look whether the URL is that of the robot')
  );
}
