import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { bodyOf, english, entry, grafana, message } from '../../test/fakes/composed-message.ts';
import type { ServiceType } from './config.ts';
import { bytesOf } from './services/service.ts';

const one = alertmanagerPayload([crashLoop()]);

test('of forty alerts ten are shown, and thirty are counted, in every service', () => {
  const alerts = Array.from({ length: 40 }, (_, index) =>
    crashLoop({
      labels: { workload: `web-${index}` },
      annotations: { summary: `shop/web-${index} is crash-looping` },
    }),
  );
  const of = message(
    { ...alertmanagerPayload(alerts), truncatedAlerts: 2 },
    { ...english, grafana },
    Array(10).fill(entry),
  );
  assert.equal(of.title, 'Warning: CrashLoop, 42 alerts');
  for (const type of ['dingtalk', 'feishu', 'lark', 'wecom', 'slack'] as const) {
    const text = JSON.stringify(bodyOf(type, of));
    for (let index = 0; index < 10; index += 1)
      assert.ok(text.includes(`shop/web-${index} is crash-looping`), type);
    assert.ok(!text.includes('web-10 is'), type);
    assert.ok(text.includes('and 32 more'), type);
  }
});

test('where there is no room for all, whole alerts are left out, and counted', () => {
  const summary = '事件'.repeat(100);
  const alerts = Array.from({ length: 10 }, (_, index) =>
    crashLoop({ annotations: { summary: `${index} ${summary}` } }),
  );
  const of = message(alertmanagerPayload(alerts), english, Array(10).fill(entry));
  const { content } = (bodyOf('wecom', of) as { markdown: { content: string } }).markdown;
  const shown = content.split('\n\n').filter(part => /^\*\*\d 事件/.test(part));
  assert.ok(shown.length > 1 && shown.length < 10, String(shown.length));
  assert.match(content, new RegExp(`and ${10 - shown.length} more$`));
  assert.ok(Buffer.byteLength(content) <= 4096);
});

test('whatever the texts are, a message fits, and is made of whole characters', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '<at id=all></at>'.repeat(500),
      '🧨'.repeat(3000),
      '[x](https://e.example)'.repeat(200),
      '',
    ),
  );
  const alert = fc.record({ summary: text, description: text, workload: text, message: text, name: text });
  fc.assert(
    fc.property(
      fc.array(alert, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('dingtalk', 'feishu', 'wecom', 'slack'),
      (alerts, type) => {
        const payload = alertmanagerPayload(
          alerts.map(({ summary, description, workload }) =>
            crashLoop({ labels: { workload }, annotations: { summary, description } }),
          ),
        );
        const entries = alerts.map(({ message, name }) => ({ ...entry, message, name }));
        const body = bodyOf(type as ServiceType, message(payload, { ...english, grafana }, entries));
        const written = JSON.stringify(body);
        assert.ok(written.isWellFormed());
        assert.doesNotMatch(written, /\\ud[89a-f]/i);
        assert.ok(bytesOf(body) < 200_000);
      },
    ),
    { numRuns: 60 },
  );
});

test('a keyword is put at the end where it is missing', () => {
  const text = (keyword: string) =>
    (bodyOf('dingtalk', message(one, english), { keyword }) as { markdown: { text: string } }).markdown.text;
  assert.match(text('k8s告警'), /\n\nk8s告警$/);
  assert.doesNotMatch(text('crash-looping'), /\n\ncrash-looping$/);
});
