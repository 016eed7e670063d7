import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { bodyOf, chinese, english, entry, message } from '../../test/fakes/composed-message.ts';
import type { Message } from './message.ts';

const one = alertmanagerPayload([crashLoop()]);

test('one alert, for DingTalk in English', () => {
  assert.deepEqual(bodyOf('dingtalk', message(one, english, [entry])), {
    msgtype: 'markdown',
    markdown: {
      title: 'Warning: shop/web is crash-looping',
      text: [
        '### <font color=#F79009>Warning: shop/web is crash-looping</font>\n',
        'The kubelet held back restarts of a failed container 12 times within 30m.  ',
        '**Cluster**: prod  ',
        '**Namespace**: shop  ',
        '**Kind**: Pod  ',
        '**Name**: web-5d4f8c7b9-x2x4z  ',
        '**Workload**: web  ',
        '**Node**: worker-1  ',
        '**Reason**: BackOff  ',
        '**Time**: 2026-05-01 10:04:30 UTC  ',
        '**Count**: 12  ',
        '**Message**: Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z  ',
        '[Runbook](https://docs.example.com/runbooks/CrashLoop.md)',
      ].join('\n'),
    },
  });
});

test('one alert, for Feishu in Chinese, in its time zone, with everybody mentioned', () => {
  const options = { style: chinese, mentions: true, receiver: { at: { ids: ['ou_1'], all: true } } };
  assert.deepEqual(bodyOf('feishu', message(one, chinese, [entry]), options), {
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: {
        template: 'orange',
        title: { tag: 'plain_text', content: '警告：shop/web is crash-looping' },
      },
      elements: [
        {
          tag: 'div',
          text: {
            tag: 'lark_md',
            content: [
              'The kubelet held back restarts of a failed container 12 times within 30m.',
              '**集群**：prod',
              '**命名空间**：shop',
              '**类型**：Pod',
              '**名称**：web-5d4f8c7b9-x2x4z',
              '**工作负载**：web',
              '**节点**：worker-1',
              '**原因**：BackOff',
              '**时间**：2026-05-01 18:04:30 GMT+8',
              '**次数**：12',
              '**消息**：Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
              '[处理手册](https://docs.example.com/runbooks/CrashLoop.md)',
            ].join('\n'),
          },
        },
        { tag: 'hr' },
        { tag: 'div', text: { tag: 'lark_md', content: '<at id=ou_1></at> <at id=all></at>' } },
      ],
    },
  });
});

test('a group, for WeCom in Chinese: what is common once, then the alerts, the resolved ones last', () => {
  const group = alertmanagerPayload([
    crashLoop({
      status: 'resolved',
      labels: { workload: 'api' },
      annotations: { summary: 'shop/api 反复崩溃重启' },
    }),
    crashLoop({ annotations: { summary: 'shop/web 反复崩溃重启' } }),
    crashLoop({
      labels: { workload: 'db', severity: 'critical' },
      annotations: { summary: 'shop/db 反复崩溃重启' },
    }),
  ]);
  const of = message(group, chinese, [{ ...entry, name: 'db-0', workload: 'db' }, entry, undefined]);
  const body = bodyOf('wecom', of, {
    style: chinese,
    mentions: true,
    receiver: { at: { ids: ['zhang', 'li'] } },
  });
  assert.deepEqual(body, {
    msgtype: 'markdown',
    markdown: {
      content: [
        '### <font color="warning">严重：CrashLoop，2 条告警，1 条已恢复</font>',
        '集群：prod · 命名空间：shop',
        '**shop/db 反复崩溃重启**\n类型：Pod · 名称：db-0 · 工作负载：db · 节点：worker-1 · 原因：BackOff · 时间：2026-05-01 18:04:30 GMT+8 · 次数：12\nBack-off restarting failed container app in pod web-5d4f8c7b9-x2x4z\n[处理手册](https://docs.example.com/runbooks/CrashLoop.md)',
        '**shop/web 反复崩溃重启**\n类型：Pod · 名称：web-5d4f8c7b9-x2x4z · 工作负载：web · 节点：worker-1 · 原因：BackOff · 时间：2026-05-01 18:04:30 GMT+8 · 次数：12\nBack-off restarting failed container app in pod web-5d4f8c7b9-x2x4z\n[处理手册](https://docs.example.com/runbooks/CrashLoop.md)',
        '**已恢复：shop/api 反复崩溃重启**\n工作负载：api · 时间：2026-05-01 18:05:00 GMT+8\n[处理手册](https://docs.example.com/runbooks/CrashLoop.md)',
        '<@zhang> <@li>',
      ].join('\n\n'),
    },
  });
});

test('a resolved group, for Slack', () => {
  const of = message(
    alertmanagerPayload([
      crashLoop({ status: 'resolved' }),
      crashLoop({
        status: 'resolved',
        labels: { workload: 'db' },
        annotations: { summary: 'shop/db is crash-looping' },
      }),
    ]),
    english,
  );
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', verbatim: true, text } });
  const runbook = '<https://docs.example.com/runbooks/CrashLoop.md|Runbook>';
  assert.deepEqual(bodyOf('slack', of, { receiver: { at: { here: true } } }), {
    text: '*Resolved: CrashLoop, 2 alerts*',
    attachments: [
      {
        color: '#12b76a',
        blocks: [
          section('Cluster: prod · Namespace: shop · Time: 2026-05-01 10:05:00 UTC'),
          section(`*shop/web is crash-looping*\nWorkload: web\n${runbook}`),
          section(`*shop/db is crash-looping*\nWorkload: db\n${runbook}`),
        ],
      },
    ],
  });
});

test('Slack’s mentions stand before the title', () => {
  const at = { ids: ['U024BE7LH', 'SAZ94GDB8'], all: true, here: true };
  const { text } = bodyOf('slack', message(one, english), { mentions: true, receiver: { at } }) as {
    text: string;
  };
  assert.equal(
    text,
    '<!channel> <!here> <@U024BE7LH> <!subteam^SAZ94GDB8> *Warning: shop/web is crash-looping*',
  );
});

test('an actionCard of DingTalk’s has the links as buttons', () => {
  const body = bodyOf('dingtalk', message(one, english), { receiver: { format: 'actionCard' } }) as {
    actionCard: { btns: unknown };
  };
  assert.deepEqual(body.actionCard.btns, [
    { title: 'Runbook', actionURL: 'https://docs.example.com/runbooks/CrashLoop.md' },
  ]);
});

test('a webhook gets everything', () => {
  const body = bodyOf('webhook', message(one, english, [entry])) as Message;
  assert.equal(body.alerts[0]?.entry?.name, 'web-5d4f8c7b9-x2x4z');
  assert.equal(body.alerts[0]?.entry?.time, '2026-05-01 10:04:30 UTC');
  assert.equal(body.alerts[0]?.labels['workload'], 'web');
  assert.deepEqual(
    [body.title, body.status, body.firing, body.more],
    ['Warning: shop/web is crash-looping', 'firing', 1, 0],
  );
});
