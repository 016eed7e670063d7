import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { profileNames } from '../../dashboards/profile.ts';
import { formatDashboard, renderDashboards } from '../../dashboards/render.ts';
import { targets } from '../../dashboards/targets/targets.ts';
import { dashboards } from './dashboards.ts';
import { type DashboardsOptions, dashboardsFlags } from './dashboards-flags.ts';

const names = [...renderDashboards({ profile: 'default' }).keys()];

function run(options: DashboardsOptions): { exitCode: number; output: string; errors: string } {
  const texts = { output: '', errors: '' };
  const writer = (to: keyof typeof texts) => ({
    write(text: string) {
      texts[to] += text;
    },
  });
  return { exitCode: dashboards(options, writer('output'), writer('errors')), ...texts };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'dashboards-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('writes every dashboard to a folder that it makes, and says where', t => {
  const out = join(folder(t), 'a', 'b');
  const { exitCode, output, errors } = run({ out });
  assert.deepEqual([exitCode, errors], [0, '']);
  assert.equal(output, names.map(name => `${join(out, name)}.json\n`).join(''));
  for (const [name, dashboard] of renderDashboards({ profile: 'default' })) {
    assert.equal(readFileSync(join(out, `${name}.json`), 'utf8'), formatDashboard(dashboard));
  }
});

test('writes files below folders', t => {
  const out = folder(t);
  const { exitCode } = run({ out, format: 'provisioning', path: '/srv/dashboards' });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    readdirSync(join(out, 'dashboards', 'kube-events')),
    names.map(name => `${name}.json`).toSorted(),
  );
  const provider = parse(readFileSync(join(out, 'provisioning/dashboards/kube-events.yaml'), 'utf8')) as {
    providers: { options: { path: string } }[];
  };
  assert.equal(provider.providers[0]?.options.path, '/srv/dashboards');
});

test('one dashboard goes to stdout', () => {
  for (const out of [undefined, '-']) {
    const { exitCode, output } = run({ dashboard: 'overview', ...(out !== undefined && { out }) });
    assert.equal(exitCode, 0);
    assert.equal((JSON.parse(output) as { uid: string }).uid, 'kube-events-overview');
  }
});

test('resources go to stdout as one stream for kubectl', () => {
  const { exitCode, output } = run({ format: 'configmap', namespace: 'monitoring' });
  assert.equal(exitCode, 0);
  const resources = parseAllDocuments(output).map(document => document.toJS() as { kind: string });
  assert.deepEqual(
    resources.map(({ kind }) => kind),
    names.map(() => 'ConfigMap'),
  );
});

test('profile, job and cluster label end up in the queries', () => {
  const { output } = run({
    dashboard: 'overview',
    profile: 'k8s-monitoring',
    job: 'events',
    clusterLabel: 'k8s_cluster',
  });
  assert.match(output, /\{job=\\"events\\", k8s_cluster=~\\"\$cluster\\"/);
  assert.doesNotMatch(output, /eventhandler/);
});

test('a cluster label is one that the data has, whatever the profile says', () => {
  const { output } = run({ dashboard: 'overview', profile: 'alloy', clusterLabel: 'cluster' });
  assert.match(output, /\{job=\\"loki\.source\.kubernetes_events\\", cluster=~\\"\$cluster\\"/);
  assert.match(output, /"name": "cluster"/);
});

test('links lead to the docs where there are any', () => {
  const docs = 'https://docs.example.org/events';
  assert.match(
    run({ dashboard: 'warnings', docs: `${docs}/` }).output,
    /https:\/\/docs\.example\.org\/events\/\w/,
  );
  assert.doesNotMatch(run({ dashboard: 'warnings' }).output, /docs\.example/);
});

test('what is not known is refused with what is', () => {
  const refused: readonly [DashboardsOptions, string][] = [
    [{ profile: 'loki' }, `--profile loki is not known; it can be ${profileNames.join(', ')}\n`],
    [{ format: 'yaml' }, `--format yaml is not known; it can be ${Object.keys(targets).join(', ')}\n`],
    [{ dashboard: 'all' }, `--dashboard all is not known; it can be ${names.join(', ')}\n`],
    [
      { dashboard: 'overview', namespace: 'monitoring' },
      '--namespace is of no use to the format json, only to configmap, grafana-operator, v2\n',
    ],
    [
      { format: 'v2', dashboard: 'overview', path: '/srv' },
      '--path is of no use to the format v2, only to provisioning\n',
    ],
    [{ job: '' }, '--job : it cannot be empty, nor have quotes, braces, $, @ or \\ in it\n'],
    [{ job: 'a"b' }, '--job a"b: it cannot be empty, nor have quotes, braces, $, @ or \\ in it\n'],
    [{ docs: 'docs' }, '--docs docs: write it as https://…\n'],
    [{ selector: 'prod' }, '--selector prod: write it as environment="prod", team=~"a|b"\n'],
    [{ selector: 'a="b"} | c="' }, '--selector a="b"} | c=": write it as environment="prod", team=~"a|b"\n'],
    [{ uidPrefix: 'a/b' }, '--uid-prefix a/b: it has at most 30 letters, digits, - and _\n'],
    [{ tags: 'a,,b' }, '--tags a,,b: write them as kube-events,loki\n'],
    [{ refresh: '1 min' }, '--refresh 1 min: write it as 30s, 1m or off\n'],
    [{ datasource: '$loki' }, '--datasource $loki: it is the name or the uid of a data source\n'],
    [{ clusterLabel: 'k8s-cluster' }, '--cluster-label k8s-cluster: a label has letters, digits and _\n'],
    [{ format: 'grafana-operator', instance: 'main' }, '--instance main: write it as LABEL=VALUE\n'],
  ];
  for (const [options, message] of refused) {
    assert.deepEqual(run(options), { exitCode: 2, output: '', errors: message });
  }
});

test('several files that make no stream are refused', () => {
  const files = run({ format: 'provisioning', dashboard: 'overview' });
  assert.deepEqual(files, {
    exitCode: 2,
    output: '',
    errors: '2 files cannot go to stdout as one: give --out DIR\n',
  });
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
  for (const name of [...profileNames, ...Object.keys(targets), ...names]) {
    assert.match(output, new RegExp(`^ {2}${name} +\\S`, 'm'));
  }
  assert.match(output, /^ {2}alloy +.* \(job loki\.source\.kubernetes_events\)$/m);
});

test('--annotation prints the query of the profile', () => {
  const { exitCode, output } = run({ annotation: true, profile: 'k8s-monitoring' });
  assert.equal(exitCode, 0);
  assert.match(
    (JSON.parse(output) as { expr: string }).expr,
    /^\{job="integrations\/kubernetes\/eventhandler"\}/,
  );
});

test('flags are named like their options', () => {
  for (const [name, { flag }] of Object.entries(dashboardsFlags)) {
    assert.equal(
      flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      name,
    );
  }
});
