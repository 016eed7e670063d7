import assert from 'node:assert/strict';
import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { bundleFiles } from '../../deploy/bundle/bundle.ts';
import { version } from '../../exporter/version.ts';
import { until } from '../chaos/until.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const older = await olderNode();

describe('the npm package, packed and installed into an empty folder', () => {
  let folder: TemporaryFolder;
  /** Where it is installed. */
  let installed: string;
  /** What npm made for people to call. */
  let bin: string;
  let packed: { size: number; unpackedSize: number; files: { path: string; mode: number }[] };

  before(async () => {
    folder = temporaryFolder('package');
    const pack = ['pack', '--json', '--pack-destination', folder.path];
    const { stdout } = await run('npm', pack, { cwd: repository, maxBuffer: 64 << 20 });
    const answer = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
    packed = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
    const home = join(folder.path, 'home');
    await mkdir(home);
    await writeFile(join(home, 'package.json'), '{"private": true}');
    const tarball = join(folder.path, `kube-events-loki-${version}.tgz`);
    await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: home });
    installed = join(home, 'node_modules', 'kube-events-loki');
    bin = join(home, 'node_modules', '.bin', 'kube-events-loki');
  });

  after(() => folder?.remove());

  /** Calls it as a shell would, on the Node of a folder. */
  const call = (args: readonly string[], node = dirname(process.execPath)) =>
    run(bin, args, { env: { ...process.env, PATH: [node, process.env['PATH']].join(delimiter) } });

  test('has the bundle, what starts it, what is inside of it, and the texts that every package has', t => {
    const files = packed.files.map(({ path }) => path).sort();
    const expected = [
      ...Object.values(bundleFiles).map(name => `dist/${name}`),
      ...['LICENSE', 'README.md', 'package.json'],
    ];
    assert.deepEqual(files, expected.sort());
    const [size, unpacked] = [packed.size, packed.unpackedSize].map(bytes => (bytes / 1e6).toFixed(1));
    t.diagnostic(`${size} MB packed, ${unpacked} MB unpacked`);
  });

  test('brings nothing else with it, and runs no script at its installation', async () => {
    const others = (await readdir(dirname(installed))).filter(name => !name.startsWith('.'));
    assert.deepEqual(others, ['kube-events-loki']);
    const { scripts = {} } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.ok(!(name in scripts), name);
    assert.ok((await stat(bin)).mode & 0o111);
  });

  test('publint has nothing to say', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, level: 'suggestion', pack: false });
    assert.deepEqual(
      messages.map(message => formatMessage(message, pkg, { color: false })),
      [],
    );
  });

  test('is a command and no library: it can be imported by no path, and needs no types', async () => {
    const importing = run(process.execPath, ['-e', "import('kube-events-loki')"], {
      cwd: dirname(dirname(installed)),
    });
    await assert.rejects(importing, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  test('--version, explain, dashboards, rules', async () => {
    assert.equal((await call(['--version'])).stdout, `${version}\n`);
    assert.match((await call(['explain', 'FailedScheduling'])).stdout, /FailedScheduling/);
    assert.match((await call(['dashboards', '--list'])).stdout, /overview/);
    assert.match((await call(['rules', '--list'])).stdout, /ruler/);
  });

  test('run --dry-run shows the events of a cluster', async () => {
    await using api = await new FakeApiServer().start();
    api.append({
      type: 'ADDED',
      object: {
        metadata: { name: 'a', namespace: 'shop', uid: 'uid-a', resourceVersion: '5' },
        involvedObject: { kind: 'Pod', name: 'web' },
        message: 'Back-off restarting failed container',
        reason: 'BackOff',
        type: 'Warning',
        lastTimestamp: '2026-05-01T10:00:00Z',
      },
    } as Parameters<FakeApiServer['append']>[0]);
    const kubeconfig = join(folder.path, 'kubeconfig');
    await api.writeKubeconfig(kubeconfig);
    const args = ['run', '--dry-run', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0'];
    const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
    const child = spawn(bin, args, { env });
    const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
    let shown = '';
    let log = '';
    child.stdout.on('data', chunk => {
      shown += chunk;
    });
    child.stderr.on('data', chunk => {
      log += chunk;
    });
    try {
      await until('the event is shown', 30, () => shown.includes('\n'));
      assert.match(shown, /Pod\/web: Back-off restarting failed container/);
    } finally {
      child.kill('SIGTERM');
    }
    assert.equal(await exited, 0, log);
  });

  describe('on an older Node', () => {
    const says = (found: string) =>
      new RegExp(`^kube-events-loki needs Node\\.js 24 or newer; this is ${found} of \\S+\\n$`);

    test('says in one line what it needs', async () => {
      const pretend = join(folder.path, 'older.cjs');
      await writeFile(
        pretend,
        [
          "Object.defineProperty(process.versions, 'node', { value: '22.19.0' });",
          "Object.defineProperty(process, 'version', { value: 'v22.19.0' });",
        ].join('\n'),
      );
      const answer = await failure(run(process.execPath, ['--require', pretend, bin, '--version']));
      assert.equal(answer.code, 1);
      assert.match(answer.stderr ?? '', says('v22\\.19\\.0'));
    });

    test('so does a real one', { skip: older ? false : 'there is no older Node on PATH' }, async () => {
      assert.ok(older);
      const answer = await failure(call(['run'], dirname(older.path)));
      assert.equal(answer.code, 1);
      assert.match(answer.stderr ?? '', says(older.version.replaceAll('.', '\\.')));
    });

    test('what says so is in the words of ES5, which the oldest can read', async () => {
      const launcher = await readFile(join(installed, 'dist', bundleFiles.launcher), 'utf8');
      const options = { minifySyntax: false, keepNames: false } as const;
      // What has to be rewritten for ES5 isn't ES5; esbuild refuses what it can't rewrite.
      const [old, recent] = await Promise.all(
        ['es5', 'esnext'].map(target => transform(launcher, { ...options, target })),
      );
      assert.equal(old?.code, recent?.code);
      assert.doesNotMatch(launcher, /,\s*\)|import\(/);
    });
  });
});

/** What a command says that fails. */
function failure(command: Promise<unknown>): Promise<ExecFileException> {
  return command.then(
    () => assert.fail('it went well'),
    (error: ExecFileException) => error,
  );
}

/** The first Node on PATH that is too old. */
async function olderNode(): Promise<{ path: string; version: string } | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const version = (await run(path, ['--version'])).stdout.trim();
    if (Number.parseInt(version.slice(1), 10) < 24) return { path, version };
  }
  return undefined;
}
