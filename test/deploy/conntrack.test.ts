import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../servers/warden.ts';
import { conntrackRules } from './conntrack-monitor.ts';

const script = fileURLToPath(new URL('../../deploy/node-problem-detector/conntrack.sh', import.meta.url));
const folder = temporaryFolder('conntrack');
after(() => folder.remove());

const full = 'conntrack table is over 90% full, its limit is 1000';
const room = 'conntrack table has room';
const unreadable = 'conntrack: no count and limit to be read; is nf_conntrack loaded?';

const today = 'sys/net/netfilter/nf_conntrack';
const old = 'sys/net/ipv4/netfilter/ip_conntrack';
const layouts = { 'nf_conntrack, of today': today, 'ip_conntrack, of old kernels': old };

/** What a file of proc holds; undefined where there is none. */
type Text = string | undefined;

let made = 0;

/** A proc with these tables in it. */
async function proc(tables: Readonly<Record<string, readonly [count: Text, limit: Text]>>): Promise<string> {
  const root = join(folder.path, `proc-${made++}`);
  await mkdir(root);
  for (const [prefix, [count, limit]] of Object.entries(tables)) {
    await mkdir(dirname(join(root, prefix)), { recursive: true });
    if (count !== undefined) await writeFile(join(root, `${prefix}_count`), count);
    if (limit !== undefined) await writeFile(join(root, `${prefix}_max`), limit);
  }
  return root;
}

interface Outcome {
  readonly status: number | null;
  readonly said: string;
}

/** Runs the script as node-problem-detector does, without an environment. */
function run(shell: readonly string[], args: readonly string[]): Outcome {
  const [command = '', ...before] = shell;
  const { status, stdout, stderr, error } = spawnSync(command, [...before, script, ...args], {
    encoding: 'utf8',
    env: {},
  });
  assert.equal(error, undefined);
  assert.equal(stderr, '');
  assert.ok(stdout.length <= 81, `${stdout} is longer than what node-problem-detector keeps`);
  assert.equal(stdout.trim().split('\n').length, 1);
  return { status, said: stdout.trim() };
}

/** `sh` is what every machine has; the others are asked besides where they are there. */
const others = [['dash'], ['busybox', 'sh'], ['bash', '--posix']].filter(
  ([command = '']) => spawnSync(command, ['-c', ':']).error === undefined,
);

for (const shell of [['/bin/sh'], ...others]) {
  describe(`conntrack.sh with ${shell.join(' ')}`, () => {
    for (const [layout, prefix] of Object.entries(layouts)) {
      const look = async (count: Text, limit: Text, ...args: string[]) =>
        run(shell, ['-p', await proc({ [prefix]: [count, limit] }), ...args]);

      test(`${layout}: full is above 90 %, and not at it`, async () => {
        assert.deepEqual(await look('0\n', '1000\n'), { status: 0, said: room });
        assert.deepEqual(await look('900\n', '1000\n'), { status: 0, said: room });
        assert.deepEqual(await look('901\n', '1000\n'), { status: 1, said: full });
        assert.deepEqual(await look('1001\n', '1000\n'), { status: 1, said: full });
      });

      test(`${layout}: another threshold`, async () => {
        assert.equal((await look('500\n', '1000\n', '-t', '50')).status, 0);
        assert.deepEqual(await look('501\n', '1000\n', '-t', '50'), {
          status: 1,
          said: 'conntrack table is over 50% full, its limit is 1000',
        });
        assert.equal((await look('1000\n', '1000\n', '-t', '100')).status, 0);
        assert.equal((await look('1001\n', '1000\n', '-t', '100')).status, 1);
      });

      test(`${layout}: a limit of 0 is none`, async () => {
        const outcome = { status: 0, said: 'conntrack table has no limit' };
        assert.deepEqual(await look('0\n', '0\n'), outcome);
        assert.deepEqual(await look('262145\n', '0\n'), outcome);
      });

      test(`${layout}: what is missing or no number is unknown`, async () => {
        const unknown = { status: 2, said: unreadable };
        const bad = ['', '\n', '-1\n', '0x10\n', '1 2\n', 'many\n', '010\n', '$(id)\n', '9'.repeat(16)];
        for (const text of [undefined, ...bad]) {
          assert.deepEqual(await look(text, '1000\n'), unknown);
          assert.deepEqual(await look('950\n', text), unknown);
        }
        assert.deepEqual(await look(undefined, undefined, '-u', '0'), { status: 0, said: unreadable });
        assert.deepEqual(await look('901\n', '1000\n', '-u', '0'), { status: 1, said: full });
      });

      test(`${layout}: no newline at the end, and numbers as large as can be`, async () => {
        assert.equal((await look('901', '1000')).status, 1);
        assert.equal((await look('999999999999999', '999999999999999')).status, 1);
        assert.equal((await look('899999999999999', '999999999999999')).status, 0);
      });
    }

    test('today’s layout is asked first, and the other where it says nothing', async () => {
      const both = await proc({ [today]: ['1\n', '1000\n'], [old]: ['999\n', '1000\n'] });
      assert.equal(run(shell, ['-p', both]).status, 0);
      const broken = await proc({ [today]: ['1\n', '?\n'], [old]: ['999\n', '1000\n'] });
      assert.equal(run(shell, ['-p', broken]).status, 1);
    });

    test('wrong arguments are unknown, and say what is taken', () => {
      for (const args of [
        ['-t', '0'],
        ['-t', '101'],
        ['-t', ''],
        ['-t', '9x'],
        ['-t'],
        ['-u', '1'],
        ['-z'],
        ['x'],
      ]) {
        const { status, said } = run(shell, args);
        assert.equal(status, 2, args.join(' '));
        assert.match(said, /use \[-t PERCENT\] \[-p PROC\] \[-u 0\|2\]$/);
      }
    });

    test('the rules of the monitor: what can’t be read is an event of neither', async () => {
      const none = await proc({});
      const over = await proc({ [today]: ['950\n', '1000\n'] });
      const statuses = (root: string) =>
        conntrackRules().map(({ type, args }) => [type, run(shell, [...args, '-p', root]).status]);
      assert.deepEqual(statuses(over), [
        ['temporary', 1],
        ['permanent', 1],
      ]);
      // A status of 2 makes an event ConntrackFull of a temporary rule, and the condition Unknown of a permanent one.
      assert.deepEqual(statuses(none), [
        ['temporary', 0],
        ['permanent', 2],
      ]);
    });
  });
}
