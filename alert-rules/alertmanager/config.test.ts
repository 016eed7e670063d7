import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { z } from 'zod';
import { rulesConfigSchema } from '../config.ts';
import { renderRules } from '../render.ts';
import { alertmanager } from '../targets/alertmanager.ts';
import { filesOf } from '../targets/target.ts';
import { inhibitions } from './inhibition.ts';

type Given = z.input<typeof rulesConfigSchema>;

function filesFor(given: Given): ReadonlyMap<string, string> {
  const config = rulesConfigSchema.parse(given);
  return filesOf(alertmanager, renderRules(config), config);
}

const everywhere = { critical: 'a', warning: 'a', info: 'a', watchdog: 'a' };

test('Watchdog and what others send are never muted', () => {
  const config = rulesConfigSchema.parse({ heartbeat: true });
  const groups = renderRules(config);
  const names = groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  const targets = inhibitions(groups, 'cluster').map(({ target_matchers }) =>
    target_matchers
      .map(matcher => /^alertname=~?"([^"]*)"$/.exec(matcher)?.[1])
      .find(found => found !== undefined),
  );
  assert.ok(targets.length > 4);
  for (const target of targets) {
    const muted = target?.split('|') ?? [];
    assert.ok(muted.length > 0);
    assert.deepEqual(
      muted.filter(name => !names.includes(name) || name === 'Watchdog'),
      [],
    );
  }
});

test('what a label tells apart is muted only where an alert has the label', () => {
  const rules = inhibitions(renderRules(rulesConfigSchema.parse({})), 'cluster');
  for (const { source_matchers, target_matchers, equal } of rules) {
    for (const label of ['node', 'workload'].filter(label => equal.includes(label))) {
      const matchers = [...source_matchers, ...target_matchers];
      assert.ok(matchers.includes(`${label}!=""`), `${label} of ${matchers.join()}`);
    }
  }
});

test('a rule that is off is nowhere', () => {
  const text = filesFor({ rules: { NodeNotReady: { enabled: false } } }).get('alertmanager.yml') ?? '';
  assert.doesNotMatch(text, /NodeNotReady"/);
  assert.match(filesFor({}).get('alertmanager.yml') ?? '', /NodeNotReady"/);
});

test('secrets are in files', () => {
  const receivers = { a: { slack: { urlEnv: 'SLACK_URL' } } };
  assert.throws(
    () => filesFor({ notifications: { receivers, routes: everywhere } }),
    /receiver a\.slack: Alertmanager reads its URL from a file: set urlFile/,
  );
});

test('two services are not one receiver of the bridge', () => {
  const receivers = { a: { feishu: {}, wecom: {} } };
  assert.throws(
    () => filesFor({ notifications: { receivers, routes: everywhere } }),
    /a\.feishu and a\.wecom are both a at the bridge/,
  );
});

test('with a template of its own, a team gets none of ours', () => {
  const files = filesFor({ notifications: { template: 'team-*.tmpl' } });
  assert.deepEqual([...files.keys()], ['alertmanager.yml']);
  const { templates } = parse(files.get('alertmanager.yml') ?? '') as { templates: unknown };
  assert.deepEqual(templates, ['team-*.tmpl']);
});
