import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../chaos/until.ts';
import { type AlertOptions, crashLoop } from '../fakes/alert-payload.ts';
import { DingTalkRobot } from '../fakes/dingtalk.ts';
import type { Robot } from '../fakes/robot.ts';
import { SlackWebhook } from '../fakes/slack.ts';
import { WeComRobot } from '../fakes/wecom.ts';
import { startAlertmanager } from '../servers/alertmanager.ts';
import { startNotify } from '../servers/notify.ts';

/** A real Alertmanager before the bridge before a service. */
async function stage(type: string, robot: Robot, group = '3s') {
  const stack = new AsyncDisposableStack();
  await robot.start();
  stack.defer(() => robot.stop());
  const bridge = stack.use(
    await startNotify({
      config: { receivers: [{ name: 'chat', type, urlFile: 'FOLDER/url' }] },
      files: { url: robot.url },
    }),
  );
  const alertmanager = stack.use(
    await startAlertmanager({
      config: JSON.stringify({
        route: {
          receiver: 'chat',
          group_by: ['alertname'],
          group_wait: '1s',
          group_interval: group,
          repeat_interval: '1h',
        },
        receivers: [
          { name: 'chat', webhook_configs: [{ url: `${bridge.url}/receivers/chat`, send_resolved: true }] },
        ],
      }),
    }),
  );
  return {
    bridge,
    async alert(...alerts: readonly AlertOptions[]): Promise<void> {
      const now = new Date().toISOString();
      const sent = alerts.map(options => {
        const { labels, annotations, status } = crashLoop(options);
        return { labels, annotations, ...(status === 'resolved' && { endsAt: now }) };
      });
      const { status } = await fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      assert.equal(status, 200);
    },
    metric: async (series: string) => {
      const text = await (await fetch(`${bridge.url}/metrics`)).text();
      return text
        .split('\n')
        .find(line => line.startsWith(`${series} `))
        ?.slice(series.length + 1);
    },
    log: () => alertmanager.log(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test('a service that is limited or busy at first gets the message once, when it takes messages again', async () => {
  const services = [
    ['slack', new SlackWebhook(), { status: 429, retryAfterSeconds: 1, body: 'rate_limited' }],
    ['dingtalk', new DingTalkRobot(), { status: 200, body: '{"errcode":-1,"errmsg":"system busy"}' }],
  ] as const;
  for (const [type, robot, answer] of services) {
    await using alerts = await stage(type, robot, '1m');
    robot.answers.add(2, answer);
    await alerts.alert({});
    await until(`${type} has the message`, 30, () => robot.taken.length > 0);
    assert.equal(robot.calls.length, 3, type);
    assert.equal(
      await alerts.metric('kube_events_notify_messages_total{receiver="chat",result="sent"}'),
      '1',
    );
    assert.match(await alerts.log(), /unexpected status code 503: .*it comes again by itself/);
  }
});

test('a message that was refused comes again with the next interval, and says why in Alertmanager’s log', async () => {
  const robot = new DingTalkRobot();
  await using alerts = await stage('dingtalk', robot);
  robot.answers.add(1, { status: 200, body: '{"errcode":310000,"errmsg":"keywords not in content"}' });
  await alerts.alert({});
  await until('the message has arrived', 30, () => robot.taken.length > 0);
  assert.equal(robot.calls.length, 2);
  assert.match(
    await alerts.log(),
    /unexpected status code 422: .*keywords not in content.*set `keyword` to one of the keywords/,
  );
});

test('forty alerts are one message, and their end is one more', async () => {
  const robot = new WeComRobot();
  await using alerts = await stage('wecom', robot);
  const storm = (status: 'firing' | 'resolved') =>
    Array.from({ length: 40 }, (_, index) => ({
      status,
      labels: { workload: `web-${index}` },
      annotations: { summary: `shop/web-${index} is crash-looping` },
    }));
  await alerts.alert(...storm('firing'));
  await until('the storm is told', 30, () => robot.taken.length > 0);
  await alerts.alert(...storm('resolved'));
  await until('its end is told', 30, () => robot.taken.length > 1);
  const titles = robot.messages.map(({ markdown }) => markdown.content.split('\n', 1).join(''));
  assert.deepEqual(titles, [
    '### <font color="warning">Warning: CrashLoop, 40 alerts</font>',
    '### <font color="info">Resolved: CrashLoop, 40 alerts</font>',
  ]);
  for (const { markdown } of robot.messages) assert.match(markdown.content, /\n\nand 30 more$/);
  assert.equal(
    await alerts.metric('kube_events_notify_alerts_total{receiver="chat",status="resolved"}'),
    '40',
  );
});
