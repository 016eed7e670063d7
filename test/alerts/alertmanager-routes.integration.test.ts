import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { profileNames } from '../../dashboards/profile.ts';
import { until } from '../chaos/until.ts';
import { skipWithout } from '../servers/require.ts';
import {
  alertmanagerFiles,
  amtool,
  atOnce,
  type ConfiguredAlertmanager,
  type Given,
  type SentAlert,
  startConfigured,
} from './configured-alertmanager.ts';
import { HttpSink } from './sinks.ts';

const skip = await skipWithout('alertmanager');

const hook = { webhook: { urlFile: '/not/there' } };

/** Every service, route and time that there is. */
const everything: Given = {
  language: 'zh',
  grafana: 'https://grafana.example/100%',
  runbooks: 'https://docs.example/runbooks',
  datasource: 'P8E80F9AEF21F6940',
  clusterLabel: 'k8s_cluster_name',
  heartbeat: true,
  notifications: {
    timezone: 'Asia/Shanghai',
    bridge: { tokenFile: '/not/there' },
    smtp: { smarthost: 'mail.example.com:587', username: 'kube-events', passwordFile: '/not/there' },
    receivers: {
      oncall: {
        slack: { urlFile: '/not/there', mention: { users: ['U1'], channel: 'channel' } },
        email: { to: ['oncall@example.com'] },
        dingtalk: { name: 'oncall-dingtalk' },
        feishu: { name: 'oncall-feishu' },
        wecom: { name: 'oncall-wecom' },
        bridge: {},
      },
      chat: { feishu: {} },
      shop: hook,
      'shop-oncall': hook,
      watchdog: { ...hook, sendResolved: false },
    },
    namespaces: [
      { namespaces: ['shop', 'pay-.*'], critical: 'shop-oncall', warning: 'shop' },
      { namespaces: ['infra'], warning: 'shop', also: true },
    ],
    ignore: [{ alertname: 'ProbeFailures', namespace: 'ci-.*' }],
    muteTimes: [
      {
        name: 'nights',
        times: [
          { from: '22:00', to: '24:00' },
          { from: '00:00', to: '07:00' },
        ],
        weekdays: ['monday:friday'],
      },
      {
        name: 'holidays',
        severities: ['critical', 'info'],
        daysOfMonth: ['1:7', '-1'],
        months: ['october', '1:2'],
        years: ['2026:2027'],
        timezone: 'Europe/Berlin',
      },
    ],
  },
};

const docs = await readFile(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
const documented = parse(/```yaml\n(# rules\.yaml\n.*?)```/s.exec(docs)?.[1] ?? '') as Given;

describe('amtool', { skip }, () => {
  const configs: readonly (readonly [string, Given])[] = [
    ['the default configuration', {}],
    ['it in Chinese', { language: 'zh' }],
    ['the example of the docs', documented],
    ['every service, namespaces and times', everything],
    [
      'receivers of which none is told',
      { notifications: { routes: { critical: 'none', warning: 'none', info: 'none', watchdog: 'none' } } },
    ],
    ...profileNames.map(profile => [`profile ${profile}`, { profile }] as const),
  ];

  for (const [name, given] of configs) {
    test(`finds no fault: ${name}`, async () => {
      const files = alertmanagerFiles(rulesConfigSchema.parse(given));
      const said = await amtool(files, config => ['check-config', config]);
      // Of the configuration, and of the templates.
      assert.match(said, /SUCCESS\nFound:/);
      assert.match(said, / - 1 templates\n {2}SUCCESS/);
    });
  }

  test('finds a fault where there is one', async () => {
    const { config, files } = alertmanagerFiles(rulesConfigSchema.parse({}));
    const broken = { config, files: { 'kube-events.tmpl': `${files['kube-events.tmpl']}{{ if }}` } };
    await assert.rejects(
      amtool(broken, file => ['check-config', file]),
      /failed to validate 1 file/,
    );
  });

  const routes: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ alertname: 'NodeNotReady', severity: 'critical', node: 'node-1' }, 'oncall'],
    [{ alertname: 'CrashLoop', severity: 'warning', namespace: 'web' }, 'chat'],
    [{ alertname: 'NewWarningReason', severity: 'info' }, 'chat'],
    [{ alertname: 'CrashLoop', severity: 'warning', namespace: 'shop' }, 'shop'],
    [{ alertname: 'CrashLoop', severity: 'critical', namespace: 'pay-eu' }, 'shop-oncall'],
    [{ alertname: 'CrashLoop', severity: 'info', namespace: 'shop' }, 'chat'],
    [{ alertname: 'CrashLoop', severity: 'warning', namespace: 'shop-2' }, 'chat'],
    [{ alertname: 'CrashLoop', severity: 'warning', namespace: 'infra' }, 'shop,chat'],
    [{ alertname: 'ProbeFailures', severity: 'warning', namespace: 'ci-7' }, 'none'],
    [{ alertname: 'CrashLoop', severity: 'warning', namespace: 'ci-7' }, 'chat'],
    [{ alertname: 'Watchdog', severity: 'info' }, 'watchdog'],
    [{ alertname: 'SomethingElse' }, 'chat'],
  ];
  for (const [labels, receivers] of routes) {
    test(`${JSON.stringify(labels)} goes to ${receivers}`, async () => {
      const files = alertmanagerFiles(rulesConfigSchema.parse({ notifications: everything.notifications }));
      const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
      const said = await amtool(files, config => [
        'config',
        'routes',
        'test',
        `--config.file=${config}`,
        `--verify.receivers=${receivers}`,
        ...pairs,
      ]);
      assert.equal(said.trim(), receivers);
    });
  }
});

describe('a real Alertmanager', { skip }, () => {
  let http: HttpSink;
  let alertmanager: ConfiguredAlertmanager;

  before(async () => {
    http = await new HttpSink().start();
    const always = { name: 'always', times: [{ from: '00:00', to: '24:00' }], severities: ['info' as const] };
    alertmanager = await startConfigured(
      { hook: `${http.url}/hook`, watchdog: `${http.url}/watchdog` },
      folder => ({
        heartbeat: true,
        notifications: {
          receivers: {
            all: { webhook: { urlFile: `${folder}/hook` } },
            watchdog: { webhook: { urlFile: `${folder}/watchdog` }, sendResolved: false },
          },
          routes: { critical: 'all', warning: 'all', info: 'all', watchdog: 'watchdog' },
          muteTimes: [always],
          grouping: { critical: atOnce, warning: atOnce, info: atOnce, watchdog: atOnce },
        },
      }),
    );
  });

  after(async () => {
    await alertmanager?.stop();
    await http[Symbol.asyncDispose]();
  });

  /** What is muted by what else, by `NAME of PLACE`. */
  async function muted(): Promise<Readonly<Record<string, boolean>>> {
    const states = (await alertmanager.alerts()).map(
      ({ labels, status }) => [nameOf(labels), status.inhibitedBy.length > 0] as const,
    );
    return Object.fromEntries(states);
  }

  function nameOf(labels: Readonly<Record<string, string>>): string {
    const { alertname = '', cluster, namespace, workload, node, reason } = labels;
    return [alertname, cluster, namespace, workload, node, reason]
      .filter(part => part !== undefined)
      .join(' ');
  }

  function alert(alertname: string, severity: string, labels: Readonly<Record<string, string>>): SentAlert {
    return { labels: { alertname, severity, ...labels } };
  }

  /** Sends alerts, waits until a message about each of these came, and says of which one came at all. */
  async function told(alerts: readonly SentAlert[], expected: readonly string[]): Promise<readonly string[]> {
    const before = http.received.length;
    await alertmanager.send(alerts);
    const names = () =>
      http.received
        .slice(before)
        .flatMap(({ body }) => (body as { alerts: { labels: Record<string, string> }[] }).alerts)
        .map(({ labels }) => nameOf(labels));
    await until(`messages about ${expected.join(', ')}`, 30, () =>
      expected.every(name => names().includes(name)),
    );
    return [...new Set(names())].sort();
  }

  test('a node that is gone mutes what else is told of it, and nothing of others', async () => {
    // What mutes has to be there before what it mutes: in practice the wait of a group sees to it.
    await told([alert('NodeNotReady', 'critical', { cluster: 'c1', node: 'n1' })], ['NodeNotReady c1 n1']);
    const sent = [
      alert('NodePressure', 'warning', { cluster: 'c1', node: 'n1' }),
      alert('NodeTrouble', 'warning', { cluster: 'c1', reason: 'NodeNotReady' }),
      alert('NodeTrouble', 'warning', { cluster: 'c1', reason: 'KubeletSetupFailed' }),
      alert('NodePressure', 'warning', { cluster: 'c1', node: 'n2' }),
      alert('NodePressure', 'warning', { cluster: 'c2', node: 'n1' }),
      alert('CrashLoop', 'warning', { cluster: 'c1', namespace: 'shop', workload: 'web' }),
      alert('SomebodyElses', 'warning', { cluster: 'c1', node: 'n1' }),
    ];
    const expected = [
      'CrashLoop c1 shop web',
      'NodePressure c1 n2',
      'NodePressure c2 n1',
      'NodeTrouble c1 KubeletSetupFailed',
      'SomebodyElses c1 n1',
    ];
    assert.deepEqual(await told(sent, expected), expected);
    const states = await muted();
    assert.equal(states['NodePressure c1 n1'], true);
    assert.equal(states['NodeTrouble c1 NodeNotReady'], true);
    assert.equal(states['NodeNotReady c1 n1'], false);
  });

  test('a critical alert of a workload mutes its lesser ones', async () => {
    const place = { cluster: 'c3', namespace: 'shop', workload: 'web' };
    await told([alert('ImagePullFailed', 'critical', place)], ['ImagePullFailed c3 shop web']);
    const sent = [
      alert('ProbeFailures', 'warning', place),
      alert('ProbeFailures', 'warning', { ...place, workload: 'api' }),
    ];
    const expected = ['ProbeFailures c3 shop api'];
    assert.deepEqual(await told(sent, expected), expected);
  });

  test('a silent cluster mutes everything that is told of its events, and a silent pipeline the clusters', async () => {
    await told([alert('ClusterSilent', 'critical', { cluster: 'c4' })], ['ClusterSilent c4']);
    const sent = [
      alert('NodeNotReady', 'critical', { cluster: 'c4', node: 'n1' }),
      alert('WarningSpike', 'warning', { cluster: 'c4', namespace: 'shop' }),
      alert('KubeEventsNotDelivering', 'critical', { cluster: 'c4' }),
      alert('WarningSpike', 'warning', { cluster: 'c5', namespace: 'shop' }),
    ];
    const expected = ['KubeEventsNotDelivering c4', 'WarningSpike c5 shop'];
    assert.deepEqual(await told(sent, expected), expected);
    assert.equal((await muted())['NodeNotReady c4 n1'], true);
    assert.equal((await muted())['WarningSpike c4 shop'], true);
    await told([alert('PipelineSilent', 'critical', {})], ['PipelineSilent']);
    await alertmanager.send([alert('ClusterSilent', 'critical', { cluster: 'c6' })]);
    await until('the cluster to be muted', 30, async () => (await muted())['ClusterSilent c6'] === true);
    // Muted itself, it mutes.
    await alertmanager.send([alert('WarningSpike', 'warning', { cluster: 'c6', namespace: 'shop' })]);
    await until('its alert to be muted', 30, async () => (await muted())['WarningSpike c6 shop'] === true);
    assert.equal((await muted())['PipelineSilent'], false);
  });

  test('Watchdog goes its own way, whatever is silent', async () => {
    const before = http.at('/hook').length;
    assert.deepEqual(await told([alert('Watchdog', 'info', {})], ['Watchdog']), ['Watchdog']);
    assert.equal(http.at('/watchdog').length, 1);
    assert.equal(http.at('/hook').length, before);
    assert.equal((await muted())['Watchdog'], false);
  });

  test('what has its time is held back', async () => {
    const expected = ['Evictions c7 shop'];
    const sent = [
      alert('NewWarningReason', 'info', { cluster: 'c7', reason: 'A' }),
      alert('Evictions', 'warning', { cluster: 'c7', namespace: 'shop' }),
    ];
    assert.deepEqual(await told(sent, expected), expected);
    const groups = await (await fetch(`${alertmanager.url}/api/v2/alerts/groups`)).json();
    const mutedBy = (
      groups as { labels: Record<string, string>; alerts: { status: { mutedBy: string[] } }[] }[]
    )
      .filter(({ labels }) => labels['alertname'] === 'NewWarningReason')
      .flatMap(({ alerts }) => alerts.flatMap(({ status }) => status.mutedBy));
    assert.deepEqual(mutedBy, ['always']);
  });
});
