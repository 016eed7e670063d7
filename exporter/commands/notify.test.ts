import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { DingTalkRobot } from '../../test/fakes/dingtalk.ts';
import { type Notify, startNotify } from '../../test/servers/notify.ts';
import { notify } from './notify.ts';

interface Running {
  readonly url: string;
  readonly robot: DingTalkRobot;
  readonly bridge: Notify;
  /** What is to stay out of logs and answers. */
  readonly secrets: readonly string[];
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function robotOf(t: TestContext, folder: string): Promise<DingTalkRobot> {
  const robot = new DingTalkRobot({ secret: 'SEC0123456789' });
  await robot.start();
  t.after(() => robot.stop());
  writeFileSync(join(folder, 'url'), robot.url);
  writeFileSync(join(folder, 'secret'), 'SEC0123456789\n');
  return robot;
}

function configIn(folder: string): string {
  const file = join(folder, 'notify.yaml');
  const receiver = {
    name: 'chat',
    type: 'dingtalk',
    urlFile: join(folder, 'url'),
    secretFile: join(folder, 'secret'),
  };
  writeFileSync(file, JSON.stringify({ receivers: [receiver] }));
  return file;
}

async function start(t: TestContext): Promise<Running> {
  const robot = await robotOf(t, folderOf(t));
  const receiver = { name: 'chat', type: 'dingtalk', urlFile: 'FOLDER/url', secretFile: 'FOLDER/secret' };
  const bridge = await startNotify({
    config: { receivers: [receiver], bearerTokenFile: 'FOLDER/token', shutdown: { timeoutSeconds: 10 } },
    files: { url: robot.url, secret: 'SEC0123456789\n', token: 'caller-0123456789\n' },
  });
  t.after(() => bridge.stop());
  return {
    url: bridge.url,
    robot,
    bridge,
    secrets: ['SEC0123456789', 'caller-0123456789', '0123456789abcdef'],
  };
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer caller-0123456789', ...headers },
  });
}

const payload = JSON.stringify(alertmanagerPayload([crashLoop()]));

test('takes what a caller may send, says what is wrong with the rest, and keeps secrets to itself', async t => {
  const { url, robot, bridge, secrets } = await start(t);
  const chat = `${url}/receivers/chat`;
  const statusOf = async (response: Promise<Response>) => {
    const { status } = await response;
    return status;
  };
  const sent = await post(chat, payload);
  assert.deepEqual([sent.status, await sent.text()], [200, 'sent\n']);
  assert.equal(robot.taken.length, 1);

  assert.equal(await statusOf(post(chat, payload, { authorization: 'Bearer another' })), 401);
  assert.equal(await statusOf(fetch(chat, { method: 'POST', body: payload })), 401);
  assert.equal(await statusOf(fetch(chat, { headers: { authorization: 'Bearer caller-0123456789' } })), 405);
  const unknown = await post(`${url}/receivers/nobody`, payload);
  assert.deepEqual(
    [unknown.status, await unknown.text()],
    [404, 'no receiver of that name; there are chat\n'],
  );
  const malformed = await post(chat, '{"alerts": 1}');
  assert.equal(malformed.status, 400);
  assert.match(
    await malformed.text(),
    /^not a payload of Alertmanager's or Grafana's webhook \(version 4\): status: /,
  );
  assert.equal(await statusOf(post(chat, `{"alerts":"${'x'.repeat(17 << 20)}"}`)), 413);
  assert.equal(await statusOf(fetch(`${url}/elsewhere`)), 404);

  robot.answers.add(1, { status: 200, body: '{"errcode":310000,"errmsg":"keywords not in content"}' });
  const refused = await post(chat, payload);
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /keywords not in content.*set `keyword`/);
  robot.answers.add(1, {
    status: 200,
    body: '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}',
  });
  const limited = await post(chat, payload);
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [503, '60']);

  const metrics = await (await fetch(`${url}/metrics`)).text();
  const value = (series: string) =>
    new RegExp(`^${series.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(metrics)?.[1];
  assert.equal(value('kube_events_notify_messages_total{receiver="chat",result="sent"}'), '1');
  assert.equal(value('kube_events_notify_bad_requests_total{cause="unauthorized"}'), '2');
  assert.equal(value('kube_events_notify_bad_requests_total{cause="too_large"}'), '1');
  assert.equal(value('kube_events_notify_service_errors_total{receiver="chat",cause="keyword"}'), '1');
  assert.equal(value('kube_events_notify_service_errors_total{receiver="chat",cause="busy"}'), '0');

  const log = await bridge.log();
  assert.match(log, /"cause":"keyword"/);
  for (const secret of secrets) assert.ok(!`${log}${metrics}`.includes(secret), secret);
});

test('a signal lets the message that is under way arrive', async t => {
  const { url, robot, bridge } = await start(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  let answer = '';
  socket.setEncoding('utf8').on('data', piece => {
    answer += piece;
  });
  const body = Buffer.from(payload);
  socket.write(
    `POST /receivers/chat HTTP/1.1\r\nhost: x\r\nauthorization: Bearer caller-0123456789\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.subarray(0, 100));
  // The server has the request when it has answered another one that came later.
  await fetch(`${url}/healthz`);
  const stopped = bridge.stop();
  while ((await fetch(`${url}/readyz`).catch(() => undefined))?.ok) await sleep(10);
  socket.write(body.subarray(100));
  await stopped;
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(robot.taken.length, 1);
});

test('--test sends one sample, and says what the service answered', async t => {
  const folder = folderOf(t);
  const robot = await robotOf(t, folder);
  const config = configIn(folder);
  let output = '';
  const run = (test: string) => {
    output = '';
    return notify({ config, test }, { write: text => (output += text) });
  };
  assert.equal(await run('chat'), 0);
  assert.equal(output, 'chat: sent; the service answered {"errcode":0,"errmsg":"ok"}\n');
  assert.match(JSON.stringify(robot.messages[0]), /Test: shop\/web is crash-looping/);
  writeFileSync(join(folder, 'secret'), 'SECwrong');
  assert.equal(await run('chat'), 1);
  assert.match(
    output,
    /^chat: not sent \(signature\): dingtalk answered .*sign not match.*; the secret has to be/,
  );
  assert.equal(await run('nobody'), 2);
  assert.equal(output, '--test nobody: no such receiver; there are chat\n');
});

test('the guide’s example is a sound configuration', async t => {
  const guide = readFileSync(new URL('../../docs/notify.md', import.meta.url), 'utf8');
  const [, example = assert.fail('no example')] = /```yaml\n(# notify\.yaml\n[^`]*)```/.exec(guide) ?? [];
  const folder = folderOf(t);
  const config = join(folder, 'notify.yaml');
  writeFileSync(config, example.replaceAll('/etc/notify/', `${folder}/`));
  const files = Array.from(example.matchAll(/\/etc\/notify\/([\w.-]+)/g), ([, name = '']) => name);
  assert.ok(files.length > 3);
  for (const name of files) writeFileSync(join(folder, name), 'https://hooks.example.com/x');
  let output = '';
  assert.equal(await notify({ config, test: 'nobody' }, { write: text => (output += text) }), 2);
  assert.match(output, /there are ops, /);
});
