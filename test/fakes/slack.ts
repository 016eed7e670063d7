import { z } from 'zod';
import { Robot, type RobotAnswer, type RobotCall } from './robot.ts';

const messageSchema = z.strictObject({
  text: z.string().min(1).max(40_000),
  attachments: z.array(
    z.strictObject({
      color: z.string().regex(/^#[0-9a-f]{6}$/),
      blocks: z
        .array(
          z.strictObject({
            type: z.literal('section'),
            text: z.strictObject({
              type: z.literal('mrkdwn'),
              verbatim: z.boolean(),
              text: z.string().min(1).max(3000),
            }),
          }),
        )
        .min(1)
        .max(50),
    }),
  ),
});

export type SlackMessage = z.output<typeof messageSchema>;

/** Stands in for an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export class SlackWebhook extends Robot {
  readonly path = '/services/T00000000/B00000000/stand-in-for-a-token';

  get messages(): SlackMessage[] {
    return this.taken.map(({ body }) => messageSchema.parse(body));
  }

  protected override judge(call: RobotCall, recent: readonly RobotCall[]): RobotAnswer {
    const said = (status: number, body: string, taken = false) => ({
      status,
      body,
      contentType: 'text/html',
      taken,
    });
    if (call.url.pathname !== this.path) return said(404, 'no_service');
    if (call.body === undefined) return said(400, 'invalid_payload');
    if (!messageSchema.safeParse(call.body).success) return said(400, 'invalid_blocks');
    if (recent.some(({ time }) => time > call.time - 900)) return said(429, 'rate_limited');
    return said(200, 'ok', true);
  }
}
