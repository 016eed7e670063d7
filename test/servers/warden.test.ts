import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './warden.ts';

/** A parent of its own with a server (`sleep`) and a temporary folder, which says where they are. */
const PARENT = `
import { spawn } from 'node:child_process';
import { temporaryFolder, wardenPid, watchOver } from ${JSON.stringify(import.meta.resolve('./warden.ts'))};
const folder = temporaryFolder('warden-test');
const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
watchOver(child.pid);
console.log(JSON.stringify({ server: child.pid, warden: wardenPid(), folder: folder.path }));
if (process.argv[2] === 'throw') process.stdin.once('data', () => { throw new Error('a crash'); });
setInterval(() => {}, 1000);
`;

interface Family {
  readonly parent: ChildProcess;
  readonly server: number;
  readonly warden: number;
  readonly folder: string;
}

async function startFamily(argument: string): Promise<Family> {
  await using scripts = temporaryFolder('warden-script');
  const script = join(scripts.path, 'parent.mjs');
  await writeFile(script, PARENT);
  const parent = spawn(process.execPath, [script, argument], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: parent.stdout });
  for await (const line of lines) {
    lines.close();
    return { parent, ...(JSON.parse(line) as Omit<Family, 'parent'>) };
  }
  throw new Error('the parent said nothing');
}

/** Running, and not a zombie that waits to be reaped. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') R');
  return !status.slice(status.lastIndexOf(')')).startsWith(') Z');
}

/** What it waits for may never come: then the test's own timeout fails it. */
async function untilGone({ server, warden, folder }: Family): Promise<void> {
  while ((await runs(server)) || (await runs(warden)) || existsSync(folder)) await sleep(20);
}

for (const [ending, argument, end] of [
  ['a SIGKILL', '', (parent: ChildProcess) => parent.kill('SIGKILL')],
  ['Ctrl-C', '', (parent: ChildProcess) => parent.kill('SIGINT')],
  ['an exception that nobody catches', 'throw', (parent: ChildProcess) => parent.stdin?.write('now\n')],
] as const) {
  test(`after ${ending} of the parent no server, warden or folder is left`, { timeout: 60_000 }, async () => {
    const family = await startFamily(argument);
    assert.ok(await runs(family.server));
    assert.ok(await runs(family.warden));
    assert.ok(existsSync(family.folder));
    end(family.parent);
    await untilGone(family);
  });
}

test('a temporary folder is gone after its scope', async () => {
  let path: string;
  {
    await using folder = temporaryFolder('scope');
    path = folder.path;
    await writeFile(join(path, 'file'), 'content');
    assert.ok(existsSync(path));
  }
  assert.equal(existsSync(path), false);
});
