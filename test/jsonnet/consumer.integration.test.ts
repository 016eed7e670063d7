import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { needBinaries } from '../servers/binaries.ts';
import { skipWithout } from '../servers/require.ts';

const run = promisify(execFile);
const skip = await skipWithout('jsonnet');
const consumer = fileURLToPath(new URL('consumer/', import.meta.url));
const library = fileURLToPath(new URL('../../jsonnet/', import.meta.url));

interface JsonnetFile {
  readonly dependencies: readonly {
    readonly source: { readonly local: { readonly directory: string } };
    readonly name?: string;
  }[];
}

/** The consumer's project elsewhere, with its dependencies in vendor/ as its jsonnetfile names them. */
function vendored(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kube-events-consumer-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(consumer, 'main.jsonnet'), join(folder, 'main.jsonnet'));
  const { dependencies } = JSON.parse(
    readFileSync(join(consumer, 'jsonnetfile.json'), 'utf8'),
  ) as JsonnetFile;
  for (const { source, name } of dependencies) {
    const from = resolve(consumer, source.local.directory);
    cpSync(from, join(folder, 'vendor', name ?? basename(from)), { recursive: true });
  }
  return folder;
}

test('a project of ten lines renders it together with another mixin', { skip }, async t => {
  const { jsonnet } = await needBinaries('jsonnet');
  const folder = vendored(t);
  await run(jsonnet, ['-J', 'vendor', '-c', '-m', 'out', 'main.jsonnet'], { cwd: folder });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, 'out', name), 'utf8'));
  const names = ['exporter', 'nodes', 'object', 'overview', 'scheduling', 'warnings'];
  assert.deepEqual(
    readdirSync(join(folder, 'out/dashboards')).sort(),
    [...names.map(name => `ours-${name}.json`), 'overview.json'].sort(),
  );
  assert.deepEqual(read('dashboards/overview.json'), { title: 'Another overview', refresh: '30s' });
  // What both call `job`, `refresh` and `tags` stays apart.
  const ours = read('dashboards/ours-overview.json');
  assert.deepEqual([ours.uid, ours.refresh, ours.tags[0]], ['ours-overview', '1m', 'kube-events']);
  const groups = read('prometheus-alerts.json').groups as { name: string }[];
  assert.equal(groups[0]?.name, 'other');
  assert.ok(groups.length > 1);
  const rules = (
    read('loki-rules.json').groups as { rules: { alert?: string; record?: string; expr: string }[] }[]
  ).flatMap(group => group.rules);
  assert.match(rules.find(({ alert }) => alert === 'CrashLoop')?.expr ?? '', />= 5$/);
  assert.ok(rules.some(({ record }) => record !== undefined));
});

test('each command of lib/ renders its part', { skip }, async t => {
  const { jsonnet } = await needBinaries('jsonnet');
  const folder = vendored(t);
  const lib = join(folder, 'vendor/kube-events-loki/lib');
  const { stdout } = await run(jsonnet, ['-c', '-m', 'out', join(lib, 'dashboards.jsonnet')], {
    cwd: folder,
  });
  assert.equal(stdout.trim().split('\n').length, 6);
  const names = async (file: string, key: 'alert' | 'record') => {
    const { stdout: text } = await run(jsonnet, ['-S', join(lib, file)], { maxBuffer: 64 << 20 });
    const { groups } = parse(text) as { groups: { rules: Record<string, string>[] }[] };
    return groups.flatMap(group => group.rules.flatMap(rule => rule[key] ?? []));
  };
  assert.ok((await names('loki-rules.jsonnet', 'alert')).includes('WarningSpike'));
  assert.ok((await names('loki-rules.jsonnet', 'record')).length >= 4);
  assert.ok((await names('prometheus-alerts.jsonnet', 'alert')).includes('KubeEventsDropping'));
});

test('the library is formatted, and the linter finds nothing', { skip }, async () => {
  const { jsonnetfmt, 'jsonnet-lint': lint } = await needBinaries('jsonnet');
  const files = readdirSync(library, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(?:lib|j)sonnet$/.test(name))
    .map(name => join(library, name));
  const own = [join(consumer, 'main.jsonnet'), join(consumer, 'other-mixin/mixin.libsonnet')];
  assert.ok(files.length >= 8);
  await run(jsonnetfmt, ['--test', ...files, ...own]);
  for (const file of files) await run(lint, [file]);
});
