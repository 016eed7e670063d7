import type { ReceiverConfig } from '../config.ts';
import { jsonObject, judgeCode, judgeStatus, type KnownRefusal, refused, taken } from './judgement.ts';
import type { Answer, Content, Markup, Service, Verdict } from './service.ts';
import { substituted } from './substitutes.ts';

/** Of `markdown.content`, in UTF-8. */
const maxBytes = 4096;

const markup: Markup = {
  escape: substituted,
  bold: text => `**${text}**`,
  link: (text, url) => `[${text}](${url})`,
  newline: '\n',
};

/** Its three colours. */
const colours = { critical: 'warning', warning: 'warning', info: 'comment', resolved: 'info' } as const;

const limitedMs = 60_000;

const known: readonly KnownRefusal[] = [
  {
    codes: [45009, 45033],
    cause: 'limited',
    advice: 'a robot takes 20 messages a minute; it comes again by itself',
  },
  { words: /freq(?:uency)? out of limit|频率/i, cause: 'limited', advice: 'it comes again by itself' },
  { codes: [-1], cause: 'busy', advice: 'it comes again by itself' },
  {
    codes: [93000, 93004, 93008, 93017],
    cause: 'url',
    advice: 'copy the webhook’s URL again, and look whether the robot is still in its group',
  },
  { codes: [40058], words: /max length/i, cause: 'too_long', advice: 'make the template shorter' },
];

/** A group robot of WeCom's: https://developer.work.weixin.qq.com/document/path/99110 */
export function wecom({ at }: Pick<ReceiverConfig, 'at'>): Service {
  return {
    markup,
    rates: [{ messages: 20, seconds: 60 }],
    body({ title, tone, parts, mentions }: Content) {
      const heading = `### <font color="${colours[tone]}">${substituted(title)}</font>`;
      const marks = mentions && at.ids.length > 0 ? [at.ids.map(id => `<@${id}>`).join(' ')] : [];
      return { msgtype: 'markdown', markdown: { content: [heading, ...parts, ...marks].join('\n\n') } };
    },
    fits: body => {
      return Buffer.byteLength((body as { markdown: { content: string } }).markdown.content) <= maxBytes;
    },
    sign: post => post,
    judge,
  };
}

function judge(answer: Answer): Verdict {
  const { errcode, errmsg } = jsonObject(answer.text) ?? {};
  if (errcode === 0) return taken;
  if (typeof errcode === 'number') {
    const verdict = judgeCode(known, errcode, String(errmsg ?? ''));
    return verdict.kind === 'refused' && verdict.cause === 'limited'
      ? { ...verdict, retryAfterMs: limitedMs }
      : verdict;
  }
  return (
    judgeStatus(answer) ?? refused('url', 'no answer of WeCom’s: look whether the URL is that of the robot')
  );
}
