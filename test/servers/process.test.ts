import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './alive.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess, type ServerProcessOptions } from './process.ts';
import { temporaryFolder } from './warden.ts';

/** Answers 200 on every path and says in its log that it was started. */
const SERVER = `
const [port] = process.argv.slice(1);
console.log('started on ' + port);
require('node:http').createServer((_, answer) => answer.end('ok')).listen(Number(port), '127.0.0.1');
`;
/** Doesn't listen to SIGTERM. */
const DEAF = `process.on('SIGTERM', () => {}); ${SERVER}`;

async function server(
  folder: string,
  script: string,
  more: Partial<ServerProcessOptions> = {},
): Promise<{ server: ServerProcess; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const options = {
    name: 'test server',
    command: process.execPath,
    args: ['-e', script, String(port)],
    logFile: join(folder, 'server.log'),
    ready: answersOk(url),
    ...more,
  };
  return { server: new ServerProcess(options), url };
}

test('a server answers once it has started and is gone once it has stopped', async () => {
  await using folder = temporaryFolder('process-test');
  const { server: subject, url } = await server(folder.path, SERVER);
  await subject.start();
  const { pid } = subject;
  assert.ok(pid !== undefined && isAlive(pid));
  assert.equal((await fetch(url)).status, 200);
  await subject.stop();
  assert.equal(subject.pid, undefined);
  assert.equal(isAlive(pid), false);
});

test('a killed server starts again on the same port, and its log goes on', async () => {
  await using folder = temporaryFolder('process-test');
  const { server: subject, url } = await server(folder.path, SERVER);
  await using _stopped = subject;
  await subject.start();
  const before = subject.pid;
  await subject.kill();
  await assert.rejects(fetch(url));
  await subject.start();
  assert.notEqual(subject.pid, before);
  assert.equal((await fetch(url)).status, 200);
  const log = await readFile(join(folder.path, 'server.log'), 'utf8');
  assert.equal(log.match(/started on/g)?.length, 2);
});

test('a server that ignores SIGTERM is killed', async () => {
  await using folder = temporaryFolder('process-test');
  const { server: subject } = await server(folder.path, DEAF, { stopSeconds: 0.2 });
  await subject.start();
  const { pid } = subject;
  assert.ok(pid !== undefined);
  await subject.stop();
  assert.equal(isAlive(pid), false);
});

test('a server that ends before it is ready fails with its exit code and the end of its log', async () => {
  await using folder = temporaryFolder('process-test');
  const script = "console.log('no such flag: --nonsense'); process.exitCode = 7";
  const { server: subject } = await server(folder.path, script);
  await assert.rejects(
    subject.start(),
    /test server ended by itself \(exit code 7\).*\n.*no such flag: --nonsense/,
  );
  assert.equal(subject.pid, undefined);
});

test('a server that is never ready is ended and says so', async () => {
  await using folder = temporaryFolder('process-test');
  const never = { ready: () => Promise.resolve(false), readySeconds: 0.5 };
  const { server: subject } = await server(folder.path, SERVER, never);
  await assert.rejects(subject.start(), /wasn't ready in 0.5 s/);
  assert.equal(subject.pid, undefined);
});

test('a program that is not there says which', async () => {
  await using folder = temporaryFolder('process-test');
  const { server: subject } = await server(folder.path, SERVER, { command: join(folder.path, 'nothing') });
  await assert.rejects(subject.start(), /ENOENT/);
});
