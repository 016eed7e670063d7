import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { rulesConfigFlags } from '../../alert-rules/config-flags.ts';
import type { Target } from '../../alert-rules/targets/target.ts';
import { targets } from '../../alert-rules/targets/targets.ts';
import { ConfigError } from '../config/config-error.ts';
import { rules } from './rules.ts';
import { type RulesOptions, rulesFlags } from './rules-flags.ts';

const names = ruleGroups.flatMap(group => group.rules.map(rule => rule.name));

function run(options: RulesOptions): { exitCode: number; output: string; errors: string } {
  const texts = { output: '', errors: '' };
  const writer = (to: keyof typeof texts) => ({
    write(text: string) {
      texts[to] += text;
    },
  });
  return { exitCode: rules(options, writer('output'), writer('errors')), ...texts };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'rules-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

interface RulerFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

const rulesOf = (text: string) => (parse(text) as RulerFile).groups.flatMap(group => group.rules);

test("writes each target's files to a folder that it makes, as they are in alert-rules/out, and says where", t => {
  for (const target of Object.keys(targets)) {
    const out = join(folder(t), 'a', target);
    const { exitCode, output, errors } = run({ target, out });
    assert.deepEqual([exitCode, errors], [0, ''], target);
    const paths = output.trim().split('\n');
    assert.ok(paths.length > 0);
    for (const path of paths) {
      const committed = new URL(`../../alert-rules/out/${target}${path.slice(out.length)}`, import.meta.url);
      assert.equal(readFileSync(path, 'utf8'), readFileSync(committed, 'utf8'), path);
    }
  }
});

test('a target of one file goes to stdout', t => {
  const out = folder(t);
  run({ out });
  for (const options of [{}, { target: 'ruler', out: '-' }]) {
    assert.deepEqual(run(options), {
      exitCode: 0,
      output: readFileSync(join(out, readdirSync(out).join()), 'utf8'),
      errors: '',
    });
  }
});

test('what the file and the flags say ends up in the rules', t => {
  const config = join(folder(t), 'rules.yaml');
  writeFileSync(
    config,
    'job: events\nlanguage: zh\nrules: {CrashLoop: {threshold: 9}, WarningSpike: {enabled: false}}\n',
  );
  const { exitCode, output } = run({ config, clusterLabel: 'k8s', language: 'en' });
  assert.equal(exitCode, 0);
  const written = rulesOf(output);
  assert.ok(!written.some(({ alert }) => alert === 'WarningSpike'));
  const expression = written.find(({ alert }) => alert === 'CrashLoop')?.expr ?? '';
  assert.match(expression, /^\(sum by \(k8s, namespace, workload\) \(.*\{job="events", .*\) >= 9$/);
  assert.doesNotMatch(output, /\p{Script=Han}/u);
});

test('options of a target end up in its files', () => {
  const { output } = run({
    target: 'loki-operator',
    namespace: 'loki',
    tenant: 'events',
    resourceLabel: 'rules=loki',
  });
  const resource = parse(output) as { metadata: object; spec: { tenantID: string } };
  assert.deepEqual(resource.metadata, { name: 'kube-events', namespace: 'loki', labels: { rules: 'loki' } });
  assert.equal(resource.spec.tenantID, 'events');
  assert.match(run({ target: 'grafana', folder: 'Alerts' }).output, /^ {4}folder: Alerts$/m);
  assert.doesNotMatch(run({ target: 'configmap', tenant: '' }).output, /annotations:\n {4}k8s-sidecar/);
});

test('what is not known or of no use is refused with what is', () => {
  const known = Object.keys(targets).join(', ');
  const heeding = (option: string) =>
    Object.entries<Target>(targets)
      .filter(([, { options = {} }]) => option in options)
      .map(([name]) => name)
      .join(', ');
  const refused: readonly [RulesOptions, string][] = [
    [{ target: 'mimir' }, `--target mimir is not known; it can be ${known}\n`],
    [
      { target: 'ruler', resourceLabel: 'a=b' },
      `--resource-label is of no use to the target ruler, only to ${heeding('resourceLabel')}\n`,
    ],
    [
      { target: 'grafana', tenant: 'a' },
      `--tenant is of no use to the target grafana, only to ${heeding('tenant')}\n`,
    ],
    [{ target: 'configmap', resourceLabel: 'a' }, '--resource-label a: write it as NAME=VALUE\n'],
  ];
  for (const [options, message] of refused) {
    assert.deepEqual(run(options), { exitCode: 2, output: '', errors: message });
  }
});

test('faults of the configuration are told all at once', t => {
  const config = join(folder(t), 'rules.yaml');
  writeFileSync(config, 'rules: {CrashLop: {}}\nlanguage: fr\n');
  assert.throws(
    () => run({ config, job: 'a"b' }),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.message.split('\n').length, 3);
      return true;
    },
  );
});

test('a folder that cannot be written to fails', t => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  const { exitCode, errors } = run({ out: join(file, 'below') });
  assert.equal(exitCode, 1);
  assert.match(errors, /give --out a folder that can be written to\n$/);
});

test('--list says what there is', () => {
  const { exitCode, output } = run({ list: true });
  assert.equal(exitCode, 0);
  for (const name of [...Object.keys(targets), ...names])
    assert.match(output, new RegExp(`^ {2}${name} +\\S`, 'm'));
});

test('each flag is an option once, and each flag of the configuration is one', () => {
  const flags = rulesFlags.map(({ flag }) => flag);
  assert.equal(new Set(flags).size, flags.length);
  for (const { flag } of rulesConfigFlags) assert.ok(flags.includes(flag), flag);
});
