import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { english, entry, grafana, message } from '../../test/fakes/composed-message.ts';
import { compose } from './compose.ts';
import { notifyConfigSchema, type ServiceType } from './config.ts';
import { createService } from './services/services.ts';
import { asJson, escapedBy, Template, TemplateError } from './template.ts';

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'chat.liquid');
  writeFileSync(file, text);
  return file;
}

function bodyOf(t: TestContext, type: ServiceType, text: string, of = sample()): unknown {
  const config = notifyConfigSchema.parse({ receivers: [{ name: 'chat', type, template: 'x' }] });
  const service = createService(config.receivers[0] ?? assert.fail());
  const written = type === 'webhook' ? asJson : escapedBy(service.markup);
  const template = new Template(fileOf(t, text), written);
  const body = compose(of, { service, language: 'en', template, keyword: undefined, mentions: false });
  assert.equal(service.fits(body), true);
  return body;
}

function sample(name = '<b>web</b>', alerts = 1) {
  const payload = alertmanagerPayload(Array.from({ length: alerts }, () => crashLoop()));
  return message(payload, { ...english, grafana }, Array(alerts).fill({ ...entry, name }));
}

const layout = `{% for alert in alerts %}
- {{ alert.summary }}{% if alert.entry %}: {{ alert.entry.name }} ({{ alert.labels.namespace }}){% endif %}{% endfor %}
{% if more > 0 %}+{{ more }}{% endif %}`;

test('a template is in place of our layout, and values are escaped as the service wants it', t => {
  assert.deepEqual(bodyOf(t, 'dingtalk', layout), {
    msgtype: 'markdown',
    markdown: {
      title: 'Warning: shop/web is crash-looping',
      text: '### <font color=#F79009>Warning: shop/web is crash-looping</font>\n\n\n- shop/web is crash-looping: ＜b＞web＜/b＞ (shop)\n',
    },
  });
  assert.match(JSON.stringify(bodyOf(t, 'slack', layout)), /&lt;b&gt;web&lt;\/b&gt;/);
  assert.match(JSON.stringify(bodyOf(t, 'slack', '{{ alerts[0].entry.name | raw }}')), /<b>web<\/b>/);
});

test('a webhook’s template makes JSON, values are written as JSON', t => {
  const body = bodyOf(
    t,
    'webhook',
    '{"text": {{ alerts[0].entry.name }}, "count": {{ firing }}, "nothing": {{ alerts[0].x }}}',
  );
  assert.deepEqual(body, { text: '<b>web</b>', count: 1, nothing: null });
});

test('a text that is too long has fewer alerts, and is cut where one is too long', t => {
  const many = `{% for alert in alerts %}{% for i in (1..100) %}事件{% endfor %}.{% endfor %}+{{ more }}`;
  const { content } = (bodyOf(t, 'wecom', many, sample('web', 10)) as { markdown: { content: string } })
    .markdown;
  const shown = content.split('.').length - 1;
  assert.equal(shown, 6);
  assert.match(content, /\+4$/);
  const endless = '{% for i in (1..3000) %}事件{% endfor %}';
  assert.match(JSON.stringify(bodyOf(t, 'wecom', endless)), /事件…"/);
});

test('faults name file, line and column', t => {
  const faults = (text: string): string => {
    const file = fileOf(t, text);
    try {
      new Template(file, asJson).render(sample());
    } catch (error) {
      if (error instanceof TemplateError) return error.message.replace(file, 'FILE');
      throw error;
    }
    return assert.fail('no fault');
  };
  assert.equal(faults('a\n  {% foo %}'), 'FILE:2:3: tag "foo" not found');
  assert.equal(faults('{{ title'), 'FILE:1:1: output "{{ title" not closed');
  assert.equal(faults('\n{{ title | shout }}'), 'FILE:2:1: undefined filter: shout');
  assert.equal(faults('{% for a in alerts %}'), 'FILE:1:1: tag {% for a in alerts %} not closed');
  assert.match(faults('{{ titel }}'), /^FILE: there is no variable titel; there are title, status, /);
  assert.match(faults('{% include "/etc/passwd" %}'), /ENOENT/);
  assert.match(faults('{% for i in (1..100000000) %}x{% endfor %}'), /^FILE:1:1: .*limit exceeded/);
});
