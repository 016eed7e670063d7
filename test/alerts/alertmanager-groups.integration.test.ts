import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { languages } from '../../alert-rules/rule.ts';
import { until } from '../chaos/until.ts';
import { skipWithout } from '../servers/require.ts';
import { exprOf } from './explore-link.ts';
import { ended, logql, type Messages, type Notification, type Slack, startMessages } from './messages.ts';

const skip = await skipWithout('alertmanager');

for (const language of languages) {
  describe(`messages about several alerts, ${language}`, { skip }, () => {
    let messages: Messages;

    before(async () => {
      messages = await startMessages(language);
    });

    after(() => messages?.[Symbol.asyncDispose]());

    test('a storm of 40 alerts is one message, and one when it ends', async () => {
      const { alertmanager, http, chosen } = messages;
      // They begin now: where one began longer ago than its group waits, the group waits no longer.
      const storm = Array.from({ length: 40 }, (_, index) => ({
        labels: {
          alertname: 'ImagePullFailed',
          severity: 'warning',
          cluster: 'prod',
          namespace: `shop-${String(index % 4)}`,
          workload: `web-${String(index).padStart(2, '0')}`,
        },
        annotations: { summary: `web-${String(index).padStart(2, '0')}` },
      }));
      const about = (body: unknown) => JSON.stringify(body).includes('ImagePullFailed');
      const sent = () => http.at('/slack').filter(about) as Slack[];
      const bridged = () => http.at('/receivers/chat').filter(about) as Notification[];
      await alertmanager.send(storm);
      await until('the message of the storm', 30, () => sent().length === 1 && bridged().length === 1);
      await alertmanager.send(storm.map(alert => ({ ...alert, endsAt: new Date().toISOString() })));
      await until('the message of its end', 30, () => sent().length === 2 && bridged().length === 2);
      const [fired, resolved] = sent().map(({ attachments }) => attachments[0]);
      assert.equal(
        fired?.title,
        chosen('[Warning] Firing 40: ImagePullFailed (prod)', '[警告] 触发 40：ImagePullFailed（prod）'),
      );
      assert.equal(
        resolved?.title,
        chosen('[Warning] Resolved 40: ImagePullFailed (prod)', '[警告] 已恢复 40：ImagePullFailed（prod）'),
      );
      const blocks = fired.text.split('\n\n');
      assert.equal(blocks[0], chosen('*Firing: 40 (the first 5)*', '*触发：40（前 5 条）*'));
      assert.equal(blocks.length, 6);
      assert.match(blocks[1] ?? '', /^\*web-\d\d\*\n/);
      assert.equal(
        resolved?.text.split('\n\n')[0],
        chosen('*Resolved: 40 (the first 5)*', '*已恢复：40（前 5 条）*'),
      );
      const [toBridge] = bridged();
      assert.deepEqual([toBridge?.alerts.length, toBridge?.truncatedAlerts], [3, 37]);
    });

    test('a message with alerts of both states tells them apart', async () => {
      const { alertmanager, http, chosen } = messages;
      const alerts = ['api', 'web'].map(workload => ({
        labels: { alertname: 'OomKill', severity: 'warning', cluster: 'prod', namespace: 'shop', workload },
        annotations: { summary: `shop/${workload}`, logql },
        startsAt: '2025-01-02T03:04:05Z',
      }));
      const [api, web] = alerts;
      assert.ok(api && web);
      const sent = () =>
        http.at('/slack').filter(body => JSON.stringify(body).includes('OomKill')) as Slack[];
      await alertmanager.send([api, web]);
      await until('the first message', 30, () => sent().length === 1);
      await alertmanager.send([{ ...api, endsAt: ended }]);
      await until('the second message', 30, () => sent().length === 2);
      const attachment = sent()[1]?.attachments[0];
      assert.equal(
        attachment?.title,
        chosen('[Warning] Firing 1, Resolved 1: OomKill (prod)', '[警告] 触发 1，已恢复 1：OomKill（prod）'),
      );
      const explore = [...attachment.text.matchAll(/<([^|>]*)\|Explore>/g)].map(([, url]) => url ?? '');
      assert.deepEqual(
        explore.map(url => exprOf(url).expr),
        [logql, logql],
      );
      assert.equal(
        attachment.text.replaceAll(/<[^|>]*\|Explore>/g, '<Explore>'),
        chosen(
          '*Firing: 1*\n\n*shop/web*\nCluster: prod\nNamespace: shop\nWorkload: web\nSince: 2025-01-02 03:04:05 +00:00\n<Explore>\n\n' +
            '*Resolved: 1*\n\n*shop/api*\nCluster: prod\nNamespace: shop\nWorkload: api\nSince: 2025-01-02 03:04:05 +00:00\nUntil: 2025-01-02 03:34:05 +00:00\n<Explore>',
          '*触发：1*\n\n*shop/web*\n集群：prod\n命名空间：shop\n工作负载：web\n开始时间：2025-01-02 11:04:05 +08:00\n<Explore>\n\n' +
            '*已恢复：1*\n\n*shop/api*\n集群：prod\n命名空间：shop\n工作负载：api\n开始时间：2025-01-02 11:04:05 +08:00\n恢复时间：2025-01-02 11:34:05 +08:00\n<Explore>',
        ),
      );
    });
  });
}
