import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { always200, Robot, type RobotAnswer, type RobotCall } from './robot.ts';

/** The card's parts that are documented and used here; nothing else may be in them. */
const elementSchema = z.discriminatedUnion('tag', [
  z.strictObject({
    tag: z.literal('div'),
    text: z.strictObject({ tag: z.enum(['lark_md', 'plain_text']), content: z.string().min(1) }),
  }),
  z.strictObject({ tag: z.literal('hr') }),
]);

const messageSchema = z.strictObject({
  timestamp: z
    .string()
    .regex(/^\d{10}$/)
    .optional(),
  sign: z.base64().optional(),
  msg_type: z.literal('interactive'),
  card: z.strictObject({
    config: z.strictObject({ wide_screen_mode: z.boolean() }),
    header: z.strictObject({
      template: z.enum([
        'blue',
        'wathet',
        'turquoise',
        'green',
        'yellow',
        'orange',
        'red',
        'carmine',
        'violet',
        'purple',
        'indigo',
        'grey',
      ]),
      title: z.strictObject({ tag: z.literal('plain_text'), content: z.string().min(1) }),
    }),
    elements: z.array(elementSchema),
  }),
});

export type FeishuMessage = z.output<typeof messageSchema>;

/** Stands in for a custom robot: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export class FeishuRobot extends Robot {
  readonly path = '/open-apis/bot/v2/hook/01234567-89ab-cdef-0123-456789abcdef';
  readonly #security: { readonly secret?: string; readonly keyword?: string };

  constructor(security: { readonly secret?: string; readonly keyword?: string } = {}) {
    super();
    this.#security = security;
  }

  get messages(): FeishuMessage[] {
    return this.taken.map(({ body }) => messageSchema.parse(body));
  }

  protected override judge(call: RobotCall, recent: readonly RobotCall[]): RobotAnswer {
    const refused = (code: number, msg: string) => always200({ code, msg, data: {} });
    if (call.url.pathname !== this.path)
      return refused(19001, 'param invalid: incoming webhook access token invalid');
    const message = messageSchema.safeParse(call.body);
    if (!message.success || call.bytes > 20_000) return refused(9499, 'Bad Request');
    const { timestamp = '', sign } = message.data;
    const { secret, keyword } = this.#security;
    const late = Math.abs(Number(timestamp) * 1000 - call.time) > 3_600_000;
    if (secret !== undefined && (late || sign !== feishuSign(timestamp, secret))) {
      return refused(19021, 'sign match fail or timestamp is not within one hour from current time');
    }
    if (keyword !== undefined && !JSON.stringify(message.data.card).includes(keyword)) {
      return refused(19024, 'Key Words Not Found');
    }
    const second = recent.filter(({ time }) => time > call.time - 1000);
    if (recent.length >= 100 || second.length >= 5) return refused(11232, 'frequency limited psm');
    return always200({ StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' }, true);
  }
}

/** As documented: HMAC-SHA256 of nothing, with the timestamp, a line end and the secret as the key. */
export function feishuSign(timestamp: string, secret: string): string {
  return createHmac('sha256', Buffer.from(`${timestamp}\n${secret}`))
    .digest()
    .toString('base64');
}
