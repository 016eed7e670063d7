import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../exporter/config/load.ts';
import { loadNotifyConfig } from './load.ts';

function files(t: TestContext, texts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(join(folder, name), text.replaceAll('DIR', folder));
  return folder;
}

function faultsOf(t: TestContext, text: string): string[] {
  const folder = files(t, { 'notify.yaml': text, url: 'https://hooks.example.com/x' });
  try {
    loadNotifyConfig(join(folder, 'notify.yaml'));
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, '').split('\n');
    throw error;
  }
  return assert.fail('no fault');
}

test('a receiver is all that is needed', t => {
  const folder = files(t, {
    'notify.yaml': 'receivers: [{name: ops, type: dingtalk, urlFile: DIR/url}]',
    url: 'https://oapi.example.com/robot/send?access_token=x',
  });
  const config = loadNotifyConfig(join(folder, 'notify.yaml'));
  const { listen, language, timezone, alerts, job, loki, grafana } = config;
  assert.deepEqual(
    { listen, language, timezone, alerts, job, loki, grafana },
    {
      listen: '0.0.0.0:9403',
      language: 'en',
      timezone: 'UTC',
      alerts: 10,
      job: 'kube-events',
      loki: undefined,
      grafana: undefined,
    },
  );
  const [receiver] = config.receivers;
  assert.deepEqual(receiver?.at.severities, ['critical', 'warning']);
});

test('all faults are told at once, with their places', t => {
  const faults = faultsOf(
    t,
    `timezone: Asia/Beijing2
loki: {url: 'http://loki:3100', tls: {insecureSkipVerify: true}, basicAuth: {username: a}, batch: {}}
receivers:
  - name: ops
    type: dingtalk
    format: actionCard
    at: {mobiles: ['13800000000'], here: true}
    secretEnv: NO_SUCH_SECRET
  - name: ops
    type: slack
    urlFile: DIR/url
    urlEnv: NO_SUCH_URL
    keyword: k8s
    template: DIR/none.liquid
  - {name: hook, type: webhook, url: 'ftp://x', colour: red}
ignore: [{labels: {namespace: '/(/'}}]
`,
  );
  assert.deepEqual(
    faults,
    [
      '1:1: timezone: expected the name of a time zone, as in Asia/Shanghai or UTC',
      '2:92: loki.batch: unknown key; the keys here are url, tenant, basicAuth, bearerTokenFile, bearerTokenEnv, headers, tls, timeoutSeconds, concurrency, rangeSeconds',
      '16:20: ignore.0.labels.namespace: error parsing regexp: missing closing ): `(`',
      '15:33: receivers.2.url: expected an http:// or https:// URL',
      '15:49: receivers.2.colour: unknown key; the keys here are name, type, urlFile, urlEnv, url, secretFile, secretEnv, bearerTokenFile, bearerTokenEnv, format, keyword, at, language, timezone, template, rate, timeoutSeconds, ignore',
      '2:66: loki.basicAuth: needs passwordFile or passwordEnv too',
      '2:39: loki.tls.insecureSkipVerify: has no meaning for an http:// URL: give loki.url with https://',
      '7:36: receivers.0.at.here: has no meaning for type dingtalk, only for slack: remove it',
      '5:5: receivers.0.type: needs the URL of the robot or webhook too: give urlFile or urlEnv',
      '8:5: receivers.0.secretEnv: the environment variable NO_SUCH_SECRET is not set',
      '7:5: receivers.0.at: an actionCard can’t mention anybody: remove it, or set format to markdown',
      '13:5: receivers.1.keyword: has no meaning for type slack, only for dingtalk, feishu, lark: remove it',
      '12:5: receivers.1.urlEnv: not together with receivers.1.urlFile: give one of receivers.1.urlFile, receivers.1.urlEnv',
      '12:5: receivers.1.urlEnv: the environment variable NO_SUCH_URL is not set',
      "14:5: receivers.1.template: can't be read: ENOENT: no such file or directory, access 'none.liquid'",
      '9:5: receivers.1.name: a receiver before has the name ops already',
    ].map(fault => `notify.yaml:${fault}`),
  );
});

test('what could end a mark that mentions somebody is no ID', t => {
  const [fault] = faultsOf(
    t,
    'receivers: [{name: a, type: slack, urlFile: DIR/url, at: {ids: ["U1> <!channel"]}}]',
  );
  assert.match(fault ?? '', /receivers\.0\.at\.ids\.0: expected the ID of a member/);
});
