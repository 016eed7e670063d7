import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from '../exporter/config/config-error.ts';
import { ruleGroups } from './catalogue.ts';
import { rulesConfigSchema } from './config.ts';
import { loadRulesConfig } from './config-file.ts';
import { rulesConfigFlags } from './config-flags.ts';
import { secondsOf } from './duration.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-config-'));
const file = join(folder, 'rules.yaml');
after(() => rmSync(folder, { recursive: true }));

/** The faults of a file, without the folder in front. */
function faults(yaml: string, given: Record<string, string> = {}): string[] {
  writeFileSync(file, yaml);
  try {
    loadRulesConfig(file, given);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(file, 'rules.yaml').split('\n');
  }
  return [];
}

const late = (window: string, held: string, interval: string) =>
  `window ${window} is shorter than for ${held}, the interval ${interval} and 6m together: ` +
  'entries arrive up to 6m late, and one would be out of the window before it fires; give a longer window';

test('nothing is needed, and the defaults have no fault', () => {
  assert.deepEqual(loadRulesConfig(undefined), rulesConfigSchema.parse({}));
});

test('flags win over the file', () => {
  writeFileSync(file, 'language: zh\njob: a\nrules: {CrashLoop: {threshold: 7}}\n');
  const config = loadRulesConfig(file, { '--job': 'b', '--runbooks': 'https://docs.example.org' });
  assert.deepEqual(
    [config.language, config.job, config.runbooks, config.rules['CrashLoop']],
    [
      'zh',
      'b',
      'https://docs.example.org',
      { ...rulesConfigSchema.parse({}).rules['CrashLoop'], threshold: 7 },
    ],
  );
});

test('every fault is told at once, with its place, the key and what is accepted', () => {
  const yaml = [
    'language: fr',
    'labels: {severity: x, team: a, 1a: b}',
    'selector: environment=prod',
    'clusterLabel: a-b',
    'runbooks: docs',
    'rules:',
    '  CrashLoop:',
    '    window: 5m',
    '    threshold: many',
    '    windw: 3',
    '  WarningSpike: {for: 20m, baseline: 0s, enabled: no}',
  ].join('\n');
  assert.deepEqual(faults(yaml, { '--job': 'a"b' }).sort(), [
    '--job a"b: expected a value without quotes, braces, $ and \\',
    `rules.yaml:10:5: rules.CrashLoop.windw: unknown key; the keys here are enabled, severity, for, interval, threshold, window`,
    `rules.yaml:11:18: rules.WarningSpike.for: ${late('15m', '20m', '1m')}`,
    'rules.yaml:11:28: rules.WarningSpike.baseline: expected a duration above 0, as in 90s, 15m or 6h',
    'rules.yaml:11:42: rules.WarningSpike.enabled: Invalid input: expected boolean, received string',
    'rules.yaml:1:1: language: Invalid option: expected one of "en"|"zh"',
    'rules.yaml:2:10: labels.severity: alerts have this label already; give another name',
    'rules.yaml:2:32: labels.1a: expected names of labels (letters, digits and _) with a text each',
    'rules.yaml:3:1: selector: expected matchers of LogQL, as in environment="prod", team!="test"',
    'rules.yaml:4:1: clusterLabel: expected the name of a label: letters, digits and _',
    'rules.yaml:5:1: runbooks: expected an http:// or https:// URL',
    `rules.yaml:8:5: rules.CrashLoop.window: ${late('5m', '0s', '1m')}`,
    'rules.yaml:9:5: rules.CrashLoop.threshold: Invalid input: expected number, received string',
  ]);
});

test('an unknown rule gets the known ones', () => {
  const names = ruleGroups.flatMap(group => group.rules.map(rule => rule.name));
  assert.deepEqual(faults('rules:\n  CrashLop: {threshold: 1}\n'), [
    `rules.yaml:2:3: rules.CrashLop: unknown key; the keys here are ${names.join(', ')}`,
  ]);
});

test('a window has to hold an entry that is six minutes late until it has fired', () => {
  const crashLoop = (settings: string) => faults(`rules: {CrashLoop: {${settings}}}`);
  assert.deepEqual(crashLoop('window: 7m'), []);
  assert.deepEqual(crashLoop('window: 419s'), [
    `rules.yaml:1:21: rules.CrashLoop.window: ${late('419s', '0s', '1m')}`,
  ]);
  assert.deepEqual(crashLoop('window: 15m, for: 8m'), []);
  assert.deepEqual(crashLoop('window: 15m, for: 9m'), [
    `rules.yaml:1:21: rules.CrashLoop.window: ${late('15m', '9m', '1m')}`,
  ]);
  assert.deepEqual(crashLoop('interval: 25m'), [
    `rules.yaml:1:21: rules.CrashLoop.interval: ${late('30m', '0s', '25m')}`,
  ]);
  assert.deepEqual(crashLoop('enabled: false, window: 1m'), []);
  assert.deepEqual(
    crashLoop('window: soon').map(fault => fault.split(': ').at(-1)),
    ['expected a duration above 0, as in 90s, 15m or 6h'],
  );
});

test('a label is refused that alerts have of their own, also where another key is at fault', () => {
  const message = 'alerts have this label already; give another name';
  assert.deepEqual(faults('labels: {cluster: a, node: b, alertname: c, __x: d, team: e}'), [
    `rules.yaml:1:10: labels.cluster: ${message}`,
    `rules.yaml:1:22: labels.node: ${message}`,
    `rules.yaml:1:31: labels.alertname: ${message}`,
    `rules.yaml:1:45: labels.__x: ${message}`,
  ]);
  assert.equal(faults('clusterLabel: k8s\nlabels: {cluster: a}').length, 0);
  assert.equal(faults('clusterLabel: k8s\nlabels: {k8s: a}\nlanguage: fr').length, 2);
  // Data without clusters gets its cluster here.
  assert.deepEqual(faults('profile: alloy\nlabels: {cluster: prod}'), []);
});

test('matchers that are none of LogQL are refused', () => {
  for (const selector of [
    'environment',
    '{a="b"}',
    'a="b",',
    'a="b" c="d"',
    'a="b"} | x',
    'a==“b”',
    'a="b\n"',
  ]) {
    assert.equal(faults(`selector: ${JSON.stringify(selector)}`).length, 1, selector);
  }
  for (const selector of ['', 'a="b"', 'a="b", c=~"d|\\"}e" ,f!="", g !~ "h"']) {
    assert.deepEqual(faults(`selector: ${JSON.stringify(selector)}`), [], selector);
  }
});

test('each flag is a key, named like it', () => {
  for (const { flag, key } of rulesConfigFlags) {
    assert.equal(
      flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      key.join('.'),
    );
    assert.ok(key.join('.') in rulesConfigSchema.shape);
  }
});

test('durations are those of Loki and Prometheus', () => {
  const read = ['0s', '90s', '1h30m', '2d', '1w1d', '1m1h', '', '5', '1.5h', '10ms', '-1s'].map(secondsOf);
  const none = undefined;
  assert.deepEqual(read, [0, 90, 5400, 172_800, 691_200, none, none, none, none, none, none]);
});
