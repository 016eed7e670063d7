import type { ReceiverConfig } from '../config.ts';
import { judgeStatus, refused, taken } from './judgement.ts';
import type { Answer, Content, Markup, RefusalCause, Service, Verdict } from './service.ts';

/** Of the text of a block, and of blocks in a message. */
const maxCharacters = 3000;
const maxBlocks = 50;

const markup: Markup = {
  escape: text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  bold: text => `*${text}*`,
  link: (text, url) => `<${url.replaceAll('&', '&amp;')}|${text}>`,
  newline: '\n',
};

const colours = { critical: '#d92d20', warning: '#f79009', info: '#2e90fa', resolved: '#12b76a' } as const;

interface SlackBody {
  readonly text: string;
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly SlackBlock[] }[];
}

interface SlackBlock {
  readonly type: 'section';
  readonly text: { readonly type: 'mrkdwn'; readonly verbatim: true; readonly text: string };
}

/** Words of https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks with what they call for. */
const known: Readonly<Record<string, readonly [RefusalCause, string]>> = {
  rate_limited: ['limited', 'it comes again by itself'],
  rollup_error: ['busy', 'it comes again by itself'],
  no_service: ['url', 'the webhook is gone or disabled: make a new one'],
  no_service_id: ['url', 'the URL is not whole: copy it again'],
  no_team: ['url', 'the workspace is gone, or the URL not whole: copy it again'],
  team_disabled: ['url', 'the workspace is disabled'],
  invalid_token: ['url', 'the URL is not whole, or the webhook was made anew: copy it again'],
  channel_not_found: ['url', 'the channel is gone: make a webhook for another'],
  channel_is_archived: ['url', 'the channel is archived: make a webhook for another'],
  action_prohibited: ['address', 'an administrator keeps webhooks from this channel'],
  user_not_found: ['other', 'look at `at.ids`'],
};

/** An incoming webhook of Slack's. */
export function slack({ at }: Pick<ReceiverConfig, 'at'>): Service {
  return {
    markup,
    rates: [{ messages: 1, seconds: 1 }],
    body({ title, tone, parts, mentions }: Content): SlackBody {
      const marks = mentions
        ? [...(at.all ? ['<!channel>'] : []), ...(at.here ? ['<!here>'] : []), ...at.ids.map(mentionOf)]
        : [];
      return {
        text: [...marks, markup.bold(markup.escape(title))].join(' '),
        attachments: parts.length === 0 ? [] : [{ color: colours[tone], blocks: parts.map(blockOf) }],
      };
    },
    fits(body) {
      const { text, attachments } = body as SlackBody;
      const blocks = attachments.flatMap(attachment => attachment.blocks);
      return (
        text.length <= maxCharacters &&
        blocks.length <= maxBlocks &&
        blocks.every(block => block.text.text.length <= maxCharacters)
      );
    },
    sign: post => post,
    judge,
  };
}

/** Verbatim: otherwise Slack makes mentions of names that are in the text. */
function blockOf(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } };
}

/** A member's ID begins with U or W, a user group's with S. */
function mentionOf(id: string): string {
  return id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`;
}

function judge(answer: Answer): Verdict {
  const text = answer.text.trim();
  if (answer.status === 200 && text === 'ok') return taken;
  // It says how long to wait.
  if (answer.status === 429) return judgeStatus(answer) ?? refused('limited', '');
  const [cause, advice] = known[text] ?? [];
  if (cause !== undefined && advice !== undefined) return refused(cause, advice);
  if (/^invalid_|^no_text$|^too_many_attachments$|^missing_text/.test(text)) {
    return refused('other', 'Slack can’t read the message: look at the template');
  }
  return (
    judgeStatus(answer) ?? refused('url', 'no answer of Slack’s: look whether the URL is that of the webhook')
  );
}
