import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { grafanaTemplates } from '../../alert-rules/grafana-notifications/templates.ts';
import { languages } from '../../alert-rules/rule.ts';
import { until } from '../chaos/until.ts';
import { type Alertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { skipWithout } from '../servers/require.ts';
import { type SentAlert, sendAlerts } from './configured-alertmanager.ts';
import { exprOf } from './explore-link.ts';
import { ended, logql, type Slack } from './messages.ts';
import { HttpSink } from './sinks.ts';

const skip = await skipWithout('alertmanager');

const names = [
  'title',
  'slack.title',
  'slack',
  'email',
  'dingtalk',
  'wecom',
  'feishu.markdown',
  'feishu',
] as const;
type Rendered = Readonly<Record<(typeof names)[number], string>>;

const alert: SentAlert = {
  labels: {
    alertname: 'KernelProblem',
    severity: 'critical',
    cluster: 'prod',
    node: 'node-7',
    reason: 'ReadonlyFilesystem',
  },
  annotations: {
    summary: 'Kernel problem on <node-7>',
    description: 'ReadonlyFilesystem 2 times within 30m.',
    dashboard_url: 'https://grafana.example/d/kube-events-nodes',
    logql,
    mention: '<at id=all></at>',
  },
  startsAt: '2025-01-02T03:04:05Z',
};

// As long as they get: the query of NodeTrouble, the longest name of a workload, a summary with both.
const storm = Array.from({ length: 30 }, (_, index): SentAlert => {
  const workload = `w${String(index)}-`.padEnd(63, 'w');
  const namespace = 'n'.repeat(63);
  return {
    labels: { alertname: 'Storm', severity: 'warning', cluster: 'c'.repeat(40), namespace, workload },
    annotations: {
      summary: `${namespace}/${workload} 拉取镜像失败`,
      description: '在 30m 内 12 次无法拉取镜像：'.padEnd(80, '长'),
      dashboard_url: `https://grafana.example/d/kube-events-warnings?var-namespace=${namespace}&var-workload=${workload}`,
      logql: `{job="kube-events", reason=~"${'Reason|'.repeat(200)}"}`,
    },
  };
});

/**
 * Grafana's functions by the names that Alertmanager has for them. It has none that gives a template's text to another
 * function: where there would be one, its name stands.
 */
function forAlertmanager(templates: string): string {
  return templates
    .replaceAll(/tmpl\.Exec ("[^"]+") (?:\.|\(index \.Alerts 0\)) \| data\.ToJSON/g, '$1 | toJson')
    .replaceAll('.Vars.mention', '.CommonAnnotations.mention');
}

/*
 * Grafana itself is not to be had here. Its templates are those of Alertmanager's library, with the same data and the same
 * functions, but for a few in Feishu's card: so that library renders them.
 */
for (const language of languages) {
  describe(`Grafana's templates in Alertmanager's library, ${language}`, { skip }, () => {
    let http: HttpSink;
    let alertmanager: Alertmanager | undefined;
    const chosen = (en: string, zh: string) => (language === 'zh' ? zh : en);

    before(async () => {
      http = await new HttpSink().start();
      const config = rulesConfigSchema.parse({
        language,
        grafana: 'https://grafana.example',
        datasource: 'loki-uid',
        notifications: { timezone: language === 'zh' ? 'Asia/Shanghai' : 'UTC' },
      });
      const fields = names.map(name => ({ title: name, value: `{{ template "kube-events.${name}" . }}` }));
      alertmanager = await startAlertmanager({
        config: stringify({
          templates: ['kube-events.tmpl'],
          route: { receiver: 'all', group_wait: '1s', group_interval: '1s', group_by: ['alertname'] },
          receivers: [
            { name: 'all', slack_configs: [{ api_url: `${http.url}/slack`, send_resolved: true, fields }] },
          ],
        }),
        files: { 'kube-events.tmpl': forAlertmanager(grafanaTemplates(config)) },
      });
      await sendAlerts(alertmanager.url, [alert]);
      await until('the first message', 30, () => http.received.length === 1);
      await sendAlerts(alertmanager.url, [{ ...alert, endsAt: ended }]);
      await until('the message of the end', 30, () => http.received.length === 2);
      await sendAlerts(alertmanager.url, storm);
      await until('the message of the storm', 30, () => http.received.length === 3);
    });

    after(async () => {
      await alertmanager?.stop();
      await http[Symbol.asyncDispose]();
    });

    function rendered(): readonly [Rendered, Rendered, Rendered] {
      const messages = http.at('/slack') as Slack[];
      const [fired, resolved, ofStorm] = messages.map(
        ({ attachments }) =>
          Object.fromEntries(
            (attachments[0]?.fields ?? []).map(({ title, value }) => [title, value]),
          ) as Rendered,
      );
      assert.ok(fired !== undefined && resolved !== undefined && ofStorm !== undefined);
      return [fired, resolved, ofStorm];
    }

    test('titles', () => {
      const [fired, resolved] = rendered();
      assert.equal(
        fired.title,
        chosen(
          '[Critical] Firing: Kernel problem on <node-7> (prod)',
          '[严重] 触发：Kernel problem on <node-7>（prod）',
        ),
      );
      assert.equal(
        resolved['slack.title'],
        chosen(
          '[Critical] Resolved: Kernel problem on &lt;node-7&gt; (prod)',
          '[严重] 已恢复：Kernel problem on &lt;node-7&gt;（prod）',
        ),
      );
    });

    /** A text, with a name in place of the link to Explore, which is checked. */
    function withoutLink(text: string, link: RegExp): string {
      const [, url] = link.exec(text) ?? [];
      assert.equal(exprOf(url).expr, logql);
      return text.replace(url ?? '', 'EXPLORE');
    }

    const facts = chosen(
      'Cluster: prod|Node: node-7|Reason: ReadonlyFilesystem|Since: 2025-01-02 03:04:05 +00:00',
      '集群：prod|节点：node-7|原因：ReadonlyFilesystem|开始时间：2025-01-02 11:04:05 +08:00',
    ).split('|');
    const endedAt = chosen('Until: 2025-01-02 03:34:05 +00:00', '恢复时间：2025-01-02 11:34:05 +08:00');
    const description = 'ReadonlyFilesystem 2 times within 30m.';
    const dashboard = alert.annotations?.['dashboard_url'] ?? '';
    const name = chosen('Dashboard', '仪表盘');
    const inMarkdown = /\[Explore\]\(([^)]*)\)/;
    const links = `[${name}](${dashboard}) · [Explore](EXPLORE)`;

    test("Slack's text", () => {
      const [fired, resolved] = rendered()
        .slice(0, 2)
        .map(({ slack }) => withoutLink(slack, /<([^|>]*)\|Explore>/));
      const end = `<${dashboard}|${name}> · <EXPLORE|Explore>`;
      assert.equal(fired, [...facts, description, end].join('\n'));
      assert.equal(resolved, [...facts, endedAt, description, end].join('\n'));
    });

    test("an e-mail's text", () => {
      const [fired, resolved] = rendered()
        .slice(0, 2)
        .map(({ email }) => withoutLink(email, /Explore[:：] ?(\S*)/));
      const colon = chosen(': ', '：');
      const end = [`${name}${colon}${dashboard}`, `Explore${colon}EXPLORE`];
      assert.equal(fired, [...facts, description, ...end].join('\n'));
      assert.equal(resolved, [...facts, endedAt, description, ...end].join('\n'));
    });

    test("DingTalk's text", () => {
      const [fired, resolved] = rendered()
        .slice(0, 2)
        .map(({ dingtalk }) => withoutLink(dingtalk, inMarkdown));
      assert.equal(fired, [...facts, description, links].join('  \n'));
      assert.equal(resolved, [...facts, endedAt, description, links].join('  \n'));
    });

    test("WeCom's text", () => {
      const [fired, resolved] = rendered()
        .slice(0, 2)
        .map(({ wecom }) => withoutLink(wecom, inMarkdown));
      const quote = (lines: readonly string[]) => lines.map(line => `> ${line}`);
      assert.equal(fired, [...quote(facts), description, links].join('\n'));
      assert.equal(resolved, [...quote([...facts, endedAt]), description, links].join('\n'));
    });

    test("Feishu's text mentions somebody while it fires", () => {
      const [fired, resolved] = rendered();
      assert.equal(fired['feishu.markdown'], [...facts, description, '<at id=all></at>'].join('\n'));
      assert.equal(resolved['feishu.markdown'], [...facts, endedAt, description].join('\n'));
    });

    test("Feishu's card", () => {
      const [fired] = rendered();
      const button = (text: string, link: string) => ({
        tag: 'button',
        type: 'default',
        text: { tag: 'plain_text', content: text },
        url: `kube-events.link.${link}`,
      });
      assert.deepEqual(JSON.parse(fired.feishu), {
        msg_type: 'interactive',
        card: {
          config: { wide_screen_mode: true },
          header: {
            template: 'kube-events.feishu.color',
            title: { tag: 'plain_text', content: 'kube-events.title' },
          },
          elements: [
            { tag: 'markdown', content: 'kube-events.feishu.markdown' },
            { tag: 'action', actions: [button(name, 'dashboard'), button('Explore', 'explore')] },
          ],
        },
      });
    });

    test('a storm is as short as each service wants it', () => {
      const [, , ofStorm] = rendered();
      const bytes = (text: string) => Buffer.byteLength(text);
      assert.equal(
        ofStorm.dingtalk.split('\n\n')[0],
        chosen('**Firing: 30 (the first 10)**', '**触发：30（前 10 条）**'),
      );
      assert.equal(ofStorm.dingtalk.match(/\[Explore\]/g)?.length, 1);
      // The services' own limits, for the whole of a message.
      assert.ok(bytes(ofStorm.wecom) + bytes(ofStorm.title) < 4_096, `WeCom: ${bytes(ofStorm.wecom)}`);
      assert.ok(bytes(ofStorm.dingtalk) < 20_000, `DingTalk: ${bytes(ofStorm.dingtalk)}`);
      assert.ok(bytes(ofStorm['feishu.markdown']) < 16_000, `Feishu: ${bytes(ofStorm['feishu.markdown'])}`);
      assert.ok(ofStorm.slack.length < 40_000, `Slack: ${ofStorm.slack.length}`);
    });
  });
}
