import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { languages } from '../../alert-rules/rule.ts';
import { until } from '../chaos/until.ts';
import { skipWithout } from '../servers/require.ts';
import type { SentAlert } from './configured-alertmanager.ts';
import { exprOf } from './explore-link.ts';
import {
  buttonsOf,
  ended,
  logql,
  type Messages,
  type Notification,
  type Slack,
  startMessages,
} from './messages.ts';
import { type Mail, readMail } from './sinks.ts';

const skip = await skipWithout('alertmanager');

const crashLoop: SentAlert = {
  labels: {
    alertname: 'CrashLoop',
    severity: 'warning',
    cluster: 'prod "eu" & co',
    namespace: 'shop',
    workload: 'web',
  },
  annotations: {
    summary: 'shop/web is crash-looping <now>',
    description: 'The kubelet held back restarts of a failed container 7 times within 30m.',
    runbook_url: 'https://docs.example/runbooks/CrashLoop.md',
    dashboard_url: 'https://grafana.example/d/kube-events-warnings?var-datasource=loki&var-namespace=shop',
    logql,
  },
  startsAt: '2025-01-02T03:04:05Z',
};

const nodeNotReady: SentAlert = {
  labels: { alertname: 'NodeNotReady', severity: 'critical', cluster: 'prod', node: 'node-7' },
  annotations: { summary: '节点 node-7 未就绪', description: '节点 node-7 已停止服务，此后未再报告就绪。' },
  startsAt: '2025-01-02T03:04:05Z',
};

for (const language of languages) {
  describe(`messages of a real Alertmanager, ${language}`, { skip }, () => {
    let messages: Messages;

    before(async () => {
      messages = await startMessages(language);
    });

    after(() => messages?.[Symbol.asyncDispose]());

    test('an alert that fires and resolves, in Slack, an e-mail and webhooks', async () => {
      const { alertmanager, http, mail, chosen } = messages;
      await alertmanager.send([crashLoop]);
      const paths = ['/slack', '/hook', '/receivers/chat'];
      await until('the first messages', 30, () => paths.every(path => http.at(path).length === 1));
      await until('the first mail', 30, () => mail.messages.length === 1);
      await alertmanager.send([{ ...crashLoop, endsAt: ended }]);
      await until('the messages of the end', 30, () => paths.every(path => http.at(path).length === 2));
      await until('the mail of the end', 30, () => mail.messages.length === 2);

      const [fired, resolved] = http.at('/slack') as [Slack, Slack];
      const firedLinks = buttonsOf(fired);
      const resolvedLinks = buttonsOf(resolved);
      const facts = chosen(
        'Cluster: prod "eu" &amp; co\nNamespace: shop\nWorkload: web\nSince: 2025-01-02 03:04:05 +00:00',
        '集群：prod "eu" &amp; co\n命名空间：shop\n工作负载：web\n开始时间：2025-01-02 11:04:05 +08:00',
      );
      const description = 'The kubelet held back restarts of a failed container 7 times within 30m.';
      assert.deepEqual(fired.attachments, [
        {
          title: chosen(
            '[Warning] Firing: shop/web is crash-looping &lt;now&gt; (prod "eu" &amp; co)',
            '[警告] 触发：shop/web is crash-looping &lt;now&gt;（prod "eu" &amp; co）',
          ),
          title_link: crashLoop.annotations?.['dashboard_url'],
          text: `${facts}\n${description}`,
          fallback: fired.attachments[0]?.title,
          callback_id: '',
          footer: '',
          color: '#F2A33A',
          mrkdwn_in: ['pretext', 'text'],
          actions: [
            {
              type: 'button',
              text: chosen('Dashboard', '仪表盘'),
              url: crashLoop.annotations?.['dashboard_url'],
            },
            { type: 'button', text: 'Explore', url: firedLinks[1] },
            {
              type: 'button',
              text: chosen('Runbook', '处理手册'),
              url: crashLoop.annotations?.['runbook_url'],
            },
          ],
        },
      ]);
      const [end] = resolved.attachments;
      assert.equal(
        end?.title,
        chosen(
          '[Warning] Resolved: shop/web is crash-looping &lt;now&gt; (prod "eu" &amp; co)',
          '[警告] 已恢复：shop/web is crash-looping &lt;now&gt;（prod "eu" &amp; co）',
        ),
      );
      assert.equal(end.color, '#36A64F');
      const endedAt = chosen('Until: 2025-01-02 03:34:05 +00:00', '恢复时间：2025-01-02 11:34:05 +08:00');
      assert.equal(end.text, `${facts}\n${endedAt}\n${description}`);
      // An hour before it began, until now or until it ended.
      const from = String(Date.parse('2025-01-02T02:04:05Z'));
      assert.deepEqual(exprOf(firedLinks[1]), { uid: 'loki-uid', expr: logql, from, to: 'now' });
      assert.deepEqual(exprOf(resolvedLinks[1]), {
        uid: 'loki-uid',
        expr: logql,
        from,
        to: String(Date.parse(ended)),
      });

      const mails = mail.messages.map(readMail);
      assert.deepEqual(
        mails.map(({ headers }) => headers['to']),
        ['a@example.com, b@example.com', 'a@example.com, b@example.com'],
      );
      const [first, last] = mails;
      const subject = (state: string) =>
        chosen(
          `[Warning] ${state}: shop/web is crash-looping <now> (prod "eu" & co)`,
          `[警告] ${state}：shop/web is crash-looping <now>（prod "eu" & co）`,
        );
      assert.equal(first?.headers['subject'], subject(chosen('Firing', '触发')));
      assert.equal(last?.headers['subject'], subject(chosen('Resolved', '已恢复')));
      const text = facts.replaceAll('&amp;', '&');
      const links = (explore: string | undefined) =>
        [
          `${chosen('Dashboard: ', '仪表盘：')}${crashLoop.annotations?.['dashboard_url']}`,
          `${chosen('Explore: ', 'Explore：')}${explore}`,
          `${chosen('Runbook: ', '处理手册：')}${crashLoop.annotations?.['runbook_url']}`,
        ].join('\n');
      assert.equal(partOf(first, 'text/plain'), `${text}\n${description}\n${links(firedLinks[1])}`);
      assert.equal(
        partOf(last, 'text/plain'),
        `${text}\n${endedAt}\n${description}\n${links(resolvedLinks[1])}`,
      );
      const html = partOf(last, 'text/html');
      assert.deepEqual(hrefsOf(html), [
        crashLoop.annotations?.['dashboard_url'],
        resolvedLinks[1],
        crashLoop.annotations?.['runbook_url'],
      ]);
      assert.equal(
        visible(html),
        [
          subject(chosen('Resolved', '已恢复')),
          ...text.split('\n').flatMap(line => line.split(chosen(': ', '：'))),
          ...endedAt.split(chosen(': ', '：')),
          description,
          chosen('Dashboard', '仪表盘'),
          'Explore',
          chosen('Runbook', '处理手册'),
        ].join('\n'),
      );

      for (const path of ['/hook', '/receivers/chat']) {
        const [one, other] = http.at(path) as [Notification, Notification];
        assert.deepEqual([one.status, other.status], ['firing', 'resolved']);
        assert.deepEqual(one.alerts[0]?.labels, crashLoop.labels);
        assert.deepEqual(one.alerts[0]?.annotations, crashLoop.annotations);
        assert.deepEqual(
          http.received.filter(request => request.path === path).map(request => request.authorization),
          ['Bearer secret', 'Bearer secret'],
        );
      }
    });

    test('what needs somebody mentions them, while it fires; what nobody wants is not sent', async () => {
      const { alertmanager, http, chosen } = messages;
      const nobody = { labels: { alertname: 'NewWarningReason', severity: 'info', cluster: 'prod' } };
      await alertmanager.send([nobody, nodeNotReady]);
      await until('the message', 30, () => http.at('/mentioned').length === 1);
      await alertmanager.send([{ ...nodeNotReady, endsAt: ended }]);
      await until('the message of the end', 30, () => http.at('/mentioned').length === 2);
      const [fired, resolved] = http.at('/mentioned') as [Slack, Slack];
      assert.equal(fired.channel, '#oncall');
      assert.equal(fired.attachments[0]?.pretext, '<@U1> <!subteam^G2> <!here>');
      assert.equal(fired.attachments[0].color, '#D63232');
      assert.equal(
        fired.attachments[0].title,
        chosen('[Critical] Firing: 节点 node-7 未就绪 (prod)', '[严重] 触发：节点 node-7 未就绪（prod）'),
      );
      assert.equal(
        fired.attachments[0].text,
        `${chosen(
          'Cluster: prod\nNode: node-7\nSince: 2025-01-02 03:04:05 +00:00',
          '集群：prod\n节点：node-7\n开始时间：2025-01-02 11:04:05 +08:00',
        )}\n节点 node-7 已停止服务，此后未再报告就绪。`,
      );
      // A button has to lead somewhere, for an alert without links too.
      assert.deepEqual(buttonsOf(fired), [
        'https://grafana.example/',
        'https://grafana.example/',
        'https://docs.example/runbooks',
      ]);
      assert.equal(resolved.attachments[0]?.pretext, undefined);
      assert.equal(
        http.received.filter(({ body }) => JSON.stringify(body).includes('NewWarningReason')).length,
        0,
      );
    });
  });
}

function partOf(mail: Mail | undefined, type: string): string {
  return (mail?.parts[type] ?? '').replaceAll('\r\n', '\n');
}

function hrefsOf(html: string): readonly string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => unescaped(url ?? ''));
}

/** What a reader sees, a line for each element. */
function visible(html: string): string {
  return unescaped(html.replaceAll(/<[^>]*>/g, '\n'))
    .split('\n')
    .filter(line => line !== '')
    .join('\n');
}

function unescaped(html: string): string {
  return html
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
