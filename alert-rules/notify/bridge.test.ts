import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createLog } from '../../exporter/telemetry/log.ts';
import { alertmanagerPayload, crashLoop, grafanaPayload } from '../../test/fakes/alert-payload.ts';
import { DingTalkRobot } from '../../test/fakes/dingtalk.ts';
import { FeishuRobot } from '../../test/fakes/feishu.ts';
import type { Robot } from '../../test/fakes/robot.ts';
import { SlackWebhook } from '../../test/fakes/slack.ts';
import { WeComRobot } from '../../test/fakes/wecom.ts';
import { Bridge, type Outcome } from './bridge.ts';
import { notifyConfigSchema } from './config.ts';
import { createNotifyMetrics, type NotifyMetrics } from './metrics.ts';
import { parsePayload } from './payload.ts';

interface Stage {
  readonly bridge: Bridge;
  readonly metrics: NotifyMetrics;
  send(payload: object, gone?: AbortSignal): Promise<Outcome>;
  value(name: string, labels: Readonly<Record<string, string>>): Promise<number>;
}

/** A bridge with one receiver, `chat`. */
async function stage(
  t: TestContext,
  robot: Robot,
  { receiver, secret, ...config }: { receiver: object; secret?: string; [key: string]: unknown },
): Promise<Stage> {
  await robot.start();
  const folder = mkdtempSync(join(tmpdir(), 'bridge-'));
  const urlFile = join(folder, 'url');
  writeFileSync(urlFile, `${robot.url}\n`);
  const secretFile = join(folder, 'secret');
  if (secret !== undefined) writeFileSync(secretFile, `${secret}\n`);
  const whole = notifyConfigSchema.parse({
    ...config,
    receivers: [{ name: 'chat', urlFile, ...(secret !== undefined && { secretFile }), ...receiver }],
  });
  const metrics = createNotifyMetrics(['chat']);
  const bridge = new Bridge(whole, { metrics, log: createLog('silent') });
  t.after(async () => {
    await bridge.close();
    await robot.stop();
    rmSync(folder, { recursive: true });
  });
  const chat = bridge.receivers.get('chat') ?? assert.fail();
  return {
    bridge,
    metrics,
    send: (payload, gone) => bridge.send(chat, parsePayload(JSON.stringify(payload)), gone),
    async value(name, labels) {
      const found = await metrics.registry.getSingleMetric(`kube_events_notify_${name}`)?.get();
      const wanted = Object.entries(labels);
      const value = found?.values.find(one =>
        wanted.every(([label, is]) => (one.labels as Record<string, unknown>)[label] === is),
      );
      return value?.value ?? Number.NaN;
    },
  };
}

const payload = alertmanagerPayload([crashLoop()]);

test('every service takes what it is sent: signature, shape and keyword are right', async t => {
  const services = [
    [
      'dingtalk',
      new DingTalkRobot({ secret: 'SEC0123', keyword: 'k8s' }),
      { keyword: 'k8s', at: { mobiles: ['13800000000'] } },
      'SEC0123',
    ],
    ['dingtalk', new DingTalkRobot(), { format: 'actionCard' }, undefined],
    [
      'feishu',
      new FeishuRobot({ secret: 'demo', keyword: '告警' }),
      { keyword: '告警', language: 'zh', at: { all: true } },
      'demo',
    ],
    ['lark', new FeishuRobot(), {}, undefined],
    ['wecom', new WeComRobot(), { at: { ids: ['zhang'] } }, undefined],
    ['slack', new SlackWebhook(), { at: { here: true } }, undefined],
  ] as const;
  for (const [type, robot, over, secret] of services) {
    const { send } = await stage(t, robot, {
      receiver: { type, ...over },
      ...(secret !== undefined && { secret }),
    });
    assert.deepEqual(await send(payload), { result: 'sent', reason: 'sent', retryAfterMs: undefined }, type);
    assert.equal(robot.taken.length, 1, type);
  }
});

test('Grafana’s payload is sent as Alertmanager’s is', async t => {
  const robot = new DingTalkRobot();
  const { send } = await stage(t, robot, { receiver: { type: 'dingtalk' } });
  assert.equal((await send(grafanaPayload([crashLoop()]))).result, 'sent');
  const [message] = robot.messages;
  assert.ok(message?.msgtype === 'markdown');
  assert.match(message.markdown.text, /\*\*Time\*\*: 2026-05-01 10:05:00 UTC {2}\n\[Dashboard\]/);
});

test('a failure in a 200 is an error with the service’s words and what to do, and without secrets', async t => {
  const robot = new DingTalkRobot({ secret: 'SECright' });
  const { send, value } = await stage(t, robot, {
    receiver: { type: 'dingtalk' },
    secret: 'SECwrong-0123456789',
  });
  assert.deepEqual(await send(payload), {
    result: 'refused',
    reason:
      'dingtalk answered {"errcode":310000,"errmsg":"sign not match"}; the secret has to be the one of the robot’s security settings (SEC…), and the clock right within an hour',
    retryAfterMs: undefined,
  });
  assert.equal(await value('service_errors_total', { receiver: 'chat', cause: 'signature' }), 1);
  assert.equal(await value('messages_total', { receiver: 'chat', result: 'refused' }), 1);
  robot.answers.add(1, { status: 200, body: `{"errcode":1,"errmsg":"no ${robot.url} SECwrong-0123456789"}` });
  const { reason } = await send(payload);
  assert.doesNotMatch(reason, /0123456789/);
  await robot.stop();
  const refused = await send(payload);
  assert.match(
    refused.reason,
    /^dingtalk: ECONNREFUSED: connect ECONNREFUSED 127\.0\.0\.1:\d+; look whether this host can reach it, /,
  );
  assert.equal(refused.retryAfterMs, 10_000);
});

test('a service that takes no more is left alone for as long as it says, and nothing is lost silently', async t => {
  const robot = new SlackWebhook();
  const { send, value } = await stage(t, robot, { receiver: { type: 'slack' } });
  robot.answers.add(1, { status: 429, retryAfterSeconds: 30, body: 'rate_limited' });
  const limited = await send(payload);
  assert.deepEqual([limited.result, limited.retryAfterMs], ['limited', 30_000]);
  const again = await send(payload);
  assert.equal(again.result, 'limited');
  assert.ok((again.retryAfterMs ?? 0) > 5000);
  assert.equal(robot.calls.length, 1, 'it is not asked again meanwhile');
  assert.equal(await value('messages_total', { receiver: 'chat', result: 'limited' }), 2);
});

test('a message whose caller is gone before its turn is not sent: it comes again', async t => {
  const robot = new SlackWebhook();
  const { send, value } = await stage(t, robot, {
    receiver: { type: 'slack', rate: { messages: 1, seconds: 2 } },
  });
  assert.equal((await send(payload)).result, 'sent');
  const gone = new AbortController();
  const left = send(payload, gone.signal);
  gone.abort();
  const { result, retryAfterMs } = await left;
  assert.equal(result, 'left');
  assert.ok(retryAfterMs !== undefined);
  assert.equal(robot.taken.length, 1);
  assert.equal(await value('messages_total', { receiver: 'chat', result: 'left' }), 1);
});

test('beyond the rate the caller has to come again, before Loki is asked', async t => {
  const robot = new WeComRobot();
  const { send } = await stage(t, robot, { receiver: { type: 'wecom' } });
  const results: string[] = [];
  for (let sent = 0; sent < 22; sent += 1) results.push((await send(payload)).result);
  assert.deepEqual(results, [...Array(20).fill('sent'), 'limited', 'limited']);
  assert.equal(robot.calls.length, 20);
  const { retryAfterMs = 0 } = await send(payload);
  assert.ok(retryAfterMs > 30_000 && retryAfterMs <= 60_000, String(retryAfterMs));
});

test('a turn that comes soon is waited for', async t => {
  const robot = new SlackWebhook();
  const { send } = await stage(t, robot, { receiver: { type: 'slack' } });
  assert.deepEqual(
    (await Promise.all([send(payload), send(payload), send(payload)])).map(({ result }) => result),
    ['sent', 'sent', 'sent'],
  );
  assert.equal(robot.taken.length, 3);
});

test('ignored alerts are counted, and a message of nothing else is not sent', async t => {
  const robot = new WeComRobot();
  const { send, value } = await stage(t, robot, {
    receiver: { type: 'wecom', ignore: [{ labels: { workload: 'batch-*' } }] },
    ignore: [{ labels: { namespace: 'dev' } }],
  });
  const dev = crashLoop({ labels: { namespace: 'dev' } });
  const batch = crashLoop({ labels: { workload: 'batch-1' } });
  assert.equal((await send(alertmanagerPayload([dev, batch]))).result, 'ignored');
  assert.equal(robot.calls.length, 0);
  assert.equal((await send(alertmanagerPayload([dev, crashLoop(), batch]))).result, 'sent');
  assert.match(
    robot.messages[0]?.markdown.content ?? '',
    /^### <font color="warning">Warning: shop\/web is crash-looping</,
  );
  assert.equal(await value('ignored_alerts_total', { receiver: 'chat' }), 4);
  assert.equal(await value('alerts_total', { receiver: 'chat', status: 'firing' }), 1);
});

/** Answers queries with one entry each, and tells them. */
async function lokiWith(
  t: TestContext,
  answer: (query: string) => { status: number; body: string; delayMs?: number },
) {
  const queries: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    queries.push(parameters);
    const { status, body, delayMs = 0 } = answer(parameters.get('query') ?? '');
    setTimeout(() => response.writeHead(status).end(body), delayMs).unref();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, queries };
}

const stored = JSON.stringify({
  status: 'success',
  data: {
    resultType: 'streams',
    result: [
      {
        stream: {
          cluster: 'prod',
          namespace: 'shop',
          kind: 'Pod',
          reason: 'BackOff',
          type: 'Warning',
          name: 'web-1',
          count: '7',
        },
        values: [['1777629870123456789', 'Pod/web-1: Back-off <at id=all></at>']],
      },
    ],
  },
});

test('the newest entry is on the message; at most ten are asked for, and four at a time', async t => {
  const robot = new FeishuRobot();
  const loki = await lokiWith(t, () => ({ status: 200, body: stored }));
  const { send, value } = await stage(t, robot, { receiver: { type: 'feishu' }, loki: { url: loki.url } });
  await send(alertmanagerPayload([crashLoop()]));
  const [message] = robot.messages;
  const [block] = message?.card.elements ?? [];
  assert.ok(block?.tag === 'div');
  assert.match(block.text.content, /\*\*Name\*\*: web-1\n/);
  assert.match(block.text.content, /\*\*Time\*\*: 2026-05-01 10:04:30 UTC\n\*\*Count\*\*: 7\n/);
  assert.match(block.text.content, /\*\*Message\*\*: Back-off &#60;at id=all&#62;&#60;\/at&#62;\n/);
  const [query] = loki.queries;
  assert.deepEqual([query?.get('limit'), query?.get('direction')], ['1', 'backward']);
  assert.equal(BigInt(query?.get('end') ?? '') - BigInt(query?.get('start') ?? ''), 43_800_000_000_000n);
  await send(alertmanagerPayload(Array.from({ length: 40 }, () => crashLoop())));
  assert.equal(loki.queries.length, 11);
  assert.equal(await value('lookups_total', { result: 'found' }), 11);
});

test('a message doesn’t wait for Loki, and a stranger’s query is not asked', async t => {
  const robot = new WeComRobot();
  const loki = await lokiWith(t, query => {
    return query.includes('slow')
      ? { status: 200, body: stored, delayMs: 60_000 }
      : { status: 500, body: 'too many outstanding requests' };
  });
  const { send, value } = await stage(t, robot, {
    receiver: { type: 'wecom' },
    loki: { url: loki.url, timeoutSeconds: 0.3 },
  });
  const logql = ['{job="kube-events"} |= "slow"', '{job="kube-events"}', '{job="payments"}'];
  const alerts = logql.map(query => crashLoop({ annotations: { logql: query } }));
  assert.equal((await send(alertmanagerPayload(alerts))).result, 'sent');
  assert.equal(await value('lookups_total', { result: 'failed' }), 2);
  assert.equal(await value('lookups_total', { result: 'foreign' }), 1);
  assert.ok(loki.queries.every(query => !query.get('query')?.includes('payments')));
});

test('alerts are ignored by the newest message', async t => {
  const robot = new WeComRobot();
  const loki = await lokiWith(t, () => ({ status: 200, body: stored }));
  const ignore = [{ message: 'Back-off*' }];
  const { send } = await stage(t, robot, { receiver: { type: 'wecom' }, loki: { url: loki.url }, ignore });
  assert.equal((await send(payload)).result, 'ignored');
  assert.equal(robot.calls.length, 0);
});

test('the sample is sent as a message is', async t => {
  const robot = new DingTalkRobot({ secret: 'SEC0123' });
  const { bridge } = await stage(t, robot, { receiver: { type: 'dingtalk' }, secret: 'SEC0123' });
  const chat = bridge.receivers.get('chat') ?? assert.fail();
  assert.deepEqual(await bridge.test(chat), { kind: 'taken', answer: '{"errcode":0,"errmsg":"ok"}' });
});

test('a template that makes no JSON is told at the start', t => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const template = join(folder, 'hook.liquid');
  writeFileSync(template, '{"text": {{ title | raw }}}');
  const config = notifyConfigSchema.parse({
    receivers: [{ name: 'chat', type: 'webhook', url: 'http://127.0.0.1:1/', template }],
  });
  const parts = { metrics: createNotifyMetrics(['chat']), log: createLog('silent') };
  assert.throws(() => new Bridge(config, parts), {
    name: 'TemplateError',
    message: /hook\.liquid: makes no JSON: /,
  });
});
