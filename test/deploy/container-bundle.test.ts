import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundle, bundleFiles } from '../../deploy/bundle/bundle.ts';
import { version } from '../../exporter/version.ts';
import { until } from '../chaos/until.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));

describe('the bundle', () => {
  let folder: TemporaryFolder;
  let made: Bundle;
  let program: string;
  let text: string;

  before(async () => {
    folder = temporaryFolder('bundle');
    made = await bundle(join(folder.path, 'dist'));
    program = join(folder.path, 'dist', bundleFiles.program);
    text = await readFile(program, 'utf8');
  });

  after(() => folder?.remove());

  const read = (name: string) => readFile(join(folder.path, 'dist', name), 'utf8');
  const inputs = () => Object.values(made.metafile.outputs).flatMap(output => Object.keys(output.inputs));

  test("imports nothing but Node's own modules, and is one file", () => {
    const outputs = Object.values(made.metafile.outputs);
    assert.equal(outputs.length, 1);
    const imports = outputs.flatMap(output => output.imports.map(({ path }) => path));
    assert.ok(imports.includes('node:sqlite'));
    // Colours for the package debug, which goes without.
    assert.deepEqual(
      imports.filter(path => !isBuiltin(path)),
      ['supports-color'],
    );
  });

  test('has no native module in it: the same file is for every platform', () => {
    assert.deepEqual(
      inputs().filter(path => !/\.(?:[cm]?js|ts|json)$/.test(path) && !/^(?:built-in|left-out):/.test(path)),
      [],
    );
    assert.doesNotMatch(text, /process\.dlopen|node-gyp-build|\.node["'`]\)/);
  });

  test("leaves out client-node's generated API and what only its other parts use", t => {
    const packages = new Set(made.packages.map(({ name }) => name));
    for (const name of ['@kubernetes/client-node', 'undici', 'openid-client', 'socks'])
      assert.ok(packages.has(name), name);
    for (const name of ['ws', 'tar-fs', 'stream-buffers']) assert.ok(!packages.has(name), name);
    const own = inputs().filter(path => path.includes('@kubernetes/client-node'));
    assert.deepEqual(own.map(path => /([^/]+)\.js(?:on)?$/.exec(path)?.[1]).sort(), [
      ...['azure_auth', 'config', 'config_types', 'exec_auth', 'file_auth', 'gcp_auth', 'middleware'],
      ...['oidc_auth', 'package'],
    ]);
    t.diagnostic(`${(made.bytes / 1e6).toFixed(1)} MB, ${packages.size} packages`);
  });

  test('its bill of materials names the packages that are in it, and no other', async () => {
    const sbom = JSON.parse(await read(bundleFiles.sbom));
    assert.equal(sbom.bomFormat, 'CycloneDX');
    assert.equal(sbom.specVersion, '1.5');
    assert.equal(sbom.metadata.component.purl, `pkg:npm/kube-events-loki@${version}`);
    const named: { name: string; version: string; purl: string; hashes: unknown[]; licenses: unknown[] }[] =
      sbom.components;
    assert.deepEqual(
      named.map(component => `${component.name}@${component.version}`).sort(),
      made.packages.map(other => `${other.name}@${other.version}`).sort(),
    );
    for (const component of named) {
      assert.match(component.purl, /^pkg:npm\/.+@\d/);
      assert.ok(component.hashes.length > 0 && component.licenses.length > 0, component.name);
    }
    const references = new Set(named.map(component => `${component.name}@${component.version}`));
    for (const { dependsOn } of sbom.dependencies as { dependsOn: string[] }[]) {
      assert.deepEqual(
        dependsOn.filter(reference => !references.has(reference)),
        [],
      );
    }
  });

  test('the licences of all of them go with it', async () => {
    const licenses = await read(bundleFiles.licenses);
    for (const { name, version, license } of made.packages) {
      assert.ok(licenses.includes(`\n${name} ${version} (${license})\n\n`), name);
    }
    assert.match(licenses, /Copyright/);
  });

  for (const args of [
    ['run', '--help'],
    ['dashboards', '--format', 'configmap'],
    ['rules', '--target', 'grafana'],
  ]) {
    test(`${args.join(' ')}: says what the source says`, async () => {
      const options = { maxBuffer: 64 << 20 };
      const [bundled, unbundled] = await Promise.all([
        run(process.execPath, [program, ...args], options),
        run(process.execPath, [source, ...args], options),
      ]);
      assert.ok(bundled.stdout.length > 0);
      assert.equal(bundled.stdout, unbundled.stdout);
    });
  }

  test('starts quickly', async t => {
    const starts: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      const begin = performance.now();
      const { stdout } = await run(process.execPath, [program, '--version']);
      starts.push(performance.now() - begin);
      assert.equal(stdout, `${version}\n`);
    }
    t.diagnostic(`--version in ${Math.min(...starts).toFixed()} ms, the quickest of ${starts.length}`);
  });

  /** What client-node has authenticators for besides those that a real API server takes. */
  const providers = {
    oidc: (token: string) => ({ name: 'oidc', config: { 'id-token': token, 'refresh-token': 'r' } }),
    gcp: (token: string) => ({
      name: 'gcp',
      config: {
        'cmd-path': process.execPath,
        'cmd-args': `"${join(folder.path, 'gcloud.cjs')}" ${token}`,
        'token-key': '{.credential.token}',
        'expiry-key': '{.credential.expiry}',
      },
    }),
  };
  for (const [name, provider] of Object.entries(providers)) {
    test(`asks the auth provider ${name} for its token`, async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = `${part({ alg: 'none' })}.${part({ exp: 4_000_000_000 })}.x`;
      await using api = await new FakeApiServer({ token }).start();
      const file = join(folder.path, `${name}.kubeconfig`);
      await api.writeKubeconfig(file);
      const config = (await readFile(file, 'utf8')).replace(
        /user:\n\s+token: .*\n/,
        `user: {auth-provider: ${JSON.stringify(provider(token))}}\n`,
      );
      assert.match(config, /auth-provider/);
      await writeFile(
        join(folder.path, 'gcloud.cjs'),
        "console.log(JSON.stringify({ credential: { token: process.argv[2], expiry: '2099-01-01T00:00:00Z' } }))",
      );
      await writeFile(file, config);
      const args = [program, 'run', '--dry-run', '--kubeconfig', file, '--listen', '127.0.0.1:0'];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const exited = new Promise(resolve => child.once('exit', resolve));
      try {
        await until('a watch is open', 30, () => api.openWatches > 0);
      } finally {
        child.kill('SIGKILL');
        await exited;
      }
    });
  }
});
