import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { temporaryFolder } from './warden.ts';

const SCRIPT = `
import { skipWithout } from ${JSON.stringify(import.meta.resolve('./require.ts'))};
const first = await skipWithout('loki', 'etcd');
const second = await skipWithout('loki', 'etcd');
console.log(JSON.stringify(first === second && first));
`;

/** Asks for servers on a machine that has none and no Go toolchain either. */
async function ask(more: NodeJS.ProcessEnv): Promise<{ code: unknown; stdout: string; stderr: string }> {
  await using folder = temporaryFolder('require-test');
  const env = { PATH: folder.path, XDG_CACHE_HOME: folder.path, ...more };
  return new Promise(resolve => {
    execFile(process.execPath, ['--input-type=module', '-e', SCRIPT], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('where servers are missing tests are skipped, with one loud line that says what to do', async () => {
  const { code, stdout, stderr } = await ask({});
  assert.equal(code, 0);
  assert.match(JSON.parse(stdout), /no loki, etcd here\. Install the Go toolchain/);
  assert.equal(stderr.match(/!!! SKIPPED/g)?.length, 1);
});

test('where CI is set they are an error instead', async () => {
  const { code, stderr } = await ask({ CI: 'true' });
  assert.notEqual(code, 0);
  assert.match(stderr, /must not be skipped where CI is set/);
});

test('a given Loki needs no program', async () => {
  const { stdout } = await ask({ KUBE_EVENTS_TEST_LOKI_URL: 'http://127.0.0.1:3100' });
  assert.match(JSON.parse(stdout), /no etcd here/);
});
