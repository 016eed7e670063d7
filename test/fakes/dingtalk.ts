import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { always200, Robot, type RobotAnswer, type RobotCall } from './robot.ts';

/** Messages that are documented, as far as they are sent here; nothing else may be in them. */
const messageSchema = z.discriminatedUnion('msgtype', [
  z.strictObject({
    msgtype: z.literal('markdown'),
    markdown: z.strictObject({ title: z.string().min(1), text: z.string().min(1) }),
    at: z
      .strictObject({ atMobiles: z.array(z.string()), atUserIds: z.array(z.string()), isAtAll: z.boolean() })
      .optional(),
  }),
  z.strictObject({
    msgtype: z.literal('actionCard'),
    actionCard: z.strictObject({
      title: z.string().min(1),
      text: z.string().min(1),
      btnOrientation: z.enum(['0', '1']),
      btns: z.array(z.strictObject({ title: z.string().min(1), actionURL: z.url() })).min(1),
    }),
  }),
]);

export type DingTalkMessage = z.output<typeof messageSchema>;

const hourMs = 3_600_000;

/** Stands in for a custom robot: https://open.dingtalk.com/document/orgapp/custom-robot-access */
export class DingTalkRobot extends Robot {
  readonly path = '/robot/send?access_token=0123456789abcdef0123456789abcdef';
  readonly #security: { readonly secret?: string; readonly keyword?: string };

  constructor(security: { readonly secret?: string; readonly keyword?: string } = {}) {
    super();
    this.#security = security;
  }

  get messages(): DingTalkMessage[] {
    return this.taken.map(({ body }) => messageSchema.parse(body));
  }

  protected override judge(call: RobotCall, recent: readonly RobotCall[]): RobotAnswer {
    const refused = (errcode: number, errmsg: string) => always200({ errcode, errmsg });
    const { searchParams } = call.url;
    if (searchParams.get('access_token') !== '0123456789abcdef0123456789abcdef') {
      return refused(300005, 'token is not exist');
    }
    if (!/^application\/json/.test(call.headers['content-type'] ?? ''))
      return refused(43004, '无效的HTTP HEADER Content-Type');
    if (call.bytes > 20_000) return refused(460101, 'message too long, exceed 20000 bytes');
    const message = messageSchema.safeParse(call.body);
    if (!message.success) return refused(40035, `缺少参数 ${z.prettifyError(message.error)}`);
    const { secret, keyword } = this.#security;
    const timestamp = searchParams.get('timestamp') ?? '';
    if (secret !== undefined && Math.abs(Number(timestamp) - call.time) > hourMs)
      return refused(310000, 'invalid timestamp');
    if (secret !== undefined && searchParams.get('sign') !== dingTalkSign(timestamp, secret)) {
      return refused(310000, 'sign not match');
    }
    if (keyword !== undefined && !textOf(message.data).includes(keyword))
      return refused(310000, 'keywords not in content');
    if (recent.length >= 20) return refused(130101, 'send too fast, exceed 20 times per minute');
    return always200({ errcode: 0, errmsg: 'ok' }, true);
  }
}

/** As documented: HMAC-SHA256 of the timestamp, a line end and the secret, with the secret as the key. */
export function dingTalkSign(timestamp: string, secret: string): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8'))
    .update(Buffer.from(`${timestamp}\n${secret}`))
    .digest('base64');
}

function textOf(message: DingTalkMessage): string {
  const { title, text } = message.msgtype === 'markdown' ? message.markdown : message.actionCard;
  return `${title}\n${text}`;
}
