import { createHmac } from 'node:crypto';
import type { ReceiverConfig } from '../config.ts';
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

/** "The request body data size cannot exceed 20 KB"; the signature comes on top. */
const maxBytes = 20_000 - 200;

/** What its markdown gives a meaning to is written as an entity: documented as `&#NUMBER;`. */
const markup: Markup = {
  escape: text => text.replace(/[&<>*~[\]()!#_`\\$]/g, character => `&#${character.charCodeAt(0)};`),
  bold: text => `**${text}**`,
  link: (text, url) => `[${text}](${url})`,
  newline: '\n',
};

const colours = { critical: 'red', warning: 'orange', info: 'blue', resolved: 'green' } as const;

const known: readonly KnownRefusal[] = [
  {
    codes: [11232, 11233],
    cause: 'limited',
    advice: 'a robot takes 100 messages a minute and 5 a second; it comes again by itself',
  },
  { words: /too many request|frequency limited/i, cause: 'limited', advice: 'it comes again by itself' },
  {
    codes: [19021],
    cause: 'signature',
    advice:
      'the secret has to be the one of the robot’s security settings, and the clock right within an hour',
  },
  {
    codes: [19022],
    cause: 'address',
    advice: 'add the address that this host has outside to the robot’s security settings',
  },
  {
    codes: [19024],
    cause: 'keyword',
    advice: 'set `keyword` to one of the keywords in the robot’s security settings',
  },
  {
    codes: [19001, 19002],
    cause: 'url',
    advice: 'copy the webhook’s URL again, and look whether the robot is still in its group',
  },
];

/**
 * A custom robot of Feishu's or Lark's, with an interactive card:
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function feishu({ at }: Pick<ReceiverConfig, 'at'>): Service {
  return {
    markup,
    rates: [
      { messages: 5, seconds: 1 },
      { messages: 100, seconds: 60 },
    ],
    body({ title, tone, parts, mentions }: Content) {
      const ids = [...at.ids, ...(at.all ? ['all'] : [])];
      const marks = mentions && ids.length > 0 ? [ids.map(id => `<at id=${id}></at>`).join(' ')] : [];
      const blocks = [...parts, ...marks].map(content => ({ tag: 'div', text: { tag: 'lark_md', content } }));
      return {
        msg_type: 'interactive',
        card: {
          config: { wide_screen_mode: true },
          header: { template: colours[tone], title: { tag: 'plain_text', content: title } },
          elements: blocks.flatMap((block, index) => (index === 0 ? [block] : [{ tag: 'hr' }, block])),
        },
      };
    },
    fits: body => bytesOf(body) <= maxBytes,
    sign({ url, body }: Post, secret: string, now: number): Post {
      const timestamp = String(Math.floor(now / 1000));
      // The text to sign is the key, and what is signed is empty.
      const sign = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
      return { url, body: { timestamp, sign, ...(body as object) } };
    },
    judge,
  };
}

function judge(answer: Answer): Verdict {
  const { code, StatusCode, msg } = jsonObject(answer.text) ?? {};
  const number = code ?? StatusCode;
  if (number === 0) return taken;
  if (typeof number === 'number') return judgeCode(known, number, String(msg ?? ''));
  return (
    judgeStatus(answer) ?? refused('url', 'no answer of Feishu’s: look whether the URL is that of the robot')
  );
}
