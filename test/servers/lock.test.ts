import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lock } from './lock.ts';
import { temporaryFolder } from './warden.ts';

test('the second waits for the first and says for whom', async () => {
  await using folder = temporaryFolder('lock-test');
  const path = join(folder.path, 'lock');
  const order: string[] = [];
  const first = await lock(path);
  const second = lock(path, pid => order.push(`waits for ${pid === process.pid ? 'us' : pid}`)).then(
    async held => {
      order.push('second');
      await held[Symbol.asyncDispose]();
    },
  );
  while (order.length === 0) await new Promise(resolve => setImmediate(resolve));
  order.push('first');
  await first[Symbol.asyncDispose]();
  await second;
  assert.deepEqual(order, ['waits for us', 'first', 'second']);
  assert.deepEqual(await readdir(folder.path), []);
});

test('the lock of a process that is gone is taken over', async () => {
  await using folder = temporaryFolder('lock-test');
  const path = join(folder.path, 'lock');
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  await writeFile(path, `${gone.pid}\n`);
  {
    await using _held = await lock(path);
    assert.ok(existsSync(path));
  }
  assert.equal(existsSync(path), false);
});
