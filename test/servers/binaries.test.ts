import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { cacheFolder, locate } from './binaries.ts';
import { temporaryFolder } from './warden.ts';

async function program(folder: string, name: string, script = '#!/bin/sh\n'): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

/** A machine with nothing on it. */
function machine(root: string): { env: NodeJS.ProcessEnv; path: string } {
  const path = join(root, 'bin');
  return { env: { PATH: path, XDG_CACHE_HOME: join(root, 'cache') }, path };
}

/** Stands in for Go: writes the program that the build is asked for, and a line for each time it ran. */
const FAKE_GO = `#!/bin/sh
if [ "$1" = version ]; then exit 0; fi
echo "$@" >> "$GO_LOG"
if [ -n "$GO_FAILS" ]; then echo 'undefined: nonsense' >&2; exit 1; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\n' > "$2/server"
/bin/chmod +x "$2/server"
`;

test('PATH comes first, and only with all programs of the server', async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env, path } = machine(folder.path);
  assert.equal(await locate('loki', { env, build: false }), undefined);
  const loki = await program(path, 'loki');
  const logcli = await program(path, 'logcli');
  assert.equal(await locate('loki', { env, build: false }), undefined);
  const lokitool = await program(path, 'lokitool');
  await program(await cacheFolder('loki', env), 'loki');
  assert.deepEqual(await locate('loki', { env, build: false }), { loki, logcli, lokitool });
});

test('the cache comes second, by the names that Go gives', async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env, path } = machine(folder.path);
  const cached = await program(await cacheFolder('etcd', env), 'server');
  assert.deepEqual(await locate('etcd', { env, build: false }), { etcd: cached });
  const onPath = await program(path, 'etcd');
  assert.deepEqual(await locate('etcd', { env, build: false }), { etcd: onPath });
});

test('a program that may not be executed does not count', async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env, path } = machine(folder.path);
  await chmod(await program(path, 'kwok'), 0o644);
  assert.equal(await locate('kwok', { env, build: false }), undefined);
});

test('without a Go toolchain nothing is built', async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env } = machine(folder.path);
  assert.equal(await locate('etcd', { env }), undefined);
});

test('two at once build the same server once, and say so', async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env, path } = machine(folder.path);
  const log = join(folder.path, 'go.log');
  await program(path, 'go', FAKE_GO);
  const lines: string[] = [];
  const options = { env: { ...env, GO_LOG: log }, onProgress: (line: string) => lines.push(line) };
  const [first, second] = await Promise.all([locate('etcd', options), locate('etcd', options)]);
  assert.deepEqual(first, { etcd: join(await cacheFolder('etcd', env), 'server') });
  assert.deepEqual(second, first);
  assert.equal((await readFile(log, 'utf8')).trim().split('\n').length, 1);
  assert.ok(
    lines.some(line => /Building etcd with Go \(once/.test(line)),
    lines.join('\n'),
  );
});

test("a build that fails shows Go's output and leaves no half of a cache", async () => {
  await using folder = temporaryFolder('binaries-test');
  const { env, path } = machine(folder.path);
  await program(path, 'go', FAKE_GO);
  const options = {
    env: { ...env, GO_LOG: join(folder.path, 'go.log'), GO_FAILS: '1' },
    onProgress: () => undefined,
  };
  await assert.rejects(locate('etcd', options), /failed for etcd \(exit code 1\)[\s\S]*undefined: nonsense/);
  assert.equal(await locate('etcd', { env, build: false }), undefined);
});
