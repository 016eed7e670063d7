import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notifyConfigSchema, type ReceiverConfig, type ServiceType } from '../config.ts';
import type { Verdict } from './service.ts';
import { createService } from './services.ts';

function configOf(type: ServiceType, over: object = {}): ReceiverConfig {
  const { receivers } = notifyConfigSchema.parse({ receivers: [{ name: 'chat', type, ...over }] });
  return receivers[0] ?? assert.fail();
}

function judged(type: ServiceType, status: number, text: string | object, headers = {}): Verdict {
  const body = typeof text === 'string' ? text : JSON.stringify(text);
  return createService(configOf(type)).judge({ status, text: body, headers });
}

function causeOf(...parameters: Parameters<typeof judged>): string {
  const verdict = judged(...parameters);
  return verdict.kind === 'taken' ? 'taken' : verdict.cause;
}

test('DingTalk’s signature is in the query, encoded', () => {
  // Computed by another implementation, Python’s hmac.
  const service = createService(configOf('dingtalk'));
  const url = 'https://oapi.dingtalk.com/robot/send?access_token=x';
  assert.deepEqual(service.sign({ url, body: {} }, 'this is secret', 1577262236757), {
    url: `${url}&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D`,
    body: {},
  });
});

test('Feishu’s and Lark’s signature is in the body, of whole seconds', () => {
  for (const type of ['feishu', 'lark'] as const) {
    const service = createService(configOf(type));
    assert.deepEqual(service.sign({ url: 'https://a/', body: { msg_type: 'x' } }, 'demo', 1599360473999), {
      url: 'https://a/',
      body: { timestamp: '1599360473', sign: 'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=', msg_type: 'x' },
    });
  }
});

test('rates are the documented ones', () => {
  const rates = (['dingtalk', 'feishu', 'wecom', 'slack', 'webhook'] as const).map(type =>
    createService(configOf(type))
      .rates.map(({ messages, seconds }) => `${messages}/${seconds}s`)
      .join(),
  );
  assert.deepEqual(rates, ['20/60s', '5/1s,100/60s', '20/60s', '1/1s', '']);
});

test('DingTalk’s answers: a code other than 0 is a failure, though the status is 200', () => {
  const of = (errcode: number, errmsg: string) => causeOf('dingtalk', 200, { errcode, errmsg });
  assert.equal(of(0, 'ok'), 'taken');
  assert.equal(of(310000, 'keywords not in content, more: [https://ding-doc.dingtalk.com/…]'), 'keyword');
  assert.equal(of(310000, 'sign not match'), 'signature');
  assert.equal(of(310000, 'invalid timestamp'), 'signature');
  assert.equal(of(310000, 'ip 192.0.2.1 not in whitelist'), 'address');
  assert.equal(of(130101, 'send too fast, exceed 20 times per minute'), 'limited');
  assert.equal(of(410100, '发送速度太快而限流'), 'limited');
  assert.equal(of(300005, 'token is not exist'), 'url');
  assert.equal(of(460101, 'message too long, exceed 20000 bytes'), 'too_long');
  assert.equal(of(-1, '系统繁忙'), 'busy');
  assert.equal(of(999, 'something new'), 'other');
  const punished = judged('dingtalk', 200, { status: 1111, wait: 5, source: 'x5', punish: 'deny' });
  assert.deepEqual(punished, {
    kind: 'refused',
    cause: 'limited',
    advice: 'it comes again by itself',
    retryAfterMs: 60_000,
  });
});

test('Feishu’s answers', () => {
  const of = (code: number, msg: string) => causeOf('feishu', 200, { code, msg, data: {} });
  assert.equal(
    causeOf('feishu', 200, { StatusCode: 0, StatusMessage: 'success', code: 0, msg: 'success' }),
    'taken',
  );
  assert.equal(causeOf('feishu', 200, { StatusCode: 0, StatusMessage: 'success' }), 'taken');
  assert.equal(
    of(19021, 'sign match fail or timestamp is not within one hour from current time'),
    'signature',
  );
  assert.equal(of(19022, 'Ip Not Allowed'), 'address');
  assert.equal(of(19024, 'Key Words Not Found'), 'keyword');
  assert.equal(of(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]'), 'limited');
  assert.equal(of(9499, 'too many request'), 'limited');
  assert.equal(of(9499, 'Bad Request'), 'other');
  assert.equal(of(19001, 'param invalid: incoming webhook access token invalid'), 'url');
});

test('WeCom’s answers', () => {
  const of = (errcode: number, errmsg: string) => causeOf('wecom', 200, { errcode, errmsg });
  assert.equal(of(0, 'ok'), 'taken');
  assert.equal(of(45009, 'api freq out of limit'), 'limited');
  assert.equal(of(93000, 'invalid webhook url, hint: [1], from ip: 192.0.2.1'), 'url');
  assert.equal(of(40058, 'markdown.content exceed max length 4096'), 'too_long');
  assert.equal(of(40008, 'invalid message type'), 'other');
});

test('Slack’s answers are words', () => {
  const of = (status: number, text: string) => causeOf('slack', status, text);
  assert.equal(of(200, 'ok'), 'taken');
  assert.equal(of(200, 'no_text'), 'other');
  assert.equal(of(400, 'invalid_blocks'), 'other');
  assert.equal(of(403, 'action_prohibited'), 'address');
  assert.equal(of(404, 'no_service'), 'url');
  assert.equal(of(410, 'channel_is_archived'), 'url');
  assert.equal(of(500, 'rollup_error'), 'busy');
  const limited = judged('slack', 429, 'Too many', { 'retry-after': '30' });
  assert.deepEqual(limited, {
    kind: 'refused',
    cause: 'limited',
    advice: 'it comes again by itself',
    retryAfterMs: 30_000,
  });
});

test('what a proxy answers is no success, whatever its status', () => {
  for (const type of ['dingtalk', 'feishu', 'wecom', 'slack'] as const) {
    assert.equal(causeOf(type, 200, '<html>Sign in</html>'), 'url', type);
    assert.equal(causeOf(type, 302, ''), 'url', type);
    assert.equal(causeOf(type, 502, '<html>'), 'busy', type);
    assert.equal(causeOf(type, 404, '<html>'), 'url', type);
  }
  assert.equal(causeOf('webhook', 204, ''), 'taken');
  assert.equal(causeOf('webhook', 503, ''), 'busy');
});

/** Everything that a pod's name, a label or a message could try. */
const hostile = [
  '[click here](https://evil.example)',
  '![x](https://evil.example/a.png)',
  '<at id=all></at><at user_id="all">x</at>',
  '<@all> <@U1> <!channel> <!here|here> <!subteam^S1>',
  '<https://evil.example|https://grafana.example.com>',
  '<font color="info">fine</font> <a href="https://evil.example">x</a>',
  '@all @所有人 @13800000000',
  '**bold** `code` ~~gone~~ \\',
  '&lt;!channel&gt; &#91;x&#93;(y)',
  '# heading',
];

test('DingTalk and WeCom: nothing is left that their markdown gives a meaning to', () => {
  for (const type of ['dingtalk', 'wecom'] as const) {
    const { escape: escaped } = createService(configOf(type)).markup;
    for (const text of hostile) {
      assert.doesNotMatch(escaped(text), /[[\]<>*`\\]|&#|&\w+;|@all|@所有人|@\d{6}|^#/, text);
    }
    assert.equal(escaped('nginx@sha256:0123'), 'nginx@sha256:0123');
    assert.equal(escaped('Back-off pulling image "a/b_c:1"'), 'Back-off pulling image "a/b_c:1"');
    assert.equal(escaped('- a'), '· - a');
  }
});

test('Feishu: what has a meaning is written as an entity', () => {
  const { escape: escaped } = createService(configOf('feishu')).markup;
  for (const text of hostile)
    assert.doesNotMatch(escaped(text).replaceAll(/&#\d+;/g, ''), /[&<>*~[\]()!#_`\\$]/, text);
  assert.equal(escaped('<at id=all></at>'), '&#60;at id=all&#62;&#60;/at&#62;');
});

test('Slack: no tag can be made', () => {
  const { escape: escaped } = createService(configOf('slack')).markup;
  for (const text of hostile) assert.doesNotMatch(escaped(text), /[<>]|&(?!amp;|lt;|gt;)/, text);
  assert.equal(escaped('<!channel> & &lt;'), '&lt;!channel&gt; &amp; &amp;lt;');
});
