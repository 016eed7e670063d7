import { z } from 'zod';
import { always200, Robot, type RobotAnswer, type RobotCall } from './robot.ts';

const messageSchema = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ content: z.string().min(1) }),
});

export type WeComMessage = z.output<typeof messageSchema>;

const key = '01234567-89ab-cdef-0123-456789abcdef';

/** Stands in for a group robot: https://developer.work.weixin.qq.com/document/path/99110 */
export class WeComRobot extends Robot {
  readonly path = `/cgi-bin/webhook/send?key=${key}`;

  get messages(): WeComMessage[] {
    return this.taken.map(({ body }) => messageSchema.parse(body));
  }

  protected override judge(call: RobotCall, recent: readonly RobotCall[]): RobotAnswer {
    const refused = (errcode: number, errmsg: string) => {
      const more = `hint: [1708397705432012366598976], from ip: 192.0.2.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
      return always200({ errcode, errmsg: `${errmsg}, ${more}` });
    };
    if (call.url.searchParams.get('key') !== key) return refused(93000, 'invalid webhook url');
    const message = messageSchema.safeParse(call.body);
    if (!message.success) return refused(40058, 'invalid Request Parameter');
    if (Buffer.byteLength(message.data.markdown.content, 'utf8') > 4096) {
      return refused(40058, 'markdown.content exceed max length 4096. invalid Request Parameter');
    }
    if (recent.length >= 20) return refused(45009, 'api freq out of limit');
    return always200({ errcode: 0, errmsg: 'ok' }, true);
  }
}
